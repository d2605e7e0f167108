// One child process from its start to its end: input, output as it comes, time limit, abort. It does not know what runs.
import { type ChildProcess, spawn } from "node:child_process";
import { type ExecResult, keepEnds } from "@homarus/sdk";

export interface ProcessRequest {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string | undefined;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly onOutput: ((text: string) => void) | undefined;
}

export interface ProcessResult extends ExecResult {
  /** What the launcher itself said; the command's own errors are in `output`. */
  readonly launcherText: string;
}

/** A process that was left behind may hold the output open; it is not waited for longer than this. */
const lingerMs = 250;
const launcherTextLimit = 4096;

/** Rejects only when the program could not be started at all. Kills the whole group at the end, whatever the end was. */
export function runProcess(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult> {
  const startedAt = Date.now();
  const kept = keepEnds(request.maxOutputBytes);
  const nothing = { exitCode: undefined, output: "", durationMs: 0, launcherText: "" };
  if (signal.aborted) return Promise.resolve({ ...nothing, ended: "aborted" });
  return new Promise((resolve, reject) => {
    const child = start(request);
    let launcherText = "";
    let cause: "timeout" | "aborted" | undefined;
    const end = (why: "timeout" | "aborted"): void => {
      cause ??= why;
      killGroup(child);
    };
    const onAbort = (): void => end("aborted");
    const timer = setTimeout(() => end("timeout"), request.timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    const letGo = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const decoder = new TextDecoder();
    child.stdout?.on("data", (chunk: Uint8Array) => {
      kept.add(chunk);
      request.onOutput?.(decoder.decode(chunk, { stream: true }));
    });
    child.stderr?.on("data", (chunk: Uint8Array) => {
      launcherText = `${launcherText}${new TextDecoder().decode(chunk)}`.slice(0, launcherTextLimit);
    });
    child.once("error", (thrown) => {
      letGo();
      reject(thrown);
    });
    child.once("exit", (code) => {
      letGo();
      killGroup(child);
      const linger = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, lingerMs);
      child.once("close", () => {
        clearTimeout(linger);
        const ended = cause ?? (code === null ? "killed" : "exit");
        resolve({
          exitCode: ended === "exit" ? (code ?? undefined) : undefined,
          ended,
          output: kept.text(),
          durationMs: Date.now() - startedAt,
          launcherText,
        });
      });
    });
  });
}

function start(request: ProcessRequest): ChildProcess {
  const [program = "", ...rest] = request.argv;
  const child = spawn(program, rest, {
    cwd: request.folder,
    env: { ...request.environment },
    // A group of its own, so that one signal reaches all that it started.
    detached: true,
    stdio: [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A command may end without reading its input; that is its own affair.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(request.input);
  return child;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== "ESRCH") throw thrown;
  }
}
