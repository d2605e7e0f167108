// Starts, reads, feeds and ends processes that go on between calls. What was read of each is remembered, so that a poll
// tells only what is new.
import {
  type Activate,
  Fault,
  type InferSchema,
  type KnownProcess,
  type ToolCall,
  type ToolOutput,
  textOutput,
} from "@homarus/sdk";
import type manifest from "./manifest.ts";

type Input = InferSchema<(typeof manifest)["input"]>;

/** What a program writes together comes in several parts. */
const settleMs = 150;
const defaultWaitSeconds = { start: 1, poll: 0, write: 1 } as const;
const terminalSize = { columns: 120, rows: 40 } as const;

export const activate: Activate<typeof manifest> = ({ config, clock }) => {
  const read = new WeakMap<KnownProcess, number>();
  /** Waits for something new, and tells it. */
  const tell = async (known: KnownProcess, waitSeconds: number, call: ToolCall): Promise<ToolOutput> => {
    const since = read.get(known) ?? 0;
    const isOver = new AbortController();
    const signal = AbortSignal.any([isOver.signal, call.signal]);
    // A wait that was cut tells what there is; the house ends a call that was stopped.
    const pause = (ms: number) => clock.sleep(clock.now() + ms, signal).catch(() => undefined);
    const { process } = known;
    if (waitSeconds > 0) {
      await Promise.race([process.changed(since), pause(waitSeconds * 1000)]);
      await Promise.race([process.exited, pause(settleMs)]);
    }
    isOver.abort();
    const { text, cursor, missedBytes } = process.output(since);
    read.set(known, cursor);
    const missing = missedBytes > 0 ? `[${missedBytes} bytes before this are no longer kept.]\n` : "";
    return textOutput(`${missing}${text.trimEnd()}${text.trimEnd() && "\n"}[${stateOf(known)}]`);
  };
  return {
    async execute(input, call) {
      const wait = (action: keyof typeof defaultWaitSeconds) => input.wait_seconds ?? defaultWaitSeconds[action];
      if (input.action === "list") return textOutput(listOf(call.processes.list(), clock.now()));
      if (input.action === "start") {
        const known = await call.processes.start(startOf(input, config.outputBytes));
        return tell(known, wait("start"), call);
      }
      const known = call.processes.find(needed(input, "id"));
      if (input.action === "poll") return tell(known, wait("poll"), call);
      if (input.action === "write") {
        await feed(known, input);
        return tell(known, wait("write"), call);
      }
      known.process.kill();
      await known.process.exited;
      return tell(known, 0, call);
    },
    preview(input) {
      if (input.action === "start") return oneLine(input.command ?? "");
      return `${input.action} ${input.id ?? ""} ${oneLine(input.input ?? "")}`.trim();
    },
  };
};

async function feed({ process }: KnownProcess, input: Input): Promise<void> {
  if (input.input === undefined && !input.end_input) needed(input, "input");
  if (input.input !== undefined) await process.write(input.input);
  if (input.end_input) process.endInput();
}

function startOf(input: Input, maxOutputBytes: number) {
  return {
    ...{ command: needed(input, "command"), maxOutputBytes },
    ...(input.folder !== undefined && { folder: input.folder }),
    ...(input.terminal && { terminal: terminalSize }),
  };
}

function needed(input: Input, field: "command" | "id" | "input"): string {
  const value = input[field];
  if (value !== undefined) return value;
  throw new Fault("invalid", "process.field", `The action ${input.action} needs the field ${field}.`);
}

function stateOf(known: KnownProcess): string {
  const end = known.ended();
  if (!end) return `Process ${known.id} is running.`;
  if (end.ended === "exit") return `Process ${known.id} has ended with exit code ${end.exitCode}.`;
  return `Process ${known.id} was killed.`;
}

function listOf(all: readonly KnownProcess[], now: number): string {
  if (all.length === 0) return "[No process was started in this session.]";
  const rows = all.map((known) => {
    const age = `started ${Math.round((now - known.startedAt) / 1000)} s ago`;
    return `${known.id}  ${oneLine(known.command)}  (${known.hasTerminal ? "terminal, " : ""}${age}) ${stateOf(known)}`;
  });
  return rows.join("\n");
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
}
