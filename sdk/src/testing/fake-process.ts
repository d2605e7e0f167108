// A RunningProcess without a machine, for the fake sandbox: it says what it is told to, and echoes its input.
import { Fault } from "../errors.ts";
import type { RunningProcess } from "../ports/sandbox.ts";

export interface FakeProcess {
  readonly process: RunningProcess;
  print(text: string): void;
  /** From now on it says what it is given, until its input ends. */
  echoes(): void;
  finish(code: number | "forever"): void;
}

export function startProcess(maxBytes: number): FakeProcess {
  let said = "";
  let isEcho = false;
  let isOver = false;
  const waiting: (() => void)[] = [];
  const { promise: exited, resolve } = Promise.withResolvers<Awaited<RunningProcess["exited"]>>();
  const wake = (): void => {
    for (const go of waiting.splice(0)) go();
  };
  const print = (text: string): void => {
    said += text;
    wake();
  };
  const end = (exitCode: number | undefined): void => {
    if (isOver) return;
    isOver = true;
    resolve({ exitCode, ended: exitCode === undefined ? "killed" : "exit" });
    wake();
  };
  return {
    print,
    echoes() {
      isEcho = true;
    },
    finish: (code) => (code === "forever" ? undefined : end(code)),
    process: {
      exited,
      async write(data) {
        if (isOver) throw new Fault("invalid", "process.deaf", "The process takes no input: It has ended.");
        if (isEcho) print(data);
      },
      endInput: () => (isEcho ? end(0) : undefined),
      resize: () => undefined,
      output(since) {
        const from = Math.max(since, said.length - maxBytes);
        return { text: said.slice(from), cursor: said.length, missedBytes: from - since };
      },
      changed: (since) =>
        isOver || said.length > since ? Promise.resolve() : new Promise((go) => void waiting.push(go)),
      kill: () => end(undefined),
    },
  };
}
