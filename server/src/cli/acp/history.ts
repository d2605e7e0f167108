// A session's history as session updates: what a person sees who opens an old conversation in the editor. Pure.
// Pictures and other bytes do not come with the history; their names do.
import type { ContentBlock, SessionUpdate } from "@agentclientprotocol/sdk";
import { blocksOf } from "./prompt.ts";
import { ended, started } from "./updates.ts";
import type { WireBlock, WireMessage } from "./wire.ts";

export function replay(
  messages: readonly WireMessage[],
  { sessionId, workspace }: { readonly sessionId: string; readonly workspace: string | undefined },
): SessionUpdate[] {
  const open = new Set<string>();
  const updates = messages.flatMap((message, index): SessionUpdate[] => {
    if (message.role === "toolResult") return result(message, open, workspace);
    const messageId = `${sessionId}:${index}`;
    if (message.role === "user") {
      return message.content
        .flatMap((block) => (block.type === "text" ? blocksOf(block.text ?? "") : namedBytes(block)))
        .map((content) => ({ sessionUpdate: "user_message_chunk", content, messageId }));
    }
    return said(message, { messageId, open, workspace });
  });
  // What a run that was cut never finished must not turn for ever.
  const cut = [...open].map(
    (toolCallId) => ({ sessionUpdate: "tool_call_update", toolCallId, status: "failed" }) as const,
  );
  return [...updates, ...cut];
}

interface Telling {
  readonly messageId: string;
  readonly open: Set<string>;
  readonly workspace: string | undefined;
}

function said(message: WireMessage, { messageId, open, workspace }: Telling): SessionUpdate[] {
  const blocks = message.content.flatMap((block): SessionUpdate[] => {
    if (block.type === "toolCall") {
      open.add(block.id ?? "");
      return [started(block.id ?? "", { name: block.name ?? "tool", args: block.arguments }, workspace)];
    }
    if (block.type === "thinking") return words("agent_thought_chunk", block.thinking ?? "", `${messageId}:thought`);
    return words("agent_message_chunk", block.text ?? "", messageId);
  });
  const trouble = message.errorMessage ? `(${message.errorMessage})` : "";
  return [...blocks, ...words("agent_message_chunk", trouble, messageId)];
}

function words(
  sessionUpdate: "agent_message_chunk" | "agent_thought_chunk",
  text: string,
  messageId: string,
): SessionUpdate[] {
  return text === "" ? [] : [{ sessionUpdate, content: { type: "text", text }, messageId }];
}

function result(message: WireMessage, open: Set<string>, workspace: string | undefined): SessionUpdate[] {
  const { toolCallId = "", toolName = "tool", isError = false, content } = message;
  // The call itself may be older than what the history still tells.
  const late = open.has(toolCallId) ? [] : [started(toolCallId, { name: toolName, args: undefined }, workspace)];
  open.delete(toolCallId);
  return [...late, ended(toolCallId, { name: toolName, isError, result: { content } })];
}

function namedBytes(block: WireBlock): ContentBlock {
  return { type: "text", text: `[${block.fileName ?? block.mimeType ?? block.type}]` };
}
