// A request in the words of the Responses API. Nothing is stored at the vendor: the whole history travels each time, and
// reasoning travels with it, encrypted.
import {
  fitId,
  fitTurns,
  type Json,
  type MediaBlock,
  type ModelRequest,
  type ModelTurn,
  mediaNote,
  type StepBlock,
  type TextBlock,
  type ThinkingBlock,
  type ToolResultBlock,
  textOf,
  wellFormed,
} from "@homarus/sdk";
import type OpenAI from "openai";
import type { Takes } from "./chat-parts.ts";
import { effortOf } from "./effort.ts";

type Item = OpenAI.Responses.ResponseInputItem;
export type ResponsesBody = OpenAI.Responses.ResponseCreateParamsStreaming;

const longestId = 64;

export interface ResponsesTarget {
  readonly provider: string;
  readonly takes: Takes;
}

export function responsesRequest(asked: ModelRequest, { provider, takes }: ResponsesTarget): ResponsesBody {
  const request = wellFormed(asked);
  const reader = { provider, model: request.model, fitId: (id: string) => fitId(id, longestId) };
  const instructions = [request.system.stable, request.system.volatile]
    .filter((text) => text.trim() !== "")
    .join("\n\n");
  const effort = effortOf(request.model, request.thinking);
  return {
    model: request.model,
    ...(instructions ? { instructions } : {}),
    input: fitTurns(request.turns, reader).flatMap((turn) => itemsOf(turn, takes)),
    stream: true,
    store: false,
    prompt_cache_key: fitId(request.cacheKey, longestId),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toolOf) } : {}),
    ...(effort
      ? { reasoning: { effort, summary: "auto" as const }, include: ["reasoning.encrypted_content" as const] }
      : {}),
    ...(request.maxOutputTokens === undefined ? {} : { max_output_tokens: request.maxOutputTokens }),
  };
}

function toolOf(tool: ModelRequest["tools"][number]): OpenAI.Responses.FunctionTool {
  const { name, description, inputSchema } = tool;
  return { type: "function", name, description, parameters: { ...inputSchema }, strict: false };
}

function itemsOf(turn: ModelTurn, takes: Takes): Item[] {
  const part = (block: TextBlock | MediaBlock) => partOf(block, takes);
  if (turn.type === "user") return [{ role: "user", content: turn.content.map(part) }];
  if (turn.type === "step") return turn.content.flatMap(stepItems);
  return turn.results.map((result) => ({
    type: "function_call_output",
    call_id: result.callId,
    output: outputOf(result, part),
  }));
}

/** Sound is not taken by this API; its bytes would be refused. */
function partOf(block: TextBlock | MediaBlock, takes: Takes) {
  if (block.type === "text") return { type: "input_text" as const, text: block.text };
  if (!takes(block) || block.type === "audio") return { type: "input_text" as const, text: mediaNote(block) };
  const url = `data:${block.mediaType};base64,${block.data}`;
  if (block.type === "image") return { type: "input_image" as const, image_url: url, detail: "auto" as const };
  return { type: "input_file" as const, filename: block.name ?? "document.pdf", file_data: url };
}

function outputOf(
  result: ToolResultBlock,
  part: (block: TextBlock | MediaBlock) => ReturnType<typeof partOf>,
): string | OpenAI.Responses.ResponseFunctionCallOutputItemList {
  const filled = result.content.filter((block) => block.type !== "text" || block.text.trim() !== "");
  if (filled.some((block) => block.type !== "text")) return filled.map(part);
  const text = textOf(filled) || "(no output)";
  return result.isError ? `Error: ${text}` : text;
}

/** Ids of messages and calls are left out: with them the vendor looks for what it was asked not to store. */
function stepItems(block: StepBlock): Item[] {
  if (block.type === "thinking") return reasoningItem(block);
  if (block.type === "tool-call") {
    return [{ type: "function_call", call_id: block.id, name: block.name, arguments: JSON.stringify(block.input) }];
  }
  const phase = fieldsOf(block.vendor).phase;
  const isPhase = phase === "commentary" || phase === "final_answer";
  return [{ role: "assistant", content: block.text, ...(isPhase ? { phase } : {}) }];
}

/** Without its encrypted content a reasoning item is worth nothing, and is refused. */
function reasoningItem(block: ThinkingBlock): Item[] {
  const { id } = fieldsOf(block.vendor);
  if (!block.signature || typeof id !== "string") return [];
  const summary = block.text ? [{ type: "summary_text" as const, text: block.text }] : [];
  return [{ type: "reasoning", id, summary, encrypted_content: block.signature }];
}

function fieldsOf(vendor: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof vendor === "object" && vendor !== null && !Array.isArray(vendor)
    ? (vendor as { [key: string]: Json })
    : {};
}
