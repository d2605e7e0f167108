// What a model says, without the secrets that it may have come by: its words as they come, and the step whole.
import type { ProviderEvent } from "@homarus/sdk";
import type { Redactor, Words } from "../../core/redact/redactor.ts";

type Delta = Extract<ProviderEvent, { type: "text-delta" | "thinking-delta" }>;

/** Words that may be the beginning of a secret come with those that follow, at the latest before the step ends. */
export async function* redactedEvents(
  events: AsyncIterable<ProviderEvent>,
  redactor: Redactor,
): AsyncGenerator<ProviderEvent> {
  const held: Record<Delta["type"], Words> = { "text-delta": redactor.words(), "thinking-delta": redactor.words() };
  for await (const event of events) {
    if (event.type === "text-delta" || event.type === "thinking-delta") {
      const text = held[event.type].next(event.text);
      if (text !== "") yield { type: event.type, text };
      continue;
    }
    if (event.type === "step-end" || event.type === "fault" || event.type === "tool-call-start") yield* rest(held);
    yield redactor.json(event);
  }
  yield* rest(held);
}

function* rest(held: Readonly<Record<Delta["type"], Words>>): Generator<Delta> {
  for (const type of ["thinking-delta", "text-delta"] as const) {
    const text = held[type].end();
    if (text !== "") yield { type, text };
  }
}
