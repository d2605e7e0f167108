// How commands get into their session's container: it is made with the first of them, kept while it lives, and made anew
// when it died.
import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import {
  type Clock,
  Fault,
  type Launcher,
  type Log,
  type Processes,
  type SandboxSpec,
  type TerminalSize,
} from "@homarus/sdk";
import { type ContainerWish, type Door, runArguments } from "./arguments.ts";
import { type Docker, faultOf, isOfDocker, missing } from "./client.ts";
import { type Container, startContainer } from "./container.ts";
import { handOverSocket, type Identity } from "./identity.ts";
import { mark, markLength } from "./keeper.ts";
import type { Papers } from "./papers.ts";

export interface LauncherParts {
  readonly docker: Docker;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Log;
  readonly papers: Papers;
  readonly identity: Identity;
  readonly openFiles: number;
  readonly volumes: readonly string[];
  /** Names house and run; those of a container's session come to it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly doors: () => Promise<readonly Door[]>;
}

/** Docker tells the terminal's size a moment after the start. */
const sized = ({ rows, columns }: TerminalSize) => `stty rows ${rows} cols ${columns} 2>/dev/null; `;
/**
 * Stays as the command's parent, with its mark: a command may clear its own variables. A shell that has nothing more to
 * do would become the command.
 */
const enterFolder = 'cd -- "$1" || exit 125; shift; "$@"; exit $?';
const goneMs = 500;

export function launcherFor(spec: SandboxSpec, parts: LauncherParts): Launcher {
  const { docker, papers, identity } = parts;
  const { warm, latest, close } = warmContainer(spec, parts);
  return {
    root: spec.root,
    async launch({ argv, folder, environment, hasTerminal, size }) {
      const own = markOf();
      const container = await warm();
      await container.enter(own);
      const term = hasTerminal ? "xterm-256color" : "dumb";
      const user = identity.user === 0 ? "root" : "agent";
      const variables = papers.variables({
        ...{ ...spec.egress?.environment, ...environment, HOME: spec.root, USER: user, LANG: "C.UTF-8" },
        ...{ TERM: term, TMPDIR: "/tmp", [mark]: own },
      });
      const before = container.usedMs();
      const usage = () => {
        const [from, to] = [before, container.usedMs()];
        return from === undefined || to === undefined ? {} : { cpuMs: Math.round(to - from) };
      };
      const flags = ["--interactive", ...(hasTerminal ? ["--tty"] : []), ...variables.args];
      const inside = ["/bin/sh", "-c", `${size ? sized(size) : ""}${enterFolder}`, "sh", folder, ...argv];
      const finish = async () => {
        variables.remove();
        await container.leave(own);
      };
      return {
        argv: [docker.settings.program, "exec", ...flags, container.name, ...inside],
        ...{ environment: { ...docker.environment, TERM: term }, usage, finish, isMessenger: true },
      };
    },
    hasFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    async trouble({ exitCode, launcherText }) {
      if (exitCode === 0) return undefined;
      const container = latest();
      const isStopped = /is not running|no such container|container .* is (paused|restarting)/i.test(launcherText);
      if (container && (isStopped || (exitCode === 137 && (await wentAway(container, parts.clock)))))
        return goneFault();
      if (exitCode === 125 && /\bcd: /.test(launcherText))
        return new Fault("invalid", "sandbox.folder", "That folder cannot be entered from inside the workspace.");
      return isOfDocker(launcherText) ? faultOf(docker.settings, launcherText) : undefined;
    },
    unstartable: (cause) => missing(docker.settings, cause),
    askToEnd: () => latest()?.ask(),
    close,
  };
}

function markOf(): string {
  return randomBytes(markLength / 2).toString("hex");
}

/** However many ask at once, there is one. */
function warmContainer(spec: SandboxSpec, parts: LauncherParts) {
  let made: Promise<Container> | undefined;
  let latest: Container | undefined;
  let isClosed = false;
  const make = async (): Promise<Container> => {
    const wish = await wishFor(spec, parts);
    const container = await startContainer(parts, wish.name, runArguments(wish));
    latest = container;
    void container.gone.then(() => {
      made = undefined;
      if (!isClosed) parts.log.warn("sandbox.container-gone", { session: spec.session, container: wish.name });
    });
    return container;
  };
  return {
    latest: () => latest,
    warm(): Promise<Container> {
      made ??= make().catch((thrown: unknown) => {
        made = undefined;
        throw thrown;
      });
      return made;
    },
    async close() {
      isClosed = true;
      // One that never started has nothing to end; whoever asked for it was told why.
      await made?.then((container) => container.stop()).catch(() => undefined);
    },
  };
}

async function wishFor(spec: SandboxSpec, parts: LauncherParts): Promise<ContainerWish> {
  const { docker, papers, identity, openFiles, volumes } = parts;
  const { egress, session, root, mounts } = spec;
  const hosts = await parts.doors();
  const doors = [...(egress ? [egress] : []), ...hosts];
  if (egress) handOverSocket(egress.socket, identity);
  const readOnly = (source: string, target: string) => ({ source, target, isReadOnly: true });
  const short = createHash("sha256").update(session).digest("hex").slice(0, 8);
  return {
    ...{ spec, identity, openFiles, volumes, doors, keep: markOf(), knowsHost: hosts.length > 0 },
    ...{ image: docker.settings.image, runtime: docker.settings.runtime },
    name: `homarus-${short}-${randomBytes(4).toString("hex")}`,
    labels: { ...parts.labels, "homarus.session": session, "homarus.agent": session.split(":")[1] ?? session },
    binds: [
      ...papers.names(identity, root).map(({ source, target }) => readOnly(source, target)),
      { source: root, target: root, isReadOnly: false },
      ...mounts,
      ...(egress ? [readOnly(papers.copy(egress.authority), egress.authority)] : []),
      ...doors.map(({ socket }) => readOnly(socket, socket)),
    ],
  };
}

/** The end of a container is known a moment after that of its commands. */
async function wentAway(container: Container, clock: Clock): Promise<boolean> {
  const waited = new AbortController();
  const late = clock.sleep(clock.now() + goneMs, waited.signal).catch(() => undefined);
  await Promise.race([container.gone, late]);
  waited.abort();
  return container.isGone();
}

function goneFault(): Fault {
  return new Fault(
    "unavailable",
    "sandbox.container-gone",
    "The container of this session ended while the command ran. What it had outside the workspace is gone.",
    { hint: "The next command gets a new one. If it ends again, it may need more memory (sandboxLimits)." },
  );
}
