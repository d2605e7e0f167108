// A Workspace over a launcher: what all sandboxes that start programs of the machine do alike. The launcher says how a
// command is wrapped; here are the shell, the folder it runs in, files in and out, and the end of all that was started.
import { Fault } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { BegunProcess, Processes, RunResult } from "../ports/processes.ts";
import type {
  ExecRequest,
  ExecResult,
  ResourceUse,
  RunningProcess,
  StartRequest,
  TerminalSize,
  Workspace,
} from "../ports/sandbox.ts";

export interface LaunchWish {
  /** What is to run inside. */
  readonly argv: readonly string[];
  /** Absolute path inside the root. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly hasTerminal: boolean;
  /** Of the terminal, for a launcher that hands it on too late for the command's first look. */
  readonly size?: TerminalSize;
}

export interface Launch {
  /** What is to run on the machine; its working folder is `/`, or the one named here. */
  readonly argv: readonly string[];
  readonly folder?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it used, where the launcher can tell better than the process table; called when it has ended. */
  readonly usage?: () => ResourceUse;
  /** What runs on the machine only speaks with what runs the command: what it uses itself is not the command's. */
  readonly isMessenger?: boolean;
  /** Called once after that: kills what did not die with it. */
  readonly finish?: () => Promise<void>;
}

export interface Launcher {
  readonly root: string;
  launch(wish: LaunchWish): Promise<Launch>;
  /** Whether there is such a folder inside; the path is absolute. */
  hasFolder(path: string): boolean;
  /** What the launcher's own words mean, when it was not the command that failed. */
  trouble?(result: Pick<RunResult, "exitCode" | "launcherText">): Fault | undefined | Promise<Fault | undefined>;
  /** What it means that the launcher could not be started. */
  unstartable(cause: unknown): Fault;
  /** Asks a running command to end. `pid` is the launcher's. */
  askToEnd(pid: number): void;
  close?(): Promise<void>;
}

export interface LaunchedParts {
  readonly processes: Processes;
  readonly clock: Clock;
}

/** Runs the command with its errors on its output; what is left on the error stream is the launcher's own. */
const shell = (command: string) => ["/bin/sh", "-c", 'exec /bin/sh -c "$1" 2>&1', "sh", command] as const;
/** So long a process that was asked to end may take. */
const graceMs = 2_000;
const fileMs = 60_000;
const messageBytes = 4_096;
const writeFile = 'mkdir -p "$(dirname "$1")" && cat > "$1.part-$$" && mv -f "$1.part-$$" "$1"';
const readFile = '[ -f "$1" ] && exec cat "$1"; exit 44';
const missingCode = 44;

export function launchedWorkspace(parts: LaunchedParts, launcher: Launcher): Workspace {
  const running = new Set<BegunProcess>();
  /** On their way: what is closed meanwhile ends them too. */
  const beginning = new Set<Promise<unknown>>();
  let isOpen = true;
  const prepare = async (wish: Omit<LaunchWish, "environment"> & Partial<LaunchWish>): Promise<Launch> => {
    if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
    return launcher.launch({ environment: {}, ...wish });
  };
  return {
    async exec(request, signal) {
      const { command, environment = {} } = request;
      const folder = folderOf(launcher, request.folder);
      const launch = await prepare({ argv: shell(command), folder, environment, hasTerminal: false });
      const { onOutput, ...bounds } = request;
      return runLaunch(parts, launcher, { launch, request: { ...bounds, ...textOf(onOutput) }, signal });
    },
    async start(request) {
      const begun = begin(parts, launcher, { request, prepare }).then((process) => {
        running.add(process);
        void process.exited.then(() => running.delete(process));
        return process;
      });
      beginning.add(begun);
      return begun.finally(() => beginning.delete(begun));
    },
    async put(path, bytes) {
      const argv = ["/bin/sh", "-c", writeFile, "sh", placeOf(launcher.root, path)];
      const launch = await prepare({ argv, folder: launcher.root, hasTerminal: false });
      const request = { input: bytes, timeoutMs: fileMs, maxOutputBytes: messageBytes };
      const { exitCode, launcherText } = await runLaunch(parts, launcher, { launch, request });
      if (exitCode !== 0) throw unwritable(path, launcherText);
    },
    async take(path, maxBytes) {
      const argv = ["/bin/sh", "-c", readFile, "sh", placeOf(launcher.root, path)];
      const launch = await prepare({ argv, folder: launcher.root, hasTerminal: false });
      return takeFile(parts, launcher, { launch, path, maxBytes });
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      // Whoever began one is told why it failed.
      await Promise.allSettled(beginning);
      await endAll(parts, launcher, running);
      await launcher.close?.();
    },
  };
}

interface Run {
  readonly launch: Launch;
  readonly request: Pick<ExecRequest, "timeoutMs" | "maxOutputBytes"> & {
    readonly input?: string | Uint8Array;
    readonly onOutput?: (chunk: Uint8Array) => void;
  };
  readonly signal?: AbortSignal;
}

