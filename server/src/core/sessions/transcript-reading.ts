// JSON lines in the layout of transcripts, as entries of a log. Kinds of lines that we have no word for are passed over.
import {
  type Entry,
  type EntryBody,
  Fault,
  type Json,
  type MediaBlock,
  type StepBlock,
  type StopReason,
  type TextBlock,
} from "@homarus/sdk";
import { type Fields, stopNames } from "./transcript.ts";

/** Entries of a transcript, numbered from 1. Throws an `invalid` Fault that names the line when one is no JSON object. */
export function parseTranscript(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  const seqs = new Map<unknown, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const fields = parseLine(line, index + 1);
    const body = fields.type === "compaction" ? compactionIn(fields, seqs) : bodyOf(fields);
    if (!body) continue;
    seqs.set(fields.id, entries.length + 1);
    const own = (fields.homarus ?? {}) as { runId?: unknown };
    const at = timeOf(fields);
    entries.push({ seq: entries.length + 1, at, ...(typeof own.runId === "string" ? { runId: own.runId } : {}), body });
  }
  return entries;
}

function parseLine(line: string, number: number): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (cause) {
    throw new Fault("invalid", "transcript.line", `Line ${number} is no JSON: ${(cause as Error).message}.`, {
      cause,
      hint: "A transcript has one JSON object on each line.",
    });
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Fields;
  throw new Fault("invalid", "transcript.line", `Line ${number} is no JSON object.`, {
    hint: "A transcript has one JSON object on each line.",
  });
}

function timeOf(fields: Fields): number {
  const message = fields.message as Fields | undefined;
  if (typeof message?.timestamp === "number") return message.timestamp;
  const parsed = Date.parse(String(fields.timestamp));
  return Number.isNaN(parsed) ? 0 : parsed;
}

/** Where the line says which entry is the first that is kept, the log is read from there, as it was before. */
function compactionIn(
  { summary, firstKeptEntryId }: Fields,
  seqs: ReadonlyMap<unknown, number>,
): EntryBody | undefined {
  if (typeof summary !== "string") return undefined;
  const keptFrom = seqs.get(firstKeptEntryId);
  const cut = keptFrom === undefined ? {} : { keptFrom, summary };
  return { type: "event", event: "compaction", text: summary, ...cut };
}

function bodyOf(fields: Fields): EntryBody | undefined {
  if (fields.type === "custom" && fields.customType === "homarus") return fields.data as EntryBody;
  if (fields.type !== "message") return undefined;
  const message = (fields.message ?? {}) as Fields;
  const own = (fields.homarus ?? {}) as { from?: unknown; durationMs?: unknown; note?: unknown };
  const content = blocksIn(message.content);
  if (message.role === "user") {
    const spoken = content.filter(
      (block): block is TextBlock | MediaBlock => block.type !== "thinking" && block.type !== "tool-call",
    );
    const note = typeof own.note === "string" ? { note: own.note } : {};
    return { type: "user", content: spoken, ...(own.from ? { from: own.from as never } : {}), ...note };
  }
  if (message.role === "assistant") return stepIn(message, content);
  if (message.role !== "toolResult") return undefined;
  const shown = content.filter(
    (block): block is TextBlock | MediaBlock => block.type !== "thinking" && block.type !== "tool-call",
  );
  const result = {
    type: "tool-result" as const,
    callId: String(message.toolCallId),
    name: String(message.toolName),
    content: shown,
    isError: message.isError === true,
  };
  return { type: "tool-result", result, durationMs: typeof own.durationMs === "number" ? own.durationMs : 0 };
}

type AnyBlock = StepBlock | TextBlock | MediaBlock;

function stepIn(message: Fields, content: readonly AnyBlock[]): EntryBody {
  const usage = (message.usage ?? {}) as Fields;
  const count = (name: string): number => (typeof usage[name] === "number" ? (usage[name] as number) : 0);
  const found = Object.entries(stopNames).find(([, name]) => name === message.stopReason)?.[0] as
    | StopReason
    | undefined;
  return {
    type: "step",
    content: content.filter(
      (block): block is StepBlock => block.type === "text" || block.type === "thinking" || block.type === "tool-call",
    ),
    provider: String(message.provider ?? "unknown"),
    model: String(message.model ?? "unknown"),
    stopReason: found ?? "end",
    usage: {
      input: count("input"),
      output: count("output"),
      cacheRead: count("cacheRead"),
      cacheWrite: count("cacheWrite"),
    },
  };
}

function blocksIn(content: unknown): readonly AnyBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.flatMap((block: Fields) => blockIn(block)) : [];
}

type ReadBlock = (block: Fields) => AnyBlock;

function blockIn(block: Fields): AnyBlock[] {
  const read = readers[String(block.type)];
  return read ? [read(block)] : [];
}

const mediaIn: ReadBlock = (block) => ({
  type: block.type as MediaBlock["type"],
  mediaType: String(block.mimeType ?? "application/octet-stream"),
  data: String(block.data ?? ""),
  ...textField("name", block.name),
});

/** By the layout's own names; what is not here is passed over. */
const readers: Readonly<Record<string, ReadBlock>> = {
  text: (block) => ({ type: "text", text: String(block.text ?? ""), ...vendorIn(block) }),
  thinking: (block) => ({
    ...{ type: "thinking" as const, text: String(block.thinking ?? "") },
    ...textField("signature", block.thinkingSignature),
    ...vendorIn(block),
  }),
  toolCall: (block) => ({
    ...{
      type: "tool-call" as const,
      id: String(block.id),
      name: String(block.name),
      input: (block.arguments ?? {}) as Json,
    },
    ...textField("malformed", block.malformed),
    ...vendorIn(block),
  }),
  image: mediaIn,
  audio: mediaIn,
  file: mediaIn,
};

function textField<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } {
  return typeof value === "string" ? ({ [name]: value } as { [key in Name]: string }) : {};
}

function vendorIn(block: Fields): { readonly vendor?: Json } {
  return block.vendor === undefined ? {} : { vendor: block.vendor as Json };
}
