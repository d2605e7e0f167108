// One program from its start to its end: input, output as it comes, time limit, abort. It does not know what runs.
import { keepEnds, type RunRequest, type RunResult } from "@homarus/sdk";
import { childOptions, drain, killGroup, useOf } from "./child.ts";

const launcherTextLimit = 4_096;

/** Rejects only when the program could not be started at all. Kills the whole group at the end, whatever the end was. */
export async function runProgram(request: RunRequest, signal: AbortSignal): Promise<RunResult> {
  const nothing = { exitCode: undefined, output: "", durationMs: 0, launcherText: "" };
  if (signal.aborted) return { ...nothing, ended: "aborted" };
  const startedAt = performance.now();
  const child = Bun.spawn([...request.argv], {
    ...childOptions(request),
    stdin: request.input === undefined ? "ignore" : "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const watch = watchEnd(child.pid, request.timeoutMs, signal);
  const kept = keepEnds(request.maxOutputBytes);
  let launcherText = "";
  const output = drain(child.stdout, child.exited, (chunk) => {
    kept.add(chunk);
    request.onOutput?.(chunk);
  });
  const words = new TextDecoder();
  const errors = drain(child.stderr, child.exited, (chunk) => {
    launcherText = `${launcherText}${words.decode(chunk, { stream: true })}`.slice(0, launcherTextLimit);
  });
  void feed(child.stdin, request.input);
  await child.exited;
  watch.letGo();
  killGroup(child.pid);
  await Promise.all([output, errors]);
  const ended = watch.cause() ?? (child.signalCode === null ? "exit" : "killed");
  return {
    exitCode: ended === "exit" ? (child.exitCode ?? undefined) : undefined,
    ...{ ended, output: kept.text(), durationMs: performance.now() - startedAt, launcherText, usage: useOf(child) },
  };
}

/** Kills the group when its time is over or the signal fires, and remembers which of them came first. */
function watchEnd(pid: number, timeoutMs: number, signal: AbortSignal) {
  let cause: "timeout" | "aborted" | undefined;
  const end = (why: "timeout" | "aborted"): void => {
    cause ??= why;
    killGroup(pid);
  };
  const onAbort = (): void => end("aborted");
  const timer = setTimeout(() => end("timeout"), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    cause: () => cause,
    letGo(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

async function feed(stdin: Bun.FileSink | undefined, input: string | Uint8Array | undefined): Promise<void> {
  if (stdin === undefined || input === undefined) return;
  try {
    await stdin.write(input);
    await stdin.end();
  } catch {
    // A command may end without reading its input; that is its own affair.
  }
}
