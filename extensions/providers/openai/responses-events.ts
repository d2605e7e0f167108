// The events of a Responses stream, put together into one step. No I/O: events in, events out.
import {
  brokenOff,
  type FaultData,
  noUsage,
  type OpenStep,
  type ProviderEvent,
  parsedArguments,
  type StepBlock,
  type StopReason,
  stepEnd,
  type Usage,
} from "@homarus/sdk";
import type OpenAI from "openai";

type VendorEvent = OpenAI.Responses.ResponseStreamEvent;
type OutputItem = OpenAI.Responses.ResponseOutputItem;

interface Heard {
  readonly items: Map<number, readonly StepBlock[]>;
  refused: string;
  end: ProviderEvent | undefined;
}

/** What the vendor says of a failure within a stream. */
export interface StreamError {
  readonly code: string;
  readonly message: string;
}

/** `fault` makes a fault of an error that comes as an event. */
export function openResponsesStep(fault: (error: StreamError) => FaultData): OpenStep<VendorEvent> {
  const heard: Heard = { items: new Map(), refused: "", end: undefined };
  return {
    take: (event) => take(heard, event, fault),
    isWhole: () => heard.end !== undefined,
    end: () => heard.end ?? { type: "fault", fault: brokenOff().toJSON() },
  };
}

function take(heard: Heard, event: VendorEvent, fault: (error: StreamError) => FaultData): ProviderEvent[] {
  switch (event.type) {
    case "response.output_text.delta":
      return event.delta ? [{ type: "text-delta", text: event.delta }] : [];
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      return event.delta ? [{ type: "thinking-delta", text: event.delta }] : [];
    case "response.reasoning_summary_part.added":
      return event.summary_index > 0 ? [{ type: "thinking-delta", text: "\n\n" }] : [];
    case "response.output_item.added":
      return event.item.type === "function_call"
        ? [{ type: "tool-call-start", id: event.item.call_id, name: event.item.name }]
        : [];
    case "response.output_item.done":
      heard.items.set(event.output_index, blocksOf(event.item));
      heard.refused += refusalOf(event.item);
      return [];
    case "response.completed":
    case "response.incomplete":
      heard.end = endOf(heard, event.response);
      return [];
    case "response.failed": {
      const error = event.response.error;
      heard.end = {
        type: "fault",
        fault: fault({ code: error?.code ?? "server_error", message: error?.message ?? "no reason given" }),
      };
      return [];
    }
    case "error":
      heard.end = { type: "fault", fault: fault({ code: event.code ?? "server_error", message: event.message }) };
      return [];
    default:
      // The API adds events over time; what is not known here changes nothing in the answer.
      return [];
  }
}

function blocksOf(item: OutputItem): readonly StepBlock[] {
  if (item.type === "function_call") {
    return [
      {
        type: "tool-call",
        id: item.call_id,
        name: item.name,
        ...parsedArguments(item.arguments, item.status === "incomplete"),
      },
    ];
  }
  if (item.type === "message") {
    const text = item.content.map((part) => (part.type === "output_text" ? part.text : "")).join("");
    return text ? [{ type: "text", text, ...(item.phase ? { vendor: { phase: item.phase } } : {}) }] : [];
  }
  if (item.type !== "reasoning") return [];
  const text = [...item.summary, ...(item.content ?? [])].map((part) => part.text).join("\n\n");
  const signature = item.encrypted_content ? { signature: item.encrypted_content } : {};
  return text || item.encrypted_content ? [{ type: "thinking", text, ...signature, vendor: { id: item.id } }] : [];
}

function refusalOf(item: OutputItem): string {
  return item.type === "message"
    ? item.content.map((part) => (part.type === "refusal" ? part.refusal : "")).join("")
    : "";
}

function endOf(heard: Heard, response: OpenAI.Responses.Response): ProviderEvent {
  const content = [...heard.items].sort(([a], [b]) => a - b).flatMap(([, blocks]) => blocks);
  const stopReason = stopReasonOf(heard, response, content);
  return stepEnd({ content, stopReason, usage: usageOf(response.usage), refusal: heard.refused });
}

function stopReasonOf(heard: Heard, response: OpenAI.Responses.Response, content: readonly StepBlock[]): StopReason {
  const reason = response.incomplete_details?.reason;
  if (heard.refused || reason === "content_filter") return "refused";
  if (response.status === "incomplete" || reason === "max_output_tokens") return "length";
  return content.some((block) => block.type === "tool-call") ? "tool-calls" : "end";
}

/** `input_tokens` counts what came from the cache and what was written to it; ours does not. */
function usageOf(usage: OpenAI.Responses.ResponseUsage | null | undefined): Usage {
  if (!usage) return noUsage;
  const details: { readonly cached_tokens?: number; readonly cache_write_tokens?: number } =
    usage.input_tokens_details ?? {};
  const [cacheRead, cacheWrite] = [details.cached_tokens ?? 0, details.cache_write_tokens ?? 0];
  const input = Math.max(0, (usage.input_tokens ?? 0) - cacheRead - cacheWrite);
  return { input, output: usage.output_tokens ?? 0, cacheRead, cacheWrite };
}
