// Opens workspaces under bubblewrap. It refuses where bubblewrap does not work, and never runs a command without it.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readlinkSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, Fault, type Launcher, launchedWorkspace, type SandboxSpec } from "@homarus/sdk";
import { groupName, makeControlGroup, processLimits, sweepGroups, throughDoors } from "./limits.ts";
import type manifest from "./manifest.ts";
import { rootTrouble, type SystemFolder, searchPath, systemFolders, type View, viewArguments } from "./view.ts";

/** The id a command sees where the house runs as root: it should not take itself for an administrator. */
const plainUser = 1000;
const probeMs = 10_000;

export const activate: Activate<typeof manifest> = ({ config, processes, clock }) => {
  let known: View["knows"] | undefined;
  return {
    async open(given) {
      const spec = { ...given, root: resolve(given.root) };
      const trouble = isAbsolute(given.root)
        ? rootTrouble(spec.root)
        : `The workspace ${given.root} is not an absolute path.`;
      if (trouble)
        throw new Fault("config", "sandbox.root", trouble, {
          hint: "Give the agent a folder of its own as `workspace`.",
        });
      mkdirSync(spec.root, { recursive: true, mode: 0o700 });
      const view = viewOf(spec, config.readable, known ?? { size: false, disableUserns: false });
      if (!known) sweepGroups();
      known ??= probe(config.program, view);
      const knows = known;
      return launchedWorkspace({ processes, clock }, await launcherFor(config.program, spec, { ...view, knows }));
    },
    probe: async () => ({ isWorking: true, walls: [] }),
  };
};

async function launcherFor(program: string, spec: SandboxSpec, view: View): Promise<Launcher> {
  const group = await makeControlGroup(groupName(), spec);
  return {
    root: spec.root,
    async launch({ argv, folder, environment, hasTerminal }) {
      const inside = viewArguments({ ...view, folder, hasTerminal });
      const own = {
        ...{ PATH: searchPath, HOME: spec.root, LANG: "C.UTF-8", TMPDIR: "/tmp" },
        TERM: hasTerminal ? "xterm-256color" : "dumb",
      };
      return {
        argv: throughDoors(group, [
          program,
          ...inside,
          ...processLimits(spec),
          ...(hasTerminal ? inTerminal(argv) : argv),
        ]),
        environment: { ...environment, ...own },
      };
    },
    hasFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    trouble: ({ exitCode, launcherText }) =>
      exitCode !== 0 && /^bwrap: /m.test(launcherText) ? broken(launcherText) : undefined,
    unstartable: (cause) => broken((cause as Error).message, cause),
    askToEnd: () => undefined,
    close: async () => group?.remove(),
  };
}

/** A terminal of the sandbox's own: the house's knows only process groups that cannot be seen from inside. */
function inTerminal(argv: readonly string[]): readonly string[] {
  const script = "/usr/bin/script";
  if (!existsSync(script)) return argv;
  return [script, "-qefc", argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "), "/dev/null"];
}

function viewOf(spec: SandboxSpec, readable: readonly string[], knows: View["knows"]): View {
  return {
    ...{ root: spec.root, folder: spec.root, mounts: spec.mounts, readable, knows, temporaryBytes: spec.diskBytes },
    hasTerminal: false,
    system: systemFolders.flatMap(standing),
    userId: process.getuid?.() || plainUser,
    groupId: process.getgid?.() || plainUser,
  };
}

function standing(path: string): readonly SystemFolder[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return [found.isSymbolicLink() ? { path, link: readlinkSync(path) } : { path }];
}

/** Starts a sandbox with nothing in it to do. Throws a `config` Fault that names the fix. */
function probe(program: string, view: View): View["knows"] {
  const help = spawnSync(program, ["--help"], { encoding: "utf8", timeout: probeMs, env: { PATH: searchPath } });
  if (help.error) throw missing(help.error);
  const text = `${help.stdout}${help.stderr}`;
  const knows = { size: text.includes("--size "), disableUserns: text.includes("--disable-userns") };
  const tried = spawnSync(program, [...viewArguments({ ...view, knows }), "/bin/sh", "-c", ":"], {
    encoding: "utf8",
    timeout: probeMs,
    env: { PATH: searchPath },
  });
  if (tried.status !== 0) throw broken(tried.stderr || String(tried.error ?? "it gave no reason"));
  return knows;
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

function broken(text: string, cause?: unknown): Fault {
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
