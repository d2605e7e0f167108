// A request in the words of Chat Completions, kept to what other servers of that API take as well.
import {
  fitId,
  fitTurns,
  type MediaBlock,
  type ModelRequest,
  type ModelTurn,
  mediaNote,
  type StepBlock,
  type TextBlock,
  type ToolCallBlock,
  textOf,
  type UserBlock,
  wellFormed,
} from "@homarus/sdk";
import type OpenAI from "openai";
import { effortOf } from "./effort.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Part = OpenAI.Chat.ChatCompletionContentPart;
export type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

export interface ChatTarget {
  readonly provider: string;
  /** OpenAI itself takes fields that other servers refuse. */
  readonly isVendor: boolean;
}

/** Ids of calls are at most 40 characters long here. */
const longestId = 40;

export function chatRequest(asked: ModelRequest, target: ChatTarget): ChatBody {
  const request = wellFormed(asked);
  const reader = { provider: target.provider, model: request.model, fitId: (id: string) => fitId(id, longestId) };
  const turns = fitTurns(request.turns, reader);
  const system = [request.system.stable, request.system.volatile].filter((text) => text.trim() !== "").join("\n\n");
  const current = turns.findLastIndex((turn) => turn.type === "user");
  const effort = effortOf(request.model, request.thinking);
  return {
    model: request.model,
    messages: [
      ...(system ? [{ role: "system" as const, content: system }] : []),
      ...turns.flatMap((turn, index) => messagesOf(turn, index > current)),
    ],
    stream: true,
    stream_options: { include_usage: true },
    ...(request.tools.length > 0 ? { tools: request.tools.map(toolOf) } : {}),
    ...(effort ? { reasoning_effort: effort } : {}),
    ...(target.isVendor ? { prompt_cache_key: fitId(request.cacheKey, 64) } : {}),
    ...limitOf(request, target),
  };
}

function limitOf({ maxOutputTokens }: ModelRequest, target: ChatTarget): Partial<ChatBody> {
  if (maxOutputTokens === undefined) return {};
  return target.isVendor ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens };
}

function toolOf(tool: ModelRequest["tools"][number]): OpenAI.Chat.ChatCompletionTool {
  return {
    type: "function",
    function: { name: tool.name, description: tool.description, parameters: { ...tool.inputSchema } },
  };
}

function messagesOf(turn: ModelTurn, isCurrent: boolean): Message[] {
  if (turn.type === "user") return [{ role: "user", content: userContent(turn.content) }];
  if (turn.type === "step") return [stepMessage(turn.content, isCurrent)];
  const results = turn.results.map((result): Message => {
    const text = result.content.map(resultText).join("\n") || "(no output)";
    return { role: "tool", tool_call_id: result.callId, content: result.isError ? `Error: ${text}` : text };
  });
  const images = turn.results.flatMap((result) => result.content.filter((block) => block.type === "image"));
  // A tool's message holds text alone in this API, so its pictures follow in a message of their own.
  return images.length > 0 ? [...results, { role: "user", content: images.map(partOf) }] : results;
}

function resultText(block: TextBlock | MediaBlock): string {
  if (block.type === "text") return block.text;
  return block.type === "image" ? "[The picture follows in the next message.]" : mediaNote(block);
}

/** Plain text where there is nothing else: not every server takes parts. */
function userContent(content: readonly UserBlock[]): string | Part[] {
  if (content.every((block) => block.type === "text")) return content.map((block) => block.text).join("\n\n");
  return content.map(partOf);
}

function partOf(block: UserBlock): Part {
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type !== "image") return { type: "text", text: mediaNote(block) };
  return { type: "image_url", image_url: { url: `data:${block.mediaType};base64,${block.data}` } };
}

function stepMessage(content: readonly StepBlock[], isCurrent: boolean): Message {
  const calls = content.filter((block): block is ToolCallBlock => block.type === "tool-call");
  return {
    role: "assistant",
    content: textOf(content) || null,
    ...(calls.length > 0 ? { tool_calls: calls.map(callOf) } : {}),
    // Reasoning goes back within the answer it belongs to; servers that send it ask for it there, and only there.
    ...(isCurrent ? reasoningOf(content) : {}),
  };
}

function callOf(call: ToolCallBlock): OpenAI.Chat.ChatCompletionMessageToolCall {
  return { id: call.id, type: "function", function: { name: call.name, arguments: JSON.stringify(call.input) } };
}

/** The fields a server put its reasoning into, as `chat-events.ts` kept them. */
function reasoningOf(content: readonly StepBlock[]): object {
  const vendor = content.find((block) => block.type === "thinking")?.vendor;
  return typeof vendor === "object" && vendor !== null && !Array.isArray(vendor) ? vendor : {};
}
