// How one command is started: into its control group, through bubblewrap, as its user, with its limits, past the way out.
import { existsSync, readFileSync, statSync } from "node:fs";
import { type EgressDoor, Fault, forwardThrough, type Launch, type Launcher, type SandboxSpec } from "@homarus/sdk";
import { type ControlGroup, makeControlGroup } from "./groups.ts";
import { becoming, handOverSocket } from "./identity.ts";
import { broken, findForwarder, type Machine, standingFolders } from "./machine.ts";
import type { Papers } from "./papers.ts";
import { type Bounds, processLimits } from "./process-limits.ts";
import { type Identity, searchPath, type View, viewArguments } from "./view.ts";

interface LauncherParts {
  readonly program: string;
  readonly readable: readonly string[];
  readonly machine: Machine;
  readonly papers: Papers;
  readonly identity: Identity;
}

const filterHandle = 3;
/** Puts itself into the groups, under the bounds, opens the filter, and becomes the program that follows. */
const enter = ({ script }: Bounds): string => `while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift
${script}exec ${filterHandle}< "$1" || exit 125; shift; exec "$@"`;

export function launcherFor(spec: SandboxSpec, parts: LauncherParts): Launcher {
  const { program, machine, papers, identity } = parts;
  let group: ControlGroup | undefined | "none";
  return {
    root: spec.root,
    async launch({ argv, folder, environment, hasTerminal }): Promise<Launch> {
      group ??= makeControlGroup(spec) ?? "none";
      const own = group === "none" ? undefined : group.command();
      const { egress } = spec;
      if (egress) handOverSocket(egress.socket, identity);
      const view = { ...viewOf(spec, parts), folder, hasTerminal };
      const bounds = limitsOf(spec, parts, group);
      const inside = [...bounds.inside, ...wayOut(egress), ...(hasTerminal ? inTerminal(argv) : argv)];
      const outside = [program, ...viewArguments(view), ...becoming(identity), ...inside];
      const filter = machine.hasFilter ? papers.filter() : "/dev/null";
      return {
        argv: ["/bin/sh", "-c", enter(bounds), "sh", ...(own?.doors ?? []), "--", filter, ...outside],
        environment: { ...egress?.environment, ...environment, ...ownVariables(spec.root, hasTerminal) },
        ...(own && { usage: own.usage, finish: async () => own.remove() }),
      };
    },
    hasFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    trouble: ({ exitCode, launcherText }) =>
      exitCode !== 0 && /^(bwrap|setpriv|sh|prlimit): /m.test(launcherText) ? broken(launcherText) : undefined,
    unstartable: (cause) => broken((cause as Error).message, cause),
    askToEnd,
    close: async () => (group === undefined || group === "none" ? undefined : group.remove()),
  };
}

function viewOf(
  spec: SandboxSpec,
  { readable, machine, papers, identity }: LauncherParts,
): Omit<View, "folder" | "hasTerminal"> {
  const { root, mounts, egress, diskBytes } = spec;
  const trusted = egress ? [{ source: papers.copy(egress.authority), target: egress.authority }] : [];
  return {
    ...{ root, mounts, readable, identity, knows: machine.knows, temporaryBytes: diskBytes, system: standingFolders() },
    settings: papers.settings(identity, root),
    instead: trusted,
    ...(egress && { socket: egress.socket }),
    ...(machine.hasFilter && { filter: filterHandle }),
  };
}

/** A real user is the same one in every workspace, and the count of its processes too: there the group must do. */
function limitsOf(spec: SandboxSpec, { machine, identity }: LauncherParts, group: ControlGroup | "none"): Bounds {
  const isCounted = group !== "none" && group.bounds.includes("processes");
  const { memoryBytes } = spec;
  return processLimits(identity.type === "real" && isCounted ? { memoryBytes } : spec, machine.setter);
}

function ownVariables(root: string, hasTerminal: boolean): Readonly<Record<string, string>> {
  const term = hasTerminal ? "xterm-256color" : "dumb";
  return { PATH: searchPath, HOME: root, USER: "agent", LANG: "C.UTF-8", TERM: term, TMPDIR: "/tmp" };
}

function wayOut(door: EgressDoor | undefined): readonly string[] {
  if (!door) return [];
  const forwarder = findForwarder();
  if (forwarder) return forwardThrough(forwarder.name, forwarder.path, door);
  throw new Fault("config", "sandbox.no-forwarder", "No program of this machine can lead commands to the way out.", {
    hint: "Install perl, python3 or socat.",
  });
}

/** A terminal of the sandbox's own: the house's knows only process groups that cannot be seen from inside. */
function inTerminal(argv: readonly string[]): readonly string[] {
  const script = "/usr/bin/script";
  if (!existsSync(script)) return argv;
  return [script, "-qefc", argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "), "/dev/null"];
}

/** Bubblewrap has one child, the first process inside; the commands are that one's. */
function askToEnd(pid: number): void {
  try {
    for (const first of childrenOf(pid)) for (const command of childrenOf(first)) process.kill(command, "SIGTERM");
  } catch {
    // It ended meanwhile, or the kernel does not tell children: then it is killed when its time is over.
  }
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
