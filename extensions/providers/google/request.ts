// A request in the words of the Gemini API. What stays the same comes first, since Google's cache goes by the prefix.

import type {
  Content,
  FunctionDeclaration,
  GenerateContentConfig,
  GenerateContentParameters,
  Part,
} from "@google/genai/web";
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
  type ToolResultBlock,
  textOf,
  wellFormed,
} from "@homarus/sdk";
import { takenSchema } from "./schema.ts";
import { thinkingConfig, wantsSignatures } from "./thinking.ts";

/** Google's own word for a call that another model made, or an older one: it is then not checked. */
const noSignature = "skip_thought_signature_validator";
const longestId = 64;

export function contentRequest(asked: ModelRequest, provider: string): GenerateContentParameters {
  const request = wellFormed(asked);
  const turns = fitTurns(request.turns, { provider, model: request.model, fitId: (id) => fitId(id, longestId) });
  return {
    model: request.model,
    contents: contentsOf(turns, { isSigned: wantsSignatures(request.model), takes: takenBy(request.model) }),
    config: configOf(request),
  };
}

function configOf(request: ModelRequest): GenerateContentConfig {
  const system = [request.system.stable, request.system.volatile].filter((text) => text.trim() !== "").join("\n\n");
  const thinking = thinkingConfig(request.model, request.thinking);
  return {
    ...(system ? { systemInstruction: system } : {}),
    ...(request.tools.length > 0 ? { tools: [{ functionDeclarations: request.tools.map(declarationOf) }] } : {}),
    ...(thinking ? { thinkingConfig: thinking } : {}),
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
  };
}

function declarationOf({ name, description, inputSchema }: ModelRequest["tools"][number]): FunctionDeclaration {
  return { name, description, parametersJsonSchema: takenSchema(inputSchema) };
}

/** Neighbours of one role are one content, and the first is the person's. */
/** All of Gemini reads pictures, sound, films and documents; the open models beside it read pictures. */
function takenBy(model: string): RegExp {
  return model.startsWith("gemini-") ? /^(?:image|audio|video)\/|^application\/pdf$|^text\// : /^image\//;
}

function contentsOf(turns: readonly ModelTurn[], { isSigned, takes }: Omit<Telling, "named">): Content[] {
  const contents: { role: "user" | "model"; parts: Part[] }[] = [];
  const named = namedCalls(turns);
  for (const turn of turns) {
    const role = turn.type === "step" ? "model" : "user";
    const parts = partsOf(turn, { isSigned, takes, named });
    if (parts.length === 0) continue;
    if (contents.length === 0 && role === "model") {
      contents.push({ role: "user", parts: [{ text: "[Earlier messages were left out.]" }] });
    }
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }
  return contents;
}

interface Telling {
  /** The model asks for a signature with each step's first call. */
  readonly isSigned: boolean;
  /** Media types that the model reads. */
  readonly takes: RegExp;
  readonly named: ReadonlySet<string>;
}

function partsOf(turn: ModelTurn, telling: Telling): Part[] {
  if (turn.type === "user") return turn.content.map((block) => partOf(block, telling));
  return turn.type === "step" ? stepParts(turn.content, telling.isSigned) : resultParts(turn.results, telling);
}

/** Calls whose id the vendor gave: their results have to name it. Ids of our own making stay with us. */
function namedCalls(turns: readonly ModelTurn[]): ReadonlySet<string> {
  const blocks = turns.flatMap((turn) => (turn.type === "step" ? turn.content : []));
  return new Set(
    blocks.flatMap((block) => (block.type === "tool-call" && fieldsOf(block.vendor).named === true ? [block.id] : [])),
  );
}

function partOf(block: TextBlock | MediaBlock, { takes }: Telling): Part {
  if (block.type === "text") return { text: block.text };
  return takes.test(block.mediaType)
    ? { inlineData: { mimeType: block.mediaType, data: block.data } }
    : { text: mediaNote(block) };
}

function stepParts(content: readonly StepBlock[], isSigned: boolean): Part[] {
  let isFirstCall = true;
  return content.flatMap((block): Part[] => {
    const { thoughtSignature } = fieldsOf(block.vendor);
    const signature = typeof thoughtSignature === "string" ? { thoughtSignature } : {};
    if (block.type === "text") return [{ text: block.text, ...signature }];
    if (block.type === "thinking")
      return block.signature ? [{ text: block.text, thought: true, thoughtSignature: block.signature }] : [];
    const id = fieldsOf(block.vendor).named === true ? { id: block.id } : {};
    // Of several calls of a step the vendor signs the first alone.
    const standIn =
      isSigned && isFirstCall && typeof thoughtSignature !== "string" ? { thoughtSignature: noSignature } : {};
    isFirstCall = false;
    return [
      {
        functionCall: { ...id, name: block.name, args: block.input as Record<string, unknown> },
        ...signature,
        ...standIn,
      },
    ];
  });
}

/** The results, and behind them what they hold besides text. */
function resultParts(results: readonly ToolResultBlock[], telling: Telling): Part[] {
  const answers = results.map((result): Part => {
    const text = textOf(result.content) || "(no output)";
    const id = telling.named.has(result.callId) ? { id: result.callId } : {};
    return {
      functionResponse: { ...id, name: result.name, response: result.isError ? { error: text } : { output: text } },
    };
  });
  const media = results.flatMap((result) => result.content.filter((block) => block.type !== "text"));
  return [...answers, ...media.map((block) => partOf(block, telling))];
}

function fieldsOf(vendor: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof vendor === "object" && vendor !== null && !Array.isArray(vendor)
    ? (vendor as { [key: string]: Json })
    : {};
}
