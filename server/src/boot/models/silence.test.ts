import { expect, test } from "bun:test";
import { Fault, type ProviderEvent } from "@homarus/sdk";
import { endedBySilence } from "./silence.ts";

/** Says a word, then nothing until it is stopped. */
async function* mute(signal: AbortSignal): AsyncGenerator<ProviderEvent> {
  yield { type: "text-delta", text: "Well" };
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  yield { type: "fault", fault: new Fault("aborted", "provider.aborted", "stopped").toJSON() };
}

test("a vendor that falls silent is out, and its words so far are kept", async () => {
  const events = await Array.fromAsync(endedBySilence(mute, new AbortController().signal, 20));
  expect(events).toMatchObject([
    { type: "text-delta", text: "Well" },
    { type: "fault", fault: { kind: "unavailable", code: "provider.timeout" } },
  ]);
});

test("a run that is stopped meanwhile is stopped, not silent", async () => {
  const stop = new AbortController();
  const events: ProviderEvent[] = [];
  for await (const event of endedBySilence(mute, stop.signal, 60_000)) {
    events.push(event);
    stop.abort();
  }
  expect(events.at(-1)).toMatchObject({ type: "fault", fault: { kind: "aborted" } });
});