async function runLaunch(
  { processes }: LaunchedParts,
  launcher: Launcher,
  { launch, request, signal = new AbortController().signal }: Run,
): Promise<ExecResult & { readonly launcherText: string }> {
  const { argv, environment, folder = "/" } = launch;
  const { timeoutMs, maxOutputBytes, input, onOutput } = request;
  try {
    const limits = { timeoutMs, maxOutputBytes, ...(input !== undefined && { input }), ...(onOutput && { onOutput }) };
    const result = await processes.run({ argv, environment, folder, ...limits }, signal).catch((cause: unknown) => {
      throw launcher.unstartable(cause);
    });
    const trouble = result.ended === "exit" ? await launcher.trouble?.(result) : undefined;
    if (trouble) throw trouble;
    return { ...result, usage: usageOf(launch, result) };
  } finally {
    await launch.finish?.();
  }
}

async function begin(
  { processes }: LaunchedParts,
  launcher: Launcher,
  { request, prepare }: { request: StartRequest; prepare: (wish: LaunchWish) => Promise<Launch> },
): Promise<BegunProcess> {
  const { command, environment = {}, terminal, maxOutputBytes } = request;
  const folder = folderOf(launcher, request.folder);
  const argv = terminal ? ["/bin/sh", "-c", command] : shell(command);
  const launch = await prepare({
    argv,
    folder,
    environment,
    hasTerminal: terminal !== undefined,
    ...(terminal && { size: terminal }),
  });
  const program = { argv: launch.argv, folder: launch.folder ?? "/", environment: launch.environment };
  try {
    const begun = await processes.begin({ ...program, maxOutputBytes, ...(terminal && { terminal }) });
    const exited = begun.exited.then(async (end) => {
      // It has ended, whatever becomes of what it left: that dies with the workspace at the latest.
      await launch.finish?.().catch(() => undefined);
      return { ...end, usage: usageOf(launch, end) };
    });
    return { ...begun, exited };
  } catch (cause) {
    // Why it did not start is what is to be told.
    await launch.finish?.().catch(() => undefined);
    throw launcher.unstartable(cause);
  }
}

function usageOf({ usage, isMessenger }: Launch, told: { readonly usage?: ResourceUse }): ResourceUse {
  return { ...(isMessenger ? {} : told.usage), ...usage?.() };
}

async function takeFile(
  parts: LaunchedParts,
  launcher: Launcher,
  { launch, path, maxBytes }: { launch: Launch; path: string; maxBytes: number },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const tooLarge = new AbortController();
  let size = 0;
  const onOutput = (chunk: Uint8Array): void => {
    size += chunk.byteLength;
    if (size > maxBytes) tooLarge.abort();
    else chunks.push(chunk);
  };
  const request = { timeoutMs: fileMs, maxOutputBytes: messageBytes, onOutput };
  const { exitCode } = await runLaunch(parts, launcher, { launch, request, signal: tooLarge.signal });
  if (size > maxBytes)
    throw new Fault("invalid", "sandbox.too-large", `${JSON.stringify(path)} has more than ${maxBytes} bytes.`);
  if (exitCode === missingCode)
    throw new Fault("invalid", "sandbox.no-file", `There is no file ${JSON.stringify(path)} in the workspace.`);
  if (exitCode !== 0) throw new Fault("denied", "sandbox.unreadable", `${JSON.stringify(path)} cannot be read.`);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

async function endAll({ clock }: LaunchedParts, launcher: Launcher, running: ReadonlySet<BegunProcess>): Promise<void> {
  const left: readonly (BegunProcess & RunningProcess)[] = [...running];
  if (left.length === 0) return;
  for (const { pid } of left) launcher.askToEnd(pid);
  const ended = Promise.all(left.map(({ exited }) => exited));
  const inTime = new AbortController();
  const late = clock.sleep(clock.now() + graceMs, inTime.signal).catch(() => undefined);
  await Promise.race([ended, late]);
  inTime.abort();
  for (const process of left) process.kill();
  await ended;
}

function textOf(onOutput: ExecRequest["onOutput"]): { onOutput?: (chunk: Uint8Array) => void } {
  const decoder = new TextDecoder();
  return onOutput ? { onOutput: (chunk) => onOutput(decoder.decode(chunk, { stream: true })) } : {};
}

function unwritable(path: string, said: string): Fault {
  const reason = said.trim().slice(0, 200);
  return new Fault(
    "denied",
    "sandbox.unwritable",
    `${JSON.stringify(path)} cannot be written${reason && `: ${reason}`}.`,
  );
}

/** Absolute path of the folder to run in. Throws when it is not one of the workspace. */
function folderOf(launcher: Launcher, folder = "."): string {
  const path = placeOf(launcher.root, folder);
  if (launcher.hasFolder(path)) return path;
  throw new Fault("invalid", "sandbox.folder", `There is no folder ${JSON.stringify(folder)} in the workspace.`);
}

/** Absolute path of a place in the root. Links are not followed here: where they lead, the walls of the sandbox decide. */
function placeOf(root: string, path: string): string {
  const outside = new Fault("denied", "sandbox.outside", `${JSON.stringify(path)} is not inside the workspace.`);
  if (path.includes("\0")) throw outside;
  const names: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${root}/${path}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  const place = `/${names.join("/")}`;
  if (place === root || place.startsWith(`${root}/`)) return place;
  throw outside;
}
