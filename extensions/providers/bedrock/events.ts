// The events of a Converse stream, put together into one step. No I/O: events in, events out.
import type { ContentBlockDelta, ConverseStreamOutput, TokenUsage } from "@aws-sdk/client-bedrock-runtime";
import {
  brokenOff,
  closedBlocks,
  malformedAnswer,
  noUsage,
  type OpenBlock,
  type OpenStep,
  type ProviderEvent,
  type StopReason,
  stepEnd,
  type Usage,
} from "@homarus/sdk";

interface Heard {
  readonly blocks: Map<number, OpenBlock>;
  stop: string | undefined;
  usage: Usage;
}

const stopReasons: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  guardrail_intervened: "refused",
  content_filtered: "refused",
};

/** The vendor's own word that the answer went wrong. */
const spoils = new Set(["malformed_model_output", "malformed_tool_use"]);

export function openStep(): OpenStep<ConverseStreamOutput> {
  const heard: Heard = { blocks: new Map(), stop: undefined, usage: noUsage };
  return { take: (event) => take(heard, event), isWhole: () => heard.stop !== undefined, end: () => end(heard) };
}

function take(heard: Heard, event: ConverseStreamOutput): ProviderEvent[] {
  if (event.contentBlockStart) {
    const { contentBlockIndex = 0, start } = event.contentBlockStart;
    if (!start?.toolUse) return [];
    const { toolUseId: id = "", name = "" } = start.toolUse;
    heard.blocks.set(contentBlockIndex, { type: "tool-call", id, name, text: "", signature: "" });
    return [{ type: "tool-call-start", id, name }];
  }
  if (event.contentBlockDelta) {
    const { contentBlockIndex = 0, delta } = event.contentBlockDelta;
    return delta ? takeDelta(heard, contentBlockIndex, delta) : [];
  }
  if (event.messageStop) heard.stop = event.messageStop.stopReason ?? "end_turn";
  if (event.metadata?.usage) heard.usage = usageOf(event.metadata.usage);
  return [];
}

function takeDelta(heard: Heard, index: number, delta: ContentBlockDelta): ProviderEvent[] {
  const { text, toolUse, reasoningContent } = delta;
  if (text) {
    opened(heard, index, "text").text += text;
    return [{ type: "text-delta", text }];
  }
  if (toolUse) {
    const block = heard.blocks.get(index);
    if (block) block.text += toolUse.input ?? "";
    return [];
  }
  if (!reasoningContent) return [];
  if (reasoningContent.redactedContent) {
    const block = opened(heard, index, "redacted");
    block.text += btoa(String.fromCharCode(...reasoningContent.redactedContent));
    return [];
  }
  const block = opened(heard, index, "thinking");
  block.signature += reasoningContent.signature ?? "";
  if (!reasoningContent.text) return [];
  block.text += reasoningContent.text;
  return [{ type: "thinking-delta", text: reasoningContent.text }];
}

/** Blocks of text and thinking begin with their first piece. */
function opened(heard: Heard, index: number, type: OpenBlock["type"]): OpenBlock {
  const known = heard.blocks.get(index);
  if (known) return known;
  const block: OpenBlock = { type, id: "", name: "", text: "", signature: "" };
  heard.blocks.set(index, block);
  return block;
}

function end(heard: Heard): ProviderEvent {
  if (heard.stop === undefined) return { type: "fault", fault: brokenOff().toJSON() };
  if (spoils.has(heard.stop)) return { type: "fault", fault: malformedAnswer(heard.stop).toJSON() };
  const stopReason = stopReasons[heard.stop] ?? "end";
  const blocks = [...heard.blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
  return stepEnd({ content: closedBlocks(blocks, stopReason), stopReason, usage: heard.usage });
}

/** The vendor's input excludes the cache, as ours does. */
function usageOf(usage: TokenUsage): Usage {
  return {
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
    cacheRead: usage.cacheReadInputTokens ?? 0,
    cacheWrite: usage.cacheWriteInputTokens ?? 0,
  };
}
