// The way of one answer, the same for every vendor: what the headers say of limits, the vendor's events as ours, one end.
// It never throws, and gives nothing after the end.
import type { ProviderEvent } from "../ports/provider.ts";
import type { FaultReader } from "./fault-table.ts";
import { limitsOf } from "./limits.ts";
import { isRefusal, within } from "./refusal.ts";

export interface OpenStep<VendorEvent> {
  /** What one event of the vendor says. */
  take(event: VendorEvent): readonly ProviderEvent[];
  /** The vendor has said how the answer ended: what breaks after it takes nothing away. */
  isWhole(): boolean;
  /** The one last event, once the stream is over. */
  end(): ProviderEvent;
}

export interface OpenAnswer<VendorEvent> {
  readonly events: AsyncIterable<VendorEvent>;
  readonly headers?: Headers | undefined;
}

export interface AnswerParts<VendorEvent> {
  readonly step: OpenStep<VendorEvent>;
  readonly open: () => Promise<OpenAnswer<VendorEvent>>;
  readonly fault: FaultReader;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export async function* answerOf<VendorEvent>(parts: AnswerParts<VendorEvent>): AsyncGenerator<ProviderEvent> {
  const { step, signal, fault } = parts;
  let hasBegun = false;
  try {
    signal.throwIfAborted();
    const { events, headers } = await parts.open();
    yield* limitEvents(headers, parts.now());
    for await (const event of events) {
      if (signal.aborted) break;
      hasBegun = true;
      yield* step.take(event);
    }
    yield signal.aborted ? failed(fault(undefined, { signal })) : step.end();
  } catch (thrown) {
    if (!hasBegun) yield* limitEvents(headersOf(thrown), parts.now());
    yield !signal.aborted && step.isWhole() ? step.end() : failed(fault(thrown, { signal, hasBegun }));
  }
}

function failed(fault: ReturnType<FaultReader>): ProviderEvent {
  return { type: "fault", fault: fault.toJSON() };
}

function limitEvents(headers: Headers | undefined, now: number): readonly ProviderEvent[] {
  const limits = limitsOf(headers, now);
  return limits ? [{ type: "limits", limits }] : [];
}

function headersOf(thrown: unknown): Headers | undefined {
  const headers = within(thrown, isRefusal)?.headers;
  return headers instanceof Headers ? headers : undefined;
}
