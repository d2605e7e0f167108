// The end of one answer out of what was heard of it, alike for every vendor: the step, or the fault of an answer that never came.
import type { StepBlock } from "../content.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { StopReason, Usage } from "../session.ts";
import { parsedArguments } from "./arguments.ts";
import { emptyAnswer, refusalNote } from "./endings.ts";

export interface HeardStep {
  readonly content: readonly StepBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** What the vendor said of its refusal, shown where the step has nothing else to show. */
  readonly refusal?: string;
}

export function stepEnd({ content, stopReason, usage, refusal = "" }: HeardStep): ProviderEvent {
  const isSilent = !content.some((block) => block.type !== "thinking");
  if (isSilent && stopReason === "refused")
    return { type: "step-end", content: [...content, refusalNote(refusal)], stopReason, usage };
  // Where the tokens ran out, reasoning alone is an honest end; else it is an answer that never came.
  const isEmpty = isSilent && (stopReason !== "length" || content.length === 0);
  if (isEmpty) return { type: "fault", fault: emptyAnswer().toJSON() };
  return { type: "step-end", content, stopReason, usage };
}

/** A block of a stream that is still being said. */
export interface OpenBlock {
  readonly type: "text" | "thinking" | "redacted" | "tool-call";
  readonly id: string;
  readonly name: string;
  /** Text, thinking, redacted data as the vendor encodes it, or arguments as JSON. */
  text: string;
  signature: string;
}

/** Blocks in the order of the answer. With `length` the tokens ran out within the last of them. */
export function closedBlocks(blocks: readonly OpenBlock[], stopReason: StopReason): readonly StepBlock[] {
  return blocks.flatMap((block) => blockOf(block, stopReason === "length" && block === blocks.at(-1)));
}

function blockOf(block: OpenBlock, isCut: boolean): StepBlock[] {
  switch (block.type) {
    case "text":
      return block.text ? [{ type: "text", text: block.text }] : [];
    case "thinking": {
      const signature = block.signature ? { signature: block.signature } : {};
      return block.text || block.signature ? [{ type: "thinking", text: block.text, ...signature }] : [];
    }
    case "redacted":
      return [{ type: "thinking", text: "", vendor: { redacted: block.text } }];
    default:
      return [{ type: "tool-call", id: block.id, name: block.name, ...parsedArguments(block.text, isCut) }];
  }
}
