// A request in the words of the Converse API. What stays the same comes first and is marked for the cache where the model
// takes such marks.
import type {
  ContentBlock,
  ConverseStreamCommandInput,
  Message,
  SystemContentBlock,
  Tool,
  ToolResultBlock as VendorResult,
} from "@aws-sdk/client-bedrock-runtime";
import {
  fitId,
  fitTurns,
  type Json,
  type ModelInfo,
  type ModelRequest,
  type ModelTurn,
  type StepBlock,
  type ToolResultBlock,
  wellFormed,
  withoutOldThinking,
} from "@homarus/sdk";
import { mediaOf, placeholder } from "./media.ts";
import { cachePlaces, thinkingFields } from "./thinking.ts";

export interface RequestTarget {
  readonly provider: string;
  readonly known: ModelInfo | undefined;
}

const longestId = 64;
/** What every model here can write that thinks by a budget. */
const usualOutputTokens = 32_000;
const mark = { cachePoint: { type: "default" } } as const;

export function converseRequest(asked: ModelRequest, { provider, known }: RequestTarget): ConverseStreamCommandInput {
  const request = wellFormed(asked);
  const { model } = request;
  const maxTokens = request.maxOutputTokens ?? known?.outputTokens;
  const places = cachePlaces(model);
  const fields = thinkingFields(model, request.thinking, maxTokens ?? usualOutputTokens);
  const fitted = fitTurns(request.turns, { provider, model, fitId: (id) => fitId(id, longestId) });
  const messages = messagesOf(withoutOldThinking(fitted, request.thinking !== "off"), known);
  const system = systemOf(request.system, places.messages);
  const tools = toolsOf(request, fitted);
  return {
    modelId: model,
    messages: places.messages ? markLast(messages) : messages,
    ...(system.length > 0 ? { system } : {}),
    ...(tools.length > 0 ? { toolConfig: { tools: places.tools ? [...tools, mark] : tools } } : {}),
    ...(maxTokens === undefined ? {} : { inferenceConfig: { maxTokens } }),
    ...(Object.keys(fields).length > 0 ? { additionalModelRequestFields: fields as never } : {}),
  };
}

function systemOf({ stable, volatile }: ModelRequest["system"], isMarked: boolean): SystemContentBlock[] {
  const text = (value: string): SystemContentBlock[] => (value.trim() ? [{ text: value }] : []);
  return [...text(stable), ...(stable.trim() && isMarked ? [mark] : []), ...text(volatile)];
}

/** A history with calls is refused where no tool is named, so those that were called then are. */
function toolsOf({ tools }: ModelRequest, turns: readonly ModelTurn[]): Tool[] {
  if (tools.length > 0)
    return tools.map(({ name, description, inputSchema }) => ({
      toolSpec: { name, description, inputSchema: { json: inputSchema as never } },
    }));
  const blocks = turns.flatMap((turn) => (turn.type === "step" ? turn.content : []));
  const called = new Set(blocks.flatMap((block) => (block.type === "tool-call" ? [block.name] : [])));
  const description = "Not to be called any more.";
  return [...called].map((name) => ({ toolSpec: { name, description, inputSchema: { json: { type: "object" } } } }));
}

/** Neighbours of one role are one message, and the first is the person's. */
function messagesOf(turns: readonly ModelTurn[], known: ModelInfo | undefined): Message[] {
  const messages: { role: "user" | "assistant"; content: ContentBlock[] }[] = [];
  for (const turn of turns) {
    const role = turn.type === "step" ? "assistant" : "user";
    const content = partsOf(turn, known);
    if (content.length === 0) continue;
    if (messages.length === 0 && role === "assistant") {
      messages.push({ role: "user", content: [{ text: "[Earlier messages were left out.]" }] });
    }
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return messages.map((message) => ({ ...message, content: withWords(message.content) }));
}

/** A document alone is refused: something has to be said with it. */
function withWords(content: ContentBlock[]): ContentBlock[] {
  const isSilent = content.some((block) => block.document) && !content.some((block) => block.text);
  return isSilent ? [{ text: placeholder }, ...content] : content;
}

function partsOf(turn: ModelTurn, known: ModelInfo | undefined): ContentBlock[] {
  if (turn.type === "user") return turn.content.map((block, index) => mediaOf(block, index, known) as ContentBlock);
  if (turn.type === "step") return turn.content.flatMap(stepParts);
  return turn.results.map((result) => ({ toolResult: resultPart(result, known) }));
}

function stepParts(block: StepBlock): ContentBlock[] {
  if (block.type === "text") return [{ text: block.text }];
  if (block.type === "tool-call")
    return [{ toolUse: { toolUseId: block.id, name: block.name, input: block.input as never } }];
  const redacted = fieldsOf(block.vendor).redacted;
  if (typeof redacted === "string")
    return [{ reasoningContent: { redactedContent: Uint8Array.from(atob(redacted), (char) => char.charCodeAt(0)) } }];
  // Without its signature the vendor refuses it.
  if (!block.signature) return [];
  return [{ reasoningContent: { reasoningText: { text: block.text, signature: block.signature } } }];
}

function resultPart(result: ToolResultBlock, known: ModelInfo | undefined): VendorResult {
  const filled = result.content.filter((block) => block.type !== "text" || block.text.trim() !== "");
  const content = filled.map((block, index) => mediaOf(block, index, known));
  return {
    toolUseId: result.callId,
    content: content.length > 0 ? content : [{ text: "(no output)" }],
    status: result.isError ? "error" : "success",
  };
}

function markLast(messages: readonly Message[]): Message[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages];
  return [...messages.slice(0, -1), { ...last, content: [...(last.content ?? []), mark] }];
}

function fieldsOf(vendor: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof vendor === "object" && vendor !== null && !Array.isArray(vendor)
    ? (vendor as { [key: string]: Json })
    : {};
}
