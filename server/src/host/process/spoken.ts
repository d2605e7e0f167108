// A program of the owner that is spoken with line by line: its output is what it says, its errors stand apart.
import { Fault, type ProgramRequest, type SpokenProgram } from "@homarus/sdk";
import { childOptions, drain, killGroup } from "./child.ts";
import { ownerEnvironment } from "./owner-environment.ts";

const errorTextLimit = 4_096;
/** A program that was told that no more will come ends by itself within this time, or is killed. */
const patienceMs = 1_000;

export interface SpokenParts {
  /** Of the house: only PATH and HOME of it are handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Rejects with a `config` Fault when the program cannot be started. */
export async function startSpoken(request: ProgramRequest, { environment }: SpokenParts): Promise<SpokenProgram> {
  const own = ownerEnvironment(environment);
  const child = spawned({
    argv: request.argv,
    folder: request.folder ?? own.HOME,
    environment: { ...own, ...request.environment },
  });
  let errors = "";
  const words = new TextDecoder();
  const said = drain(child.stderr, child.exited, (chunk) => {
    errors = `${errors}${words.decode(chunk, { stream: true })}`.slice(-errorTextLimit);
  });
  const exited = child.exited.then(async () => {
    killGroup(child.pid);
    await said;
    return { exitCode: child.exitCode ?? undefined };
  });
  return {
    ...{ exited, errorText: () => errors, lines: linesOf(child.stdout, child.exited, request.maxLineBytes) },
    async write(line) {
      if (child.exitCode !== null || child.signalCode !== null) throw deaf();
      try {
        await child.stdin.write(`${line}\n`);
        await child.stdin.flush();
      } catch (cause) {
        throw deaf(cause);
      }
    },
    async end() {
      // Whoever no longer reads misses nothing.
      void Promise.resolve(child.stdin.end()).catch(() => undefined);
      const late = setTimeout(() => killGroup(child.pid), patienceMs);
      await exited;
      clearTimeout(late);
    },
  };
}

function deaf(cause?: unknown): Fault {
  return new Fault("unavailable", "program.deaf", "The program takes no input: it has ended.", { cause });
}

function spawned(program: { argv: readonly string[]; folder: string; environment: Readonly<Record<string, string>> }) {
  try {
    return Bun.spawn([...program.argv], {
      ...childOptions(program),
      ...{ stdin: "pipe", stdout: "pipe", stderr: "pipe" },
    });
  } catch (cause) {
    const [name = ""] = program.argv;
    throw new Fault("config", "program.start", `The program ${name} could not be started: ${wordsOf(cause)}.`, {
      cause,
      hint: `Install ${name}, or write its full path; its folder must be there too.`,
    });
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);

/** Ends with the output, and where a line grows longer than `maxBytes`. */
async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  exited: Promise<unknown>,
  maxBytes: number,
): AsyncGenerator<string, void> {
  const queue = queued();
  void drain(stream, exited, queue.add).then(queue.end, queue.end);
  const words = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  for await (const chunk of queue.chunks()) {
    const pieces = words.decode(chunk, { stream: true }).split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      if (size + piece.length > maxBytes) return;
      yield [...parts, piece].join("").replace(/\r$/, "");
      parts = [];
      size = 0;
    }
    parts.push(last);
    size += last.length;
    if (size > maxBytes) return;
  }
}

/** What has come and was not taken yet. */
function queued() {
  const waiting: Uint8Array[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  return {
    add(chunk: Uint8Array) {
      waiting.push(chunk);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    async *chunks(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        const next = waiting.shift();
        if (next) yield next;
        else if (isOver) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
