// The lines of an Ollama stream, put together into one step. No I/O: lines in, events out.
import {
  brokenOff,
  type Json,
  noUsage,
  type OpenStep,
  type ProviderEvent,
  type StepBlock,
  type StopReason,
  stepEnd,
  type ToolCallBlock,
  type Usage,
} from "@homarus/sdk";
import type { ChatResponse } from "ollama/browser";

/** What is read of a line; a server leaves out what it has nothing to say for. */
export type Line = Partial<Pick<ChatResponse, "message" | "done" | "done_reason" | "prompt_eval_count" | "eval_count">>;

interface Heard {
  text: string;
  thinking: string;
  readonly calls: ToolCallBlock[];
  finish: string | undefined;
  usage: Usage;
}

/** `nextId` names calls: this server gives them no id that is unique. */
export function openStep(nextId: () => string): OpenStep<Line> {
  const heard: Heard = { text: "", thinking: "", calls: [], finish: undefined, usage: noUsage };
  return {
    take: (line) => take(heard, line, nextId),
    isWhole: () => heard.finish !== undefined,
    end: () => end(heard),
  };
}

function take(heard: Heard, line: Line, nextId: () => string): ProviderEvent[] {
  if (line.done) {
    heard.finish = line.done_reason || "stop";
    heard.usage = { ...noUsage, input: line.prompt_eval_count ?? 0, output: line.eval_count ?? 0 };
  }
  const { thinking, content, tool_calls } = line.message ?? {};
  const events: ProviderEvent[] = [];
  if (thinking) {
    heard.thinking += thinking;
    events.push({ type: "thinking-delta", text: thinking });
  }
  if (content) {
    heard.text += content;
    events.push({ type: "text-delta", text: content });
  }
  for (const call of tool_calls ?? []) {
    const block = callOf(call.function, nextId());
    heard.calls.push(block);
    events.push({ type: "tool-call-start", id: block.id, name: block.name });
  }
  return events;
}

/** Arguments come parsed; what is no object is kept as text, for the model to see. */
function callOf(called: { readonly name: string; readonly arguments: unknown }, id: string): ToolCallBlock {
  const { name, arguments: input } = called;
  if (input === undefined || input === null) return { type: "tool-call", id, name, input: {} };
  if (typeof input === "object" && !Array.isArray(input)) return { type: "tool-call", id, name, input: input as Json };
  return {
    type: "tool-call",
    id,
    name,
    input: {},
    malformed: typeof input === "string" ? input : JSON.stringify(input),
  };
}

function end(heard: Heard): ProviderEvent {
  if (heard.finish === undefined) return { type: "fault", fault: brokenOff().toJSON() };
  const content: StepBlock[] = [
    ...(heard.thinking ? [{ type: "thinking" as const, text: heard.thinking }] : []),
    ...(heard.text ? [{ type: "text" as const, text: heard.text }] : []),
    ...heard.calls,
  ];
  const stopReason: StopReason = heard.finish === "length" ? "length" : heard.calls.length > 0 ? "tool-calls" : "end";
  return stepEnd({ content, stopReason, usage: heard.usage });
}
