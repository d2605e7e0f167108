// The chunks of a Chat Completions stream, put together into one step. No I/O: chunks in, events out.
import {
  brokenOff,
  type Json,
  noUsage,
  type OpenStep,
  type ProviderEvent,
  parsedArguments,
  type StepBlock,
  type StopReason,
  stepEnd,
  type ThinkingBlock,
  type Usage,
} from "@homarus/sdk";
import type OpenAI from "openai";

type Chunk = OpenAI.Chat.ChatCompletionChunk;
type CallDelta = NonNullable<Chunk["choices"][number]["delta"]["tool_calls"]>[number];

/** Where servers of this API put reasoning; OpenAI itself sends none here. */
interface ReasoningDelta {
  /** Mistral sends a list of parts where there is reasoning among them. */
  readonly content?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_details?: unknown;
}

interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  arguments: string;
}

interface Heard {
  text: string;
  refused: string;
  thinking: string;
  thinkingField: "reasoning_content" | "reasoning";
  readonly details: Json[];
  readonly calls: OpenCall[];
  finish: string | undefined;
  usage: Usage;
}

const stopReasons: Readonly<Record<string, StopReason>> = {
  stop: "end",
  length: "length",
  model_length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "refused",
};

/** The server's own word that it could not go on. */
const breaks = new Set(["error", "insufficient_system_resource", "network_error"]);

/** `nextId` names calls that a server left without an id. */
export function openChatStep(nextId: () => string): OpenStep<Chunk> {
  const heard: Heard = {
    ...{ text: "", refused: "", thinking: "", thinkingField: "reasoning_content" },
    ...{ details: [], calls: [], finish: undefined, usage: noUsage },
  };
  return {
    take: (chunk) => take(heard, chunk, nextId),
    isWhole: () => heard.finish !== undefined && !breaks.has(heard.finish),
    end: () => end(heard),
  };
}

function take(heard: Heard, chunk: Chunk, nextId: () => string): ProviderEvent[] {
  if (chunk.usage) heard.usage = usageOf(chunk.usage);
  // Some servers send chunks that hold nothing but their own notes.
  const choice = chunk.choices?.[0];
  if (!choice) return [];
  heard.finish = choice.finish_reason ?? heard.finish;
  const delta = choice.delta ?? {};
  const events = takeReasoning(heard, delta as ReasoningDelta);
  const text = saidIn(delta.content);
  if (text) {
    heard.text += text;
    events.push({ type: "text-delta", text });
  }
  heard.refused += delta.refusal ?? "";
  return [...events, ...(delta.tool_calls ?? []).flatMap((call) => takeCall(heard, call, nextId))];
}

function takeReasoning(heard: Heard, delta: ReasoningDelta): ProviderEvent[] {
  if (Array.isArray(delta.reasoning_details)) heard.details.push(...(delta.reasoning_details as Json[]));
  const fields = ["reasoning_content", "reasoning"] as const;
  const field = fields.find((name) => typeof delta[name] === "string" && delta[name] !== "");
  const text = field ? (delta[field] as string) : partsIn(delta.content, "thinking").join("");
  if (text === "") return [];
  heard.thinkingField = field ?? heard.thinkingField;
  heard.thinking += text;
  return [{ type: "thinking-delta", text }];
}

function saidIn(content: unknown): string {
  return typeof content === "string" ? content : partsIn(content, "text").join("");
}

/** The texts of parts of one type; the text of a part may itself be a list of parts. */
function partsIn(content: unknown, type: "text" | "thinking"): string[] {
  if (!Array.isArray(content)) return [];
  return (content as { type?: unknown; text?: unknown; thinking?: unknown }[])
    .filter((part) => part?.type === type)
    .map((part) => (typeof part[type] === "string" ? (part[type] as string) : saidIn(part[type])));
}

/** Pieces belong together by index; a server that gives each call index 0 tells them apart by id. */
function takeCall(heard: Heard, delta: CallDelta, nextId: () => string): ProviderEvent[] {
  const open = heard.calls.findLast((call) => call.index === delta.index && (!delta.id || call.id === delta.id));
  if (open) {
    open.arguments += delta.function?.arguments ?? "";
    return [];
  }
  const call = { index: delta.index, id: delta.id || nextId(), name: delta.function?.name ?? "" };
  heard.calls.push({ ...call, arguments: delta.function?.arguments ?? "" });
  return [{ type: "tool-call-start", id: call.id, name: call.name }];
}

function end(heard: Heard): ProviderEvent {
  if (heard.finish === undefined || breaks.has(heard.finish)) return { type: "fault", fault: brokenOff().toJSON() };
  const stopReason = stopReasonOf(heard, heard.finish);
  const content = contentOf(heard, stopReason === "length");
  return stepEnd({ content, stopReason, usage: heard.usage, refusal: heard.refused });
}

function stopReasonOf(heard: Heard, finish: string): StopReason {
  if (heard.refused) return "refused";
  const reason = stopReasons[finish] ?? "end";
  // Some servers say `stop` although they call tools.
  return reason === "end" && heard.calls.length > 0 ? "tool-calls" : reason;
}

function contentOf(heard: Heard, isCut: boolean): StepBlock[] {
  const calls = heard.calls.map(({ id, name, arguments: raw }, index): StepBlock => {
    const parsed = parsedArguments(raw, isCut && index === heard.calls.length - 1);
    return { type: "tool-call", id, name, ...parsed };
  });
  return [
    ...(heard.thinking || heard.details.length > 0 ? [thinkingOf(heard)] : []),
    ...(heard.text ? [{ type: "text" as const, text: heard.text }] : []),
    ...calls,
  ];
}

/** Kept in the very fields it came in, since that is where the server looks for it. */
function thinkingOf(heard: Heard): ThinkingBlock {
  const vendor: Json =
    heard.details.length > 0 ? { reasoning_details: heard.details } : { [heard.thinkingField]: heard.thinking };
  return { type: "thinking", text: heard.thinking, vendor };
}

/** OpenAI's own, and what DeepSeek and OpenRouter have beside them. */
type Counted = NonNullable<Chunk["usage"]> & {
  readonly prompt_cache_hit_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
};

/** `prompt_tokens` counts what came from the cache and what was written to it; ours does not. */
function usageOf(usage: Counted): Usage {
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0;
  const cacheWrite = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  const input = Math.max(0, (usage.prompt_tokens ?? 0) - cacheRead - cacheWrite);
  return { input, output: usage.completion_tokens ?? 0, cacheRead, cacheWrite };
}
