// Opens workspaces under bubblewrap. It refuses where bubblewrap does not work, and never runs a command without it.
import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readlinkSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, type ExecRequest, Fault, type SandboxSpec } from "@homarus/sdk";
import { groupName, makeControlGroup, processLimits, sweepGroups, throughDoors } from "./limits.ts";
import type manifest from "./manifest.ts";
import { type ProcessResult, runProcess } from "./process.ts";
import { rootTrouble, type SystemFolder, searchPath, systemFolders, type View, viewArguments } from "./view.ts";

/** The id a command sees where the house runs as root: it should not take itself for an administrator. */
const plainUser = 1000;
const temporaryBytes = 512 * 1024 * 1024;
/** Runs the command with its errors on its output; what is left on the error stream is the launcher's own. */
const shell = ["/bin/sh", "-c", 'exec /bin/sh -c "$1" 2>&1', "sh"] as const;
const probeMs = 10_000;

export const activate: Activate<typeof manifest> = ({ config }) => {
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
      let isOpen = true;
      return {
        async exec(request, signal) {
          if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
          return execute(
            config.program,
            { spec, request, view: { ...view, knows, folder: folderOf(spec.root, request.folder) } },
            signal,
          );
        },
        async close() {
          isOpen = false;
        },
      };
    },
  };
};

interface Execution {
  readonly spec: SandboxSpec;
  readonly request: ExecRequest;
  readonly view: View;
}

async function execute(
  program: string,
  { spec, request, view }: Execution,
  signal: AbortSignal,
): Promise<ProcessResult> {
  const group = await makeControlGroup(groupName(), spec);
  const argv = throughDoors(group, [
    program,
    ...viewArguments(view),
    ...processLimits(spec),
    ...shell,
    request.command,
  ]);
  try {
    const { timeoutMs, maxOutputBytes, input, onOutput } = request;
    const environment = {
      ...request.environment,
      PATH: searchPath,
      HOME: spec.root,
      LANG: "C.UTF-8",
      TERM: "dumb",
      TMPDIR: "/tmp",
    };
    const result = await runProcess(
      { argv, folder: "/", environment, input, timeoutMs, maxOutputBytes, onOutput },
      signal,
    );
    if (result.ended === "exit" && result.exitCode !== 0 && /^bwrap: /m.test(result.launcherText))
      throw broken(result.launcherText);
    return result;
  } catch (cause) {
    throw cause instanceof Fault ? cause : broken((cause as Error).message, cause);
  } finally {
    await group?.remove();
  }
}

function viewOf(spec: SandboxSpec, readable: readonly string[], knows: View["knows"]): View {
  return {
    ...{ root: spec.root, folder: spec.root, network: spec.network, readable, knows, temporaryBytes },
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

/** Absolute path of the folder to run in. Throws when it is not one of the workspace. */
function folderOf(root: string, folder = "."): string {
  const path = resolve(root, folder);
  if (path !== root && !path.startsWith(`${root}/`))
    throw new Fault("denied", "sandbox.outside", `${JSON.stringify(folder)} is not inside the workspace.`);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Fault("invalid", "sandbox.folder", `There is no folder ${JSON.stringify(folder)} in the workspace.`);
  return path;
}
