// The chunks of a Gemini stream, put together into one step. No I/O: chunks in, events out.

import type {
  FunctionCall,
  GenerateContentResponse,
  GenerateContentResponseUsageMetadata,
  Part,
} from "@google/genai/web";
import {
  brokenOff,
  type Json,
  malformedAnswer,
  noUsage,
  type OpenStep,
  type ProviderEvent,
  type StepBlock,
  type StopReason,
  stepEnd,
  type Usage,
} from "@homarus/sdk";

/** What is read of a chunk; the SDK's class adds getters that are not used. */
export type Chunk = Pick<GenerateContentResponse, "candidates" | "promptFeedback" | "usageMetadata">;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type OpenBlock = Writable<StepBlock>;

interface Heard {
  readonly blocks: OpenBlock[];
  finish: string | undefined;
  blocked: string | undefined;
  message: string;
  usage: Usage;
}

const stopReasons: Readonly<Record<string, StopReason>> = {
  MAX_TOKENS: "length",
  ...Object.fromEntries(
    ["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"].map((reason) => [
      reason,
      "refused",
    ]),
  ),
};

/** The vendor's own word that the answer went wrong: another try may well succeed. */
const spoils = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
  "OTHER",
]);

/** `nextId` names calls, which this vendor may leave without an id. */
export function openStep(nextId: () => string): OpenStep<Chunk> {
  const heard: Heard = { blocks: [], finish: undefined, blocked: undefined, message: "", usage: noUsage };
  return {
    take: (chunk) => take(heard, chunk, nextId),
    isWhole: () => (heard.blocked ?? heard.finish) !== undefined,
    end: () => end(heard),
  };
}

function take(heard: Heard, chunk: Chunk, nextId: () => string): ProviderEvent[] {
  if (chunk.usageMetadata) heard.usage = usageOf(chunk.usageMetadata);
  heard.blocked = chunk.promptFeedback?.blockReason ?? heard.blocked;
  heard.message = chunk.promptFeedback?.blockReasonMessage ?? heard.message;
  const candidate = chunk.candidates?.[0];
  if (!candidate) return [];
  heard.finish = candidate.finishReason ?? heard.finish;
  heard.message = candidate.finishMessage ?? heard.message;
  return (candidate.content?.parts ?? []).flatMap((part) => takePart(heard, part, nextId));
}

function takePart(heard: Heard, part: Part, nextId: () => string): ProviderEvent[] {
  if (part.functionCall) return takeCall(heard, { call: part.functionCall, signature: part.thoughtSignature }, nextId);
  const type = part.thought ? "thinking" : "text";
  const text = part.text ?? "";
  if (text !== "") append(heard.blocks, type, text);
  if (part.thoughtSignature) sign(heard.blocks.at(-1), part.thoughtSignature);
  if (text === "") return [];
  return [type === "thinking" ? { type: "thinking-delta", text } : { type: "text-delta", text }];
}

function append(blocks: OpenBlock[], type: "thinking" | "text", text: string): void {
  const last = blocks.at(-1);
  if (last?.type === type) last.text += text;
  else blocks.push({ type, text });
}

/** A signature may come by itself, with an empty text after what it signs. */
function sign(block: OpenBlock | undefined, thoughtSignature: string): void {
  if (block?.type === "thinking") block.signature = thoughtSignature;
  else if (block) block.vendor = { ...(block.vendor as { [key: string]: Json } | undefined), thoughtSignature };
}

function takeCall(
  heard: Heard,
  given: { call: FunctionCall; signature: string | undefined },
  nextId: () => string,
): ProviderEvent[] {
  const { call, signature } = given;
  const id = call.id || nextId();
  const name = call.name ?? "";
  const vendor: Json = { ...(signature ? { thoughtSignature: signature } : {}), ...(call.id ? { named: true } : {}) };
  heard.blocks.push({
    type: "tool-call",
    id,
    name,
    input: (call.args ?? {}) as Json,
    ...(Object.keys(vendor).length > 0 ? { vendor } : {}),
  });
  return [{ type: "tool-call-start", id, name }];
}

function end(heard: Heard): ProviderEvent {
  const reason = heard.blocked ?? heard.finish;
  if (reason === undefined) return { type: "fault", fault: brokenOff().toJSON() };
  if (!heard.blocked && spoils.has(reason))
    return { type: "fault", fault: malformedAnswer(`${reason} ${heard.message}`.trim()).toJSON() };
  const content = heard.blocks;
  const stopReason = heard.blocked ? "refused" : stopReasonOf(reason, content);
  const refusal = heard.message || `The model declined to answer this (${reason}).`;
  return stepEnd({ content, stopReason, usage: heard.usage, refusal });
}

function stopReasonOf(finish: string, content: readonly StepBlock[]): StopReason {
  return stopReasons[finish] ?? (content.some((block) => block.type === "tool-call") ? "tool-calls" : "end");
}

/** `promptTokenCount` counts what came from the cache, and thoughts are counted apart from the answer; ours are not so. */
function usageOf(usage: GenerateContentResponseUsageMetadata): Usage {
  const cacheRead = usage.cachedContentTokenCount ?? 0;
  const input = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0) - cacheRead;
  const output = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0);
  return { input: Math.max(0, input), output, cacheRead, cacheWrite: 0 };
}
