// A session's log as JSON lines, in the layout that OpenClaw's transcripts have: a head line, then a line an
// entry, each naming the one before it. What that layout has no word for travels under the key `homarus`.
import type { Entry, Json, MediaBlock, Session, StepBlock, StopReason, TextBlock } from "@homarus/sdk";

export type Fields = Readonly<Record<string, unknown>>;

const layoutVersion = 3;
/** Our reasons in the words of that layout. */
export const stopNames: Readonly<Record<StopReason, string>> = {
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
    // Like a receipt, what the house vouches for stays at home: whoever reads it in elsewhere could not believe it.
    const { own: _, ...from } = body.from ?? {};
    return {
      type: "message",
      message,
      homarus: {
        ...(runId ? { runId } : {}),
        ...(body.from ? { from } : {}),
        ...(body.note === undefined ? {} : { note: body.note }),
      },
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
