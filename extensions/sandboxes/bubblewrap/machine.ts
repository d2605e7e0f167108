// What this machine lets bubblewrap do, found out by trying, and told to the owner.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { arch } from "node:process";
import { Fault, type Forwarder, forwarders, isFault, type SandboxFacts, type SandboxWall } from "@homarus/sdk";
import { makeControlGroup } from "./groups.ts";
import { setpriv } from "./identity.ts";
import { findSetter, type Setter } from "./process-limits.ts";
import { findSettings } from "./settings.ts";
import { architectures } from "./syscalls.ts";
import { type Knows, type SystemFolder, searchPath, systemFolders, type View, viewArguments } from "./view.ts";

export interface Machine {
  readonly knows: Knows;
  readonly hasFilter: boolean;
  readonly canBeReal: boolean;
  /** Of each process's own bounds. */
  readonly setter: Setter | undefined;
}

const probeMs = 10_000;

/** Starts a sandbox with nothing in it to do. Throws a `config` Fault that names the fix. */
export function examine(program: string): Machine {
  const environment = { PATH: searchPath };
  const help = spawnSync(program, ["--help"], { encoding: "utf8", timeout: probeMs, env: environment });
  if (help.error) throw missing(help.error);
  const text = `${help.stdout}${help.stderr}`;
  const has = (option: string): boolean => text.includes(`--${option} `);
  const knows = { size: has("size"), perms: has("perms"), disableUserns: text.includes("--disable-userns") };
  const hasFilter = has("seccomp") && existsSync("/proc/sys/kernel/seccomp") && architectures[arch] !== undefined;
  const canBeReal = process.getuid?.() === 0 && hasFilter && knows.perms && existsSync(setpriv);
  const identity = { type: canBeReal ? "real" : "mapped", user: 1000, group: 1000 } as const;
  const view = { ...emptyView(), knows, identity };
  const tried = spawnSync(program, [...viewArguments(view), "/bin/sh", "-c", ":"], {
    encoding: "utf8",
    timeout: probeMs,
    env: environment,
  });
  if (tried.status !== 0) throw broken(tried.stderr || String(tried.error ?? "it gave no reason"));
  return { knows, hasFilter, canBeReal, setter: findSetter() };
}

/** Of the system alone; a folder that is always there stands for the workspace. */
function emptyView(): Omit<View, "knows" | "identity"> {
  const settings = { bound: findSettings().map(({ path }) => path) };
  return {
    ...{ system: standingFolders(), readable: [], settings, root: "/tmp", folder: "/tmp", mounts: [], instead: [] },
    ...{ hasTerminal: false, temporaryBytes: 1_000_000 },
  };
}

export function standingFolders(): readonly SystemFolder[] {
  return systemFolders.flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    return [found.isSymbolicLink() ? { path, link: readlinkSync(path) } : { path }];
  });
}

/** The first program that can lead to a door, by its path. */
export function findForwarder(): { readonly name: Forwarder; readonly path: string } | undefined {
  for (const name of forwarders)
    for (const folder of ["/usr/bin", "/bin"])
      if (existsSync(`${folder}/${name}`)) return { name, path: `${folder}/${name}` };
  return undefined;
}

export function factsOf(program: string): SandboxFacts {
  try {
    return { isWorking: true, walls: wallsOf(examine(program)) };
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    const { message, hint } = thrown;
    return { isWorking: false, trouble: { text: message, ...(hint !== undefined && { next: hint }) }, walls: [] };
  }
}

function wallsOf({ knows, hasFilter, canBeReal, setter }: Machine): readonly SandboxWall[] {
  const isRoot = process.getuid?.() === 0;
  const wall = (name: string, isUp: boolean, text: string, next?: string): SandboxWall => ({
    ...{ name, isUp, text },
    ...(next !== undefined && !isUp && { next }),
  });
  const forwarder = findForwarder();
  const user = canBeReal
    ? "a user of its own"
    : isRoot
      ? "root under another number: files of root that were bound could be read"
      : "the house's own user under another number";
  return [
    wall("namespaces", true, `files, processes, network, host name, ipc${canBeReal ? "" : ", users"}`),
    wall("user", canBeReal || !isRoot, user, "apt-get install util-linux, and bubblewrap 0.5 or later"),
    wall(
      "seccomp",
      hasFilter,
      hasFilter ? "dangerous system calls are refused" : "no filter",
      "Use a kernel with CONFIG_SECCOMP_FILTER on x86-64 or arm64.",
    ),
    groupWall(),
    wall("prlimit", setter !== undefined, "bounds of each process by itself", "apt-get install util-linux"),
    wall(
      "disk",
      knows.size,
      knows.size ? "/tmp is bounded" : "/tmp is bounded by memory alone",
      "Use bubblewrap 0.5 or later.",
    ),
    wall("landlock", false, "not used: what a command sees is bound by name"),
    wall(
      "egress",
      forwarder !== undefined,
      forwarder ? `through ${forwarder.name}` : "no program leads to the door",
      "apt-get install perl-base",
    ),
  ];
}

function groupWall(): SandboxWall {
  const group = makeControlGroup({ memoryBytes: 2 ** 30, processes: 64, cpus: 1 });
  if (!group)
    return {
      ...{ name: "cgroup", isUp: false, text: "none: memory and processes are bounded for each process by itself" },
      next: "Run the house as root, or in a systemd unit with Delegate=yes and DelegateSubgroup=.",
    };
  void group.remove();
  return { name: "cgroup", isUp: true, text: `version ${group.version}: ${group.bounds.join(", ")}` };
}

function missing(cause: unknown): Fault {
  return new Fault(
    "config",
    "sandbox.bubblewrap-missing",
    "Commands run in the bubblewrap sandbox, and bubblewrap is not installed.",
    {
      cause,
      hint: 'Install it (`apt-get install bubblewrap`), or write `sandbox: "none"` into the config if commands shall have your whole user account.',
    },
  );
}

export function broken(text: string, cause?: unknown): Fault {
  return new Fault(
    "config",
    "sandbox.bubblewrap-broken",
    `The bubblewrap sandbox cannot start on this machine: ${text.trim().slice(0, 500)}.`,
    {
      ...(cause === undefined ? {} : { cause }),
      hint: 'Allow unprivileged user namespaces (`sysctl kernel.unprivileged_userns_clone=1`; on Ubuntu also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), reinstall with `apt-get install bubblewrap`, or write `sandbox: "none"` into the config if commands shall have your whole user account.',
    },
  );
}
