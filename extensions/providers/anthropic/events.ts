// The events of a Messages stream, put together into one step. No I/O: events in, events out.

import type Anthropic from "@anthropic-ai/sdk";
import {
  brokenOff,
  closedBlocks,
  noUsage,
  type OpenBlock,
  type OpenStep,
  type ProviderEvent,
  type StopReason,
  stepEnd,
  type Usage,
} from "@homarus/sdk";

type VendorEvent = Anthropic.RawMessageStreamEvent;
type Counted = { readonly [Key in keyof Anthropic.MessageDeltaUsage]?: Anthropic.MessageDeltaUsage[Key] | null };

interface Heard {
  readonly blocks: Map<number, OpenBlock>;
  stop: string | undefined;
  explanation: string;
  usage: Usage;
}

const stopReasons: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  pause_turn: "end",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  refusal: "refused",
};

export function openStep(): OpenStep<VendorEvent> {
  const heard: Heard = { blocks: new Map(), stop: undefined, explanation: "", usage: noUsage };
  return { take: (event) => take(heard, event), isWhole: () => heard.stop !== undefined, end: () => end(heard) };
}

function take(heard: Heard, event: VendorEvent): ProviderEvent[] {
  switch (event.type) {
    case "message_start":
      heard.usage = counted(heard.usage, event.message.usage ?? {});
      return [];
    case "content_block_start":
      return takeStart(heard, event.index, event.content_block);
    case "content_block_delta":
      return takeDelta(heard.blocks.get(event.index), event.delta);
    case "message_delta":
      heard.stop = event.delta.stop_reason ?? heard.stop;
      heard.explanation = event.delta.stop_details?.explanation ?? "";
      heard.usage = counted(heard.usage, event.usage ?? {});
      return [];
    default:
      return [];
  }
}

function takeStart(heard: Heard, index: number, block: Anthropic.ContentBlock): ProviderEvent[] {
  const open = (part: Partial<OpenBlock> & Pick<OpenBlock, "type">) =>
    heard.blocks.set(index, { id: "", name: "", text: "", signature: "", ...part });
  if (block.type === "text") {
    open({ type: "text", text: block.text });
    return block.text ? [{ type: "text-delta", text: block.text }] : [];
  }
  if (block.type === "thinking") {
    open({ type: "thinking", text: block.thinking, signature: block.signature ?? "" });
    return block.thinking ? [{ type: "thinking-delta", text: block.thinking }] : [];
  }
  if (block.type === "redacted_thinking") open({ type: "redacted", text: block.data });
  if (block.type !== "tool_use") return [];
  open({ type: "tool-call", id: block.id, name: block.name });
  return [{ type: "tool-call-start", id: block.id, name: block.name }];
}

function takeDelta(block: OpenBlock | undefined, delta: Anthropic.RawContentBlockDelta): ProviderEvent[] {
  if (!block) return [];
  switch (delta.type) {
    case "text_delta":
      block.text += delta.text;
      return delta.text ? [{ type: "text-delta", text: delta.text }] : [];
    case "thinking_delta":
      block.text += delta.thinking;
      return delta.thinking ? [{ type: "thinking-delta", text: delta.thinking }] : [];
    case "signature_delta":
      block.signature += delta.signature;
      return [];
    case "input_json_delta":
      block.text += delta.partial_json;
      return [];
    default:
      return [];
  }
}

function end(heard: Heard): ProviderEvent {
  if (heard.stop === undefined) return { type: "fault", fault: brokenOff().toJSON() };
  const stopReason = stopReasons[heard.stop] ?? "end";
  const blocks = [...heard.blocks.values()];
  const content = closedBlocks(blocks, stopReason);
  return stepEnd({ content, stopReason, usage: heard.usage, refusal: heard.explanation });
}

/** Each count stands until a later event gives it anew; the vendor's input excludes the cache, as ours does. */
function counted(before: Usage, usage: Counted): Usage {
  return {
    input: usage.input_tokens ?? before.input,
    output: usage.output_tokens ?? before.output,
    cacheRead: usage.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite: usage.cache_creation_input_tokens ?? before.cacheWrite,
  };
}
