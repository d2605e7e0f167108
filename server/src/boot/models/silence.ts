// A vendor that says nothing for too long is out: without this, a connection that died without a word would hold a run
// until its own time is up.
import { Fault, type ProviderEvent } from "@homarus/sdk";

/** The stream, ended by an `unavailable` Fault once it has been silent for `silentMs`. */
export async function* endedBySilence(
  open: (signal: AbortSignal) => AsyncIterable<ProviderEvent>,
  signal: AbortSignal,
  silentMs: number,
): AsyncGenerator<ProviderEvent> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silentMs);
  try {
    for await (const event of open(AbortSignal.any([signal, silence.signal]))) {
      clearTimeout(timer);
      if (event.type === "fault" && silence.signal.aborted && !signal.aborted) {
        yield { type: "fault", fault: tooSilent(silentMs).toJSON() };
        return;
      }
      yield event;
      // Time that the reader takes is not the vendor's.
      timer = setTimeout(() => silence.abort(), silentMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

function tooSilent(silentMs: number): Fault {
  const seconds = Math.round(silentMs / 1000);
  return new Fault("unavailable", "provider.timeout", `The model server has said nothing for ${seconds} s.`, {
    hint: "A model that thinks longer needs a greater models.silentSeconds.",
  });
}
