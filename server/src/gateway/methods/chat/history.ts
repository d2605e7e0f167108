// Entries of a session's log as the messages of `chat.history`. Pure.
// Source: recorded answers of releases 2026.2.17 and 2026.5.7; bytes of images are left out as there.
import type { Entry, EntrySource, StepBlock, StopReason, UserBlock } from "@homarus/sdk";
import { limits } from "../../settings.ts";

type Block = Readonly<Record<string, unknown>>;

export interface HistoryMessage {
  readonly role: "user" | "assistant" | "toolResult";
  readonly content: readonly Block[];
  /** Unix ms. */
  readonly timestamp: number;
  /** What clients call it: `<session id>:<seq of its entry>`. */
  readonly __openclaw: { readonly id: string; readonly seq: number };
  readonly [key: string]: unknown;
}

/** All but what each message has. */
interface Told {
  readonly role: HistoryMessage["role"];
  readonly content: readonly Block[];
  readonly [key: string]: unknown;
}

export function historyMessages(sessionId: string, entries: readonly Entry[]): HistoryMessage[] {
  return entries.flatMap((entry) => {
    const message = messageOf(entry);
    return message
      ? [{ ...message, timestamp: entry.at, __openclaw: { id: `${sessionId}:${entry.seq}`, seq: entry.seq } }]
      : [];
  });
}

function messageOf({ body }: Entry): Told | undefined {
  switch (body.type) {
    case "user":
      return { role: "user", content: body.content.map(userBlock), ...ownName(body.from) };
    case "step": {
      const { input, output, cacheRead, cacheWrite } = body.usage;
      const usage = { input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite };
      return {
        role: "assistant",
        content: body.content.map(stepBlock),
        provider: body.provider,
        model: body.model,
        usage,
        stopReason: stopReasons[body.stopReason],
      };
    }
    case "tool-start":
      return undefined;
    case "tool-result": {
      const { callId, name, content, isError } = body.result;
      return { role: "toolResult", toolCallId: callId, toolName: name, content: content.map(userBlock), isError };
    }
    case "event":
      return noteOf(body);
  }
}

/** A client knows its own message again by the name that it gave it. */
function ownName(from: EntrySource | undefined): { idempotencyKey?: string } {
  return from?.channel === "webchat" ? { idempotencyKey: `${from.messageId}:user` } : {};
}

/** What the house noted: words as the agent's own, trouble as an answer that failed. */
function noteOf(body: {
  readonly text?: string;
  readonly fault?: { readonly kind: string; readonly message: string };
}): Told | undefined {
  const content = body.text ? [{ type: "text", text: body.text }] : [];
  if (body.fault) {
    const stopReason = body.fault.kind === "aborted" ? "aborted" : "error";
    return { role: "assistant", content, stopReason, errorMessage: body.fault.message };
  }
  return body.text ? { role: "assistant", content, stopReason: "stop" } : undefined;
}

const stopReasons: Readonly<Record<StopReason, string>> = {
  end: "stop",
  "tool-calls": "toolUse",
  length: "length",
  refused: "error",
  aborted: "aborted",
};

function userBlock(block: UserBlock): Block {
  if (block.type === "text") return { type: "text", text: block.text };
  const bytes = Math.floor((block.data.length * 3) / 4);
  return {
    type: block.type,
    mimeType: block.mediaType,
    ...(block.name === undefined ? {} : { fileName: block.name }),
    omitted: true,
    bytes,
  };
}

function stepBlock(block: StepBlock): Block {
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type === "thinking") return { type: "thinking", thinking: block.text };
  return { type: "toolCall", id: block.id, name: block.name, arguments: block.input };
}

/** Cuts long texts for clients that ask for it. */
export function shortened(message: HistoryMessage, maxChars: number): HistoryMessage {
  const content = message.content.map((block) => {
    const text = block.text;
    return typeof text === "string" && text.length > maxChars
      ? { ...block, text: `${whole(text, maxChars)}\n...(truncated)...` }
      : block;
  });
  return { ...message, content };
}

/** The newest messages that fit together; a single one that is too large is replaced by a note. */
export function withinBytes(
  messages: readonly HistoryMessage[],
  maxBytes: number = limits.historyBytes,
): HistoryMessage[] {
  const kept: HistoryMessage[] = [];
  let left = maxBytes;
  for (const message of [...messages].reverse()) {
    const size = Buffer.byteLength(JSON.stringify(message)) + 1;
    if (size > left && kept.length > 0) break;
    if (size > maxBytes)
      return [{ ...message, content: [{ type: "text", text: "[message too large for the history]" }] }];
    left -= size;
    kept.push(message);
  }
  return kept.reverse();
}

/** Never cuts a character in two. */
function whole(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
