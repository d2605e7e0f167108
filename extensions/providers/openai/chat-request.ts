// A request in the words of Chat Completions, kept to what other servers of that API take as well, and to what the
// vendor's habits say of it.
import {
  fitId,
  fitTurns,
  type Json,
  type ModelRequest,
  type ModelTurn,
  type StepBlock,
  type ToolCallBlock,
  textOf,
  thinkingHabit,
  type VendorHabits,
  wellFormed,
} from "@homarus/sdk";
import type OpenAI from "openai";
import { contentOf, resultText, type Takes } from "./chat-parts.ts";
import { effortOf } from "./effort.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Part = OpenAI.Chat.ChatCompletionContentPart;
export type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

export interface ChatTarget {
  readonly provider: string;
  /** OpenAI itself takes fields that other servers refuse. */
  readonly isOpenAi: boolean;
  readonly habits: VendorHabits;
  readonly takes: Takes;
}

/** Ids of calls are at most 40 characters long here. */
const longestId = 40;

export function chatRequest(asked: ModelRequest, target: ChatTarget): ChatBody {
  const request = wellFormed(asked);
  const { habits, provider, isOpenAi, takes } = target;
  const { model } = request;
  const turns = fitTurns(request.turns, { provider, model, fitId: (id) => callId(id, habits.callIdLength) });
  const current = turns.findLastIndex((turn) => turn.type === "user");
  const hasMarks = habits.cacheMarks !== undefined && new RegExp(habits.cacheMarks, "i").test(model);
  const told = turns.flatMap((turn, index) => messagesOf(turn, { habits, takes, isCurrent: index > current }));
  const messages = habits.afterTools === undefined ? told : parted(told, habits.afterTools);
  return {
    model,
    messages: [...systemOf(request.system, hasMarks), ...(hasMarks ? markLast(messages) : messages)],
    stream: true,
    ...(habits.countsUnasked ? {} : { stream_options: { include_usage: true } }),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toolOf) } : {}),
    ...(isOpenAi ? { prompt_cache_key: fitId(request.cacheKey, 64) } : {}),
    ...limitOf(request, target),
    ...thinkingOf(request, habits),
    ...(habits.body as object | undefined),
  };
}

/** With words of the agent wherever a person's follow a tool's. */
function parted(messages: readonly Message[], content: string): Message[] {
  return messages.flatMap((message, index) => {
    const isAfterTool = message.role === "user" && messages[index - 1]?.role === "tool";
    return isAfterTool ? [{ role: "assistant" as const, content }, message] : [message];
  });
}

function thinkingOf({ model, thinking }: ModelRequest, habits: VendorHabits): object {
  const own = thinkingHabit(habits, model, thinking);
  if (own) return own;
  const effort = effortOf(model, thinking);
  return effort ? { reasoning_effort: effort } : {};
}

function limitOf({ maxOutputTokens }: ModelRequest, { habits, isOpenAi }: ChatTarget): Partial<ChatBody> {
  if (maxOutputTokens === undefined) return {};
  return { [habits.limitField ?? (isOpenAi ? "max_completion_tokens" : "max_tokens")]: maxOutputTokens };
}

/** Where ids have one length, a longer or shorter one is replaced by one that is made from it, the same each time. */
function callId(id: string, length: number | undefined): string {
  if (length === undefined) return fitId(id, longestId);
  if (new RegExp(`^[a-zA-Z0-9]{${length}}$`).test(id)) return id;
  const hash = fitId(`${id} `, 64).replace(/^.*_/, "");
  return hash.padStart(length, "0").slice(-length);
}

const mark = { cache_control: { type: "ephemeral" } } as const;

/** What stays the same comes first; with marks it is a part of its own, at whose end the vendor's cache begins. */
function systemOf({ stable, volatile }: ModelRequest["system"], hasMarks: boolean): Message[] {
  const texts = [stable, volatile].filter((text) => text.trim() !== "");
  if (texts.length === 0) return [];
  if (!hasMarks) return [{ role: "system", content: texts.join("\n\n") }];
  const parts = texts.map((text) => ({ type: "text" as const, text, ...(text === stable ? mark : {}) }));
  return [{ role: "system", content: parts }];
}

/** The newest message is what the next step reads again. */
function markLast(messages: readonly Message[]): Message[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages];
  const parts: Part[] = typeof last.content === "string" ? [{ type: "text", text: last.content }] : last.content;
  const marked = parts.map((part, index) => (index === parts.length - 1 ? { ...part, ...mark } : part));
  return [...messages.slice(0, -1), { ...last, content: marked }];
}

function toolOf(tool: ModelRequest["tools"][number]): OpenAI.Chat.ChatCompletionTool {
  return {
    type: "function",
    function: { name: tool.name, description: tool.description, parameters: { ...tool.inputSchema } },
  };
}

interface Telling {
  readonly habits: VendorHabits;
  readonly takes: Takes;
  /** The turn belongs to the answer that is in the making. */
  readonly isCurrent: boolean;
}

function messagesOf(turn: ModelTurn, telling: Telling): Message[] {
  if (turn.type === "user") return [{ role: "user", content: contentOf(turn.content, telling.takes) }];
  if (turn.type === "step") return [stepMessage(turn.content, telling)];
  const results = turn.results.map((result): Message => {
    const text = result.content.map((block) => resultText(block, telling.takes)).join("\n") || "(no output)";
    return { role: "tool", tool_call_id: result.callId, content: result.isError ? `Error: ${text}` : text };
  });
  const shown = turn.results.flatMap((result) => result.content.filter((block) => telling.takes(block)));
  // A tool's message holds text alone in this API, so its pictures follow in a message of their own.
  return shown.length > 0 ? [...results, { role: "user", content: contentOf(shown, telling.takes) }] : results;
}

function stepMessage(content: readonly StepBlock[], telling: Telling): Message {
  const calls = content.filter((block): block is ToolCallBlock => block.type === "tool-call");
  return {
    role: "assistant",
    content: textOf(content) || null,
    ...(calls.length > 0 ? { tool_calls: calls.map(callOf) } : {}),
    ...reasoningOf(content, telling, calls.length > 0),
  };
}

function callOf(call: ToolCallBlock): OpenAI.Chat.ChatCompletionMessageToolCall {
  return { id: call.id, type: "function", function: { name: call.name, arguments: JSON.stringify(call.input) } };
}

/**
 * The fields a server put its reasoning into, as `chat-events.ts` kept them. As a rule reasoning goes back within the
 * answer it belongs to: servers that send it ask for it there, and only there.
 */
function reasoningOf(content: readonly StepBlock[], { habits, isCurrent }: Telling, hasCalls: boolean): object {
  const { reasoning = "answer", reasoningField } = habits;
  const isSent = reasoning === "always" ? hasCalls || isCurrent : reasoning === "answer" && isCurrent;
  const vendor = isSent ? fieldsOf(content.find((block) => block.type === "thinking")?.vendor) : {};
  const isLacking = reasoningField !== undefined && hasCalls && vendor[reasoningField] === undefined;
  return { ...vendor, ...(isLacking ? { [reasoningField]: "" } : {}) };
}

function fieldsOf(vendor: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof vendor === "object" && vendor !== null && !Array.isArray(vendor)
    ? (vendor as { [key: string]: Json })
    : {};
}
