// A request in the words of the Messages API. The prefix that stays the same (tools, stable system) is marked for the
// vendor's cache, and so is the newest message, which the next step will read again.

import type Anthropic from "@anthropic-ai/sdk";
import {
  fitId,
  fitTurns,
  type MediaBlock,
  type ModelInfo,
  type ModelRequest,
  type ModelTurn,
  mediaNote,
  type StepBlock,
  type TextBlock,
  type ToolResultBlock,
  textOf,
  wellFormed,
  withoutOldThinking,
} from "@homarus/sdk";
import { bindsThinking, thinkingFields } from "./thinking.ts";

type Message = Anthropic.MessageParam;
type Part = Anthropic.ContentBlockParam;

export interface VendorRequest {
  readonly body: Anthropic.MessageCreateParamsStreaming;
  /** What has to be announced in a header. */
  readonly betas: readonly string[];
}

export interface RequestTarget {
  readonly provider: string;
  /** The vendor asks for a limit, which is the model's own where that is known. */
  readonly known: ModelInfo | undefined;
}

const longestId = 64;
/** What every Claude since the fourth generation can write. */
const safeOutputTokens = 32_000;
const cached = { cache_control: { type: "ephemeral" } } as const;

export function messagesRequest(asked: ModelRequest, target: RequestTarget): VendorRequest {
  const request = wellFormed(asked);
  const reader = { provider: target.provider, model: request.model, fitId: (id: string) => fitId(id, longestId) };
  const maxTokens = request.maxOutputTokens ?? target.known?.outputTokens ?? safeOutputTokens;
  const system = systemOf(request.system);
  const fields = thinkingFields(request.model, request.thinking, maxTokens);
  const isThinking = fields.thinking !== undefined && fields.thinking.type !== "disabled";
  const binding = bindingOf(request.model, fields.thinking);
  const body = {
    model: request.model,
    max_tokens: maxTokens,
    stream: true as const,
    ...(system.length > 0 ? { system } : {}),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toolOf) } : {}),
    messages: cacheLast(messagesOf(withoutOldThinking(fitTurns(request.turns, reader), isThinking), inputOf(target))),
    ...fields,
    ...binding.fields,
  };
  return { body, betas: binding.betas };
}

/**
 * A thinking block is bound to the system prompt it was written under, and ours holds files of the workspace. Should that
 * differ after a restart in mid-answer, the vendor is to drop the block instead of refusing the request.
 */
function bindingOf(model: string, thinking: Anthropic.ThinkingConfigParam | undefined) {
  if (thinking?.type !== "adaptive" || !bindsThinking(model)) return { fields: {}, betas: [] };
  const block_binding = { prefix_mismatch_behavior: "drop_block" };
  return {
    fields: { thinking: { ...thinking, block_binding } },
    betas: ["thinking-binding-controls-2026-08-01"],
  };
}

function systemOf({ stable, volatile }: ModelRequest["system"]): Anthropic.TextBlockParam[] {
  return [
    ...(stable.trim() ? [{ type: "text" as const, text: stable, ...cached }] : []),
    ...(volatile.trim() ? [{ type: "text" as const, text: volatile }] : []),
  ];
}

function toolOf(tool: ModelRequest["tools"][number], index: number, all: readonly unknown[]): Anthropic.Tool {
  return {
    name: tool.name,
    description: tool.description,
    input_schema: { ...tool.inputSchema, type: "object" },
    ...(index === all.length - 1 ? cached : {}),
  };
}

/** Neighbours of one role are one message, and the first is the person's. */
type Input = ModelInfo["input"];

/** A model that nobody knows is taken for one of Claude's, which read all that this API has words for. */
function inputOf({ known }: RequestTarget): Input {
  return known?.input ?? ["text", "image", "file"];
}

function messagesOf(turns: readonly ModelTurn[], input: Input): Message[] {
  const messages: { role: "user" | "assistant"; content: Part[] }[] = [];
  for (const turn of turns) {
    const role = turn.type === "step" ? "assistant" : "user";
    const content = partsOf(turn, input);
    if (content.length === 0) continue;
    if (messages.length === 0 && role === "assistant") {
      messages.push({ role: "user", content: [{ type: "text", text: "[Earlier messages were left out.]" }] });
    }
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return messages;
}

function partsOf(turn: ModelTurn, input: Input): Part[] {
  if (turn.type === "user") return turn.content.map((block) => mediaOrText(block, input));
  if (turn.type === "step") return turn.content.flatMap(stepParts);
  return turn.results.map((result) => resultPart(result, input));
}

const pictures = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;

function mediaOrText(block: TextBlock | MediaBlock, input: Input) {
  if (block.type === "text") return { type: "text" as const, text: block.text };
  const picture = input.includes("image") ? pictures.find((type) => type === block.mediaType) : undefined;
  const { data } = block;
  if (picture) return { type: "image" as const, source: { type: "base64" as const, media_type: picture, data } };
  const isTaken = block.mediaType === "application/pdf" && input.includes("file");
  if (!isTaken) return { type: "text" as const, text: mediaNote(block) };
  const source = { type: "base64" as const, media_type: "application/pdf" as const, data };
  return { type: "document" as const, source, ...(block.name ? { title: block.name } : {}) };
}

function stepParts(block: StepBlock): Part[] {
  if (block.type === "text") return [{ type: "text", text: block.text }];
  if (block.type === "tool-call") return [{ type: "tool_use", id: block.id, name: block.name, input: block.input }];
  const vendor = block.vendor as { readonly redacted?: unknown } | undefined;
  if (typeof vendor?.redacted === "string") return [{ type: "redacted_thinking", data: vendor.redacted }];
  // Without its signature the vendor refuses it.
  return block.signature ? [{ type: "thinking", thinking: block.text, signature: block.signature }] : [];
}

function resultPart(result: ToolResultBlock, input: Input): Part {
  const filled = result.content.filter((block) => block.type !== "text" || block.text.trim() !== "");
  const hasMedia = filled.some((block) => block.type !== "text");
  const content = hasMedia ? filled.map((block) => mediaOrText(block, input)) : textOf(filled) || "(no output)";
  return { type: "tool_result", tool_use_id: result.callId, content, ...(result.isError ? { is_error: true } : {}) };
}

/** The newest message, which the next step reads again, and the newest of the step before, which is read again now. */
function cacheLast(messages: Message[]): Message[] {
  const marked = new Set([messages.length - 1, messages.length - 3]);
  return messages.map((message, at) => {
    if (!marked.has(at) || message.role !== "user" || typeof message.content === "string") return message;
    const content = message.content.map((part, index, all) =>
      index === all.length - 1 ? ({ ...part, ...cached } as Part) : part,
    );
    return { ...message, content };
  });
}
