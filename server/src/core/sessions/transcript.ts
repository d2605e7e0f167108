// A session's log as JSON lines and back, in the layout that OpenClaw's transcripts have: a head line, then a line an
// entry, each naming the one before it. What that layout has no word for travels under the key `homarus`.
import {
  type Entry,
  type EntryBody,
  Fault,
  type Json,
  type MediaBlock,
  type Session,
  type StepBlock,
  type StopReason,
  type TextBlock,
} from "@homarus/sdk";

type Fields = Readonly<Record<string, unknown>>;

const layoutVersion = 3;
const stopNames: Readonly<Record<StopReason, string>> = {
  end: "stop",
  "tool-calls": "toolUse",
  length: "length",
  refused: "error",
  aborted: "aborted",
};

export function* transcriptLines(session: Session, entries: readonly Entry[]): Generator<string> {
  const time = (at: number): string => new Date(at).toISOString();
  yield JSON.stringify({
    type: "session",
    version: layoutVersion,
    id: session.id,
    timestamp: time(session.createdAt),
    cwd: ".",
    homarus: { key: session.key, agent: session.agent },
  });
  let parentId: string | null = null;
  for (const entry of entries) {
    const id = entry.seq.toString(16).padStart(8, "0");
    const line = { id, parentId, timestamp: time(entry.at) };
    yield JSON.stringify({ ...lineOf(entry), ...line });
    parentId = id;
  }
}

function lineOf({ at, runId, body }: Entry): Fields {
  const own = runId ? { homarus: { runId } } : {};
  if (body.type === "user") {
    const message = { role: "user", content: body.content.map(blockOut), timestamp: at };
    return {
      type: "message",
      message,
      homarus: { ...(runId ? { runId } : {}), ...(body.from ? { from: body.from } : {}) },
    };
  }
  if (body.type === "step") {
    const { input, output, cacheRead, cacheWrite } = body.usage;
    const usage = { input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite };
    const { provider, model } = body;
    return {
      type: "message",
      message: {
        role: "assistant",
        content: body.content.map(blockOut),
        api: provider,
        provider,
        model,
        usage,
        stopReason: stopNames[body.stopReason],
        timestamp: at,
      },
      ...own,
    };
  }
  if (body.type === "tool-result") {
    const { callId, name, content, isError } = body.result;
    return {
      type: "message",
      message: {
        role: "toolResult",
        toolCallId: callId,
        toolName: name,
        content: content.map(blockOut),
        isError,
        timestamp: at,
      },
      homarus: { ...(runId ? { runId } : {}), durationMs: body.durationMs },
    };
  }
  return { type: "custom", customType: "homarus", data: body, ...own };
}

function blockOut(block: StepBlock | TextBlock | MediaBlock): Fields {
  if (block.type === "thinking")
    return {
      type: "thinking",
      thinking: block.text,
      ...(block.signature ? { thinkingSignature: block.signature } : {}),
      ...vendorOf(block),
    };
  if (block.type === "tool-call")
    return {
      type: "toolCall",
      id: block.id,
      name: block.name,
      arguments: block.input,
      ...(block.malformed === undefined ? {} : { malformed: block.malformed }),
      ...vendorOf(block),
    };
  if (block.type === "text") return { type: "text", text: block.text, ...vendorOf(block) };
  return { type: block.type, mimeType: block.mediaType, data: block.data, ...(block.name ? { name: block.name } : {}) };
}

function vendorOf(block: { readonly vendor?: Json }): Fields {
  return block.vendor === undefined ? {} : { vendor: block.vendor };
}

/** Entries of a transcript, numbered from 1. Throws an `invalid` Fault that names the line when one is no JSON object. */
export function parseTranscript(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const fields = parseLine(line, index + 1);
    const body = bodyOf(fields);
    if (!body) continue;
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

function bodyOf(fields: Fields): EntryBody | undefined {
  if (fields.type === "custom" && fields.customType === "homarus") return fields.data as EntryBody;
  if (fields.type === "compaction" && typeof fields.summary === "string")
    return { type: "event", event: "compaction", text: fields.summary };
  if (fields.type !== "message") return undefined;
  const message = (fields.message ?? {}) as Fields;
  const own = (fields.homarus ?? {}) as { from?: unknown; durationMs?: unknown };
  const content = blocksIn(message.content);
  if (message.role === "user") {
    const spoken = content.filter(
      (block): block is TextBlock | MediaBlock => block.type !== "thinking" && block.type !== "tool-call",
    );
    return { type: "user", content: spoken, ...(own.from ? { from: own.from as never } : {}) };
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

function blockIn(block: Fields): AnyBlock[] {
  const vendor = block.vendor === undefined ? {} : { vendor: block.vendor as Json };
  if (block.type === "text") return [{ type: "text", text: String(block.text ?? ""), ...vendor }];
  if (block.type === "thinking") {
    return [
      {
        type: "thinking",
        text: String(block.thinking ?? ""),
        ...(typeof block.thinkingSignature === "string" ? { signature: block.thinkingSignature } : {}),
        ...vendor,
      },
    ];
  }
  if (block.type === "toolCall") {
    const malformed = typeof block.malformed === "string" ? { malformed: block.malformed } : {};
    return [
      {
        type: "tool-call",
        id: String(block.id),
        name: String(block.name),
        input: (block.arguments ?? {}) as Json,
        ...malformed,
        ...vendor,
      },
    ];
  }
  if (block.type === "image" || block.type === "audio" || block.type === "file") {
    return [
      {
        type: block.type,
        mediaType: String(block.mimeType ?? "application/octet-stream"),
        data: String(block.data ?? ""),
        ...(typeof block.name === "string" ? { name: block.name } : {}),
      },
    ];
  }
  return [];
}
