// A request in the words of Ollama's own chat API.
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
  type ToolResultBlock,
  textOf,
  wellFormed,
} from "@homarus/sdk";
import type { ChatRequest, Message, Tool } from "ollama/browser";
import type { ModelFacts } from "./model-facts.ts";

export interface RequestTarget {
  readonly provider: string;
  /** What the owner allows; the model's own limit may be less. */
  readonly contextTokens: number;
  readonly facts: ModelFacts;
}

/** `truncate` and `shift` are not in the SDK's types: without them the server forgets the beginning in silence. */
type ChatBody = ChatRequest & { readonly stream: true; readonly truncate: false; readonly shift: false };

export function chatRequest(asked: ModelRequest, target: RequestTarget): ChatBody {
  const { facts, provider } = target;
  const request = wellFormed(asked);
  const turns = fitTurns(request.turns, { provider, model: request.model, fitId: (id) => fitId(id, 64) });
  const system = [request.system.stable, request.system.volatile].filter((text) => text.trim() !== "").join("\n\n");
  const current = turns.findLastIndex((turn) => turn.type === "user");
  return {
    model: request.model,
    messages: [
      ...(system ? [{ role: "system", content: system }] : []),
      ...turns.flatMap((turn, index) => messagesOf(turn, { facts, isCurrent: index > current })),
    ],
    ...(request.tools.length > 0 && facts.callsTools ? { tools: request.tools.map(toolOf) } : {}),
    ...(facts.thinks ? { think: thinkOf(request) } : {}),
    options: {
      num_ctx: Math.min(target.contextTokens, facts.contextTokens ?? target.contextTokens),
      ...(request.maxOutputTokens === undefined ? {} : { num_predict: request.maxOutputTokens }),
    },
    ...{ stream: true, truncate: false, shift: false },
  };
}

/** gpt-oss takes levels and cannot be kept from thinking; the others take yes or no. */
function thinkOf({ model, thinking }: ModelRequest): boolean | "low" | "medium" | "high" {
  if (!/(?:^|\/)gpt-oss/.test(model)) return thinking !== "off";
  return thinking === "off" ? "low" : thinking;
}

function toolOf({ name, description, inputSchema }: ModelRequest["tools"][number]): Tool {
  return {
    type: "function",
    function: { name, description, parameters: inputSchema as NonNullable<Tool["function"]["parameters"]> },
  };
}

interface Telling {
  readonly facts: ModelFacts;
  /** The turn belongs to the answer that is in the making. */
  readonly isCurrent: boolean;
}

function messagesOf(turn: ModelTurn, telling: Telling): Message[] {
  if (turn.type === "user") return [{ role: "user", ...contentOf(turn.content, telling.facts) }];
  if (turn.type === "step") return [stepMessage(turn.content, telling)];
  return turn.results.map((result) => resultMessage(result, telling.facts));
}

function contentOf(
  blocks: readonly (TextBlock | MediaBlock)[],
  facts: ModelFacts,
): Pick<Message, "content" | "images"> {
  const isShown = (block: TextBlock | MediaBlock): block is MediaBlock => block.type === "image" && facts.sees;
  const images = blocks.filter(isShown).map((block) => block.data);
  const lines = blocks.flatMap((block) =>
    isShown(block) ? [] : [block.type === "text" ? block.text : mediaNote(block)],
  );
  return { content: lines.join("\n\n"), ...(images.length > 0 ? { images } : {}) };
}

/** Reasoning goes back within the answer it belongs to, which is where the models' templates have a place for it. */
function stepMessage(content: readonly StepBlock[], { isCurrent }: Telling): Message {
  const calls = content.filter((block): block is ToolCallBlock => block.type === "tool-call");
  const thinking = isCurrent ? content.map((block) => (block.type === "thinking" ? block.text : "")).join("") : "";
  return {
    role: "assistant",
    content: textOf(content),
    ...(thinking ? { thinking } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map((call) => ({
            function: { name: call.name, arguments: call.input as Record<string, unknown> },
          })),
        }
      : {}),
  };
}

/** Results follow in the order of the calls: this API knows no ids. */
function resultMessage(result: ToolResultBlock, facts: ModelFacts): Message {
  const { content, images } = contentOf(result.content, facts);
  const text = content.trim() === "" ? "(no output)" : content;
  return {
    role: "tool",
    tool_name: result.name,
    content: result.isError ? `Error: ${text}` : text,
    ...(images ? { images } : {}),
  };
}
