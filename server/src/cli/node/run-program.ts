// Runs one program without a shell: its output kept within bounds, its whole process group ended when time is over.
import { type ChildProcess, spawn } from "node:child_process";
import { keepEnds } from "../../boot/kept-output.ts";

export interface ProgramRun {
  /** Absolute path. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly variables: Record<string, string>;
  readonly timeoutMs: number;
  /** Ends it early: the node stops. */
  readonly signal: AbortSignal;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started, or what ended it. */
  readonly error: string | null;
  readonly truncated: boolean;
}

const stdoutBytes = 150_000;
const stderrBytes = 50_000;
const killAfterMs = 500;
/** How long output is waited for after the end: a process left in the background may hold it open. */
const drainMs = 500;

const hasGroups = process.platform !== "win32";

export function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const { program, argv, folder, variables, timeoutMs, signal } = run;
  return new Promise((resolve) => {
    const [argv0, ...rest] = argv;
    const child = spawn(program, rest, {
      ...{ argv0, cwd: folder, env: variables, detached: hasGroups, windowsHide: true },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, errors] = [collect(child.stdout, stdoutBytes), collect(child.stderr, stderrBytes)];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, timeoutMs);
    const stop = (): void => endGroup(child);
    signal.addEventListener("abort", stop, { once: true });
    let drain: ReturnType<typeof setTimeout> | undefined;
    const end = (exitCode: number | null, error: string | null): void => {
      clearTimeout(timer);
      clearTimeout(drain);
      signal.removeEventListener("abort", stop);
      child.stdout.destroy();
      child.stderr.destroy();
      const success = exitCode === 0 && !timedOut && error === null;
      const truncated = out.isCut() || errors.isCut();
      resolve({ exitCode, timedOut, success, stdout: out.text(), stderr: errors.text(), error, truncated });
    };
    child.once("error", (thrown) => end(null, thrown.message));
    const ended = (code: number | null, by: NodeJS.Signals | null): void =>
      end(code, by === null ? null : `ended by ${by}`);
    child.once("close", ended);
    child.once("exit", (code, by) => {
      drain = setTimeout(ended, drainMs, code, by);
    });
    if (signal.aborted) stop();
  });
}

/** The program and all that it started, first asked and soon made to. */
function endGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  setTimeout(signalGroup, killAfterMs, child, "SIGKILL");
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (hasGroups) process.kill(-child.pid, name);
    else child.kill(name);
  } catch (thrown) {
    // Nobody of the group is left: that is what was wanted.
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

function collect(stream: NodeJS.ReadableStream, maxBytes: number) {
  const kept = keepEnds(maxBytes);
  let bytes = 0;
  stream.on("data", (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    kept.add(chunk);
  });
  return { text: () => kept.text(), isCut: () => bytes > maxBytes };
}
