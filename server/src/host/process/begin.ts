// A program that goes on by itself, with pipes or a terminal of its own. What it says is kept in a bounded ring.
import { type BeginRequest, type BegunProcess, Fault, type RunningProcess } from "@homarus/sdk";
import type { Subprocess } from "bun";
import { childOptions, drain, killGroup, useOf } from "./child.ts";
import { createRing, type Ring } from "./ring.ts";

/** Throws when the program could not be started. */
export function beginProgram(request: BeginRequest): BegunProcess {
  const ring = createRing(request.maxOutputBytes);
  const { child, input, spoken } = request.terminal
    ? inTerminal(request, request.terminal, ring)
    : onPipes(request, ring);
  let isOver = false;
  const exited = child.exited.then(async () => {
    killGroup(child.pid);
    await spoken;
    isOver = true;
    ring.close();
    const wasKilled = child.signalCode !== null;
    return {
      exitCode: wasKilled ? undefined : (child.exitCode ?? undefined),
      ...{ ended: wasKilled ? ("killed" as const) : ("exit" as const), usage: useOf(child) },
    };
  });
  return {
    ...{ pid: child.pid, exited, output: ring.since, changed: ring.changed },
    async write(data) {
      if (isOver || child.exitCode !== null || child.signalCode !== null) throw deaf("It has ended.");
      await input.write(data);
    },
    endInput: () => input.end(),
    resize: (size) => input.resize(size),
    kill: () => killGroup(child.pid),
  };
}

interface Input {
  write(data: string): Promise<void>;
  end(): void;
  resize: RunningProcess["resize"];
}

interface Begun {
  readonly child: Subprocess;
  readonly input: Input;
  /** Resolves when all that it says is in the ring. */
  readonly spoken: Promise<unknown>;
}

function onPipes(request: BeginRequest, ring: Ring): Begun {
  const child = Bun.spawn([...request.argv], {
    ...childOptions(request),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  let isEnded = false;
  return {
    child,
    spoken: Promise.all([drain(child.stdout, child.exited, ring.add), drain(child.stderr, child.exited, ring.add)]),
    input: {
      async write(data) {
        if (isEnded) throw deaf("Its input was ended.");
        try {
          await child.stdin.write(data);
          await child.stdin.flush();
        } catch {
          // It closed its input, or is ending just now; to the writer that is the same.
          throw deaf("It reads no more.");
        }
      },
      end() {
        isEnded = true;
        // Whoever no longer reads misses nothing.
        void Promise.resolve(child.stdin.end()).catch(() => undefined);
      },
      resize: () => undefined,
    },
  };
}

/** Ctrl-D at the beginning of a line: what a terminal's end of input is. */
const endOfInput = "\u0004";

function inTerminal(request: BeginRequest, size: { columns: number; rows: number }, ring: Ring): Begun {
  const { promise: spoken, resolve } = Promise.withResolvers<void>();
  const child = Bun.spawn([...request.argv], {
    ...childOptions(request),
    terminal: {
      ...{ cols: size.columns, rows: size.rows },
      data: (_terminal, chunk) => ring.add(chunk.slice()),
      exit: () => resolve(),
    },
  });
  const terminal = child.terminal;
  if (!terminal) throw new Fault("bug", "process.no-terminal", "The terminal could not be opened.");
  // Of a terminal that a process was left behind in, no end is told.
  void child.exited.then(() => setTimeout(resolve, terminalLingerMs));
  void spoken.then(() => terminal.close());
  return {
    child,
    spoken,
    input: {
      write: async (data) => void terminal.write(data),
      end: () => void terminal.write(endOfInput),
      resize: ({ columns, rows }) => terminal.resize(columns, rows),
    },
  };
}

const terminalLingerMs = 250;

function deaf(why: string): Fault {
  return new Fault("invalid", "process.deaf", `The process takes no input: ${why}`);
}
