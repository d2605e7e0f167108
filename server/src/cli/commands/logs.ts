// `homarus logs`: the last lines of the gateway's log, and those that come. Each line is a JSON text with time, level,
// event and fields; for people it is written as on the gateway's own terminal.
import { setTimeout as sleep } from "node:timers/promises";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { numberOption } from "../options.ts";
import { printText } from "../print.ts";

interface Tail {
  readonly file: string;
  readonly cursor: number;
  readonly lines: readonly string[];
  readonly truncated?: boolean;
  readonly reset?: boolean;
}

const defaultLimit = 200;
const everyMs = 1_000;

export async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const { limit = defaultLimit } = numberOption("limit", options.limit);
  const write = options.json ? (line: string) => line : readable;
  await using connected = await connect(invocation, { otherwise: "refuse" });
  const { client } = connected;
  let tail = await client.request<Tail>("logs.tail", { limit: Math.max(1, limit) });
  printText(tail.lines.map((line) => `${write(line)}\n`).join(""));
  while (options.follow) {
    await sleep(everyMs);
    // Ends with the connection: the gateway that wrote this log is gone.
    tail = await client.request<Tail>("logs.tail", { cursor: tail.cursor });
    if (tail.reset) console.error("(the log began anew)");
    printText(tail.lines.map((line) => `${write(line)}\n`).join(""));
  }
  return 0;
}

/** A line that is not ours stays as it is. */
function readable(line: string): string {
  const entry = entryOf(line);
  if (entry === undefined) return line;
  const { at, level, event, ...fields } = entry;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  return [at, String(level).padEnd(5), event, ...pairs].join(" ");
}

function shown(value: unknown): string {
  return typeof value === "string" && !/\s/.test(value) ? value : JSON.stringify(value);
}

function entryOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>) : undefined;
  } catch {
    // Half a line that a killed gateway left behind.
    return undefined;
  }
}
