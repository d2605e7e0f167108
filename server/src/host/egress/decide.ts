// The wait for a decision: as long as the owner may take, and no longer than the sandbox stays on the line.
import { type EgressRequest, type EgressVerdict, toFault } from "@homarus/sdk";
import type { House } from "./parts.ts";

/** Rejects where the sandbox hung up. What takes too long, or fails, is denied. */
export async function decideInTime(request: EgressRequest, house: House, signal: AbortSignal): Promise<EgressVerdict> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const late = house.clock.sleep(house.clock.now() + house.limits.decideMs, both).then(
    (): EgressVerdict => ({
      type: "deny",
      code: "egress.not-approved",
      reason: `Nobody has approved ${request.method} ${request.host} in time.`,
      hint: "Ask the owner, and send it again once he is there.",
    }),
  );
  try {
    return await Promise.race([house.decide(request, both), late]);
  } catch (thrown) {
    signal.throwIfAborted();
    return {
      type: "deny",
      code: "egress.undecided",
      reason: `It could not be decided whether this may go out: ${toFault(thrown).code}.`,
      hint: "Nothing was sent. The owner finds more in the log of the house.",
    };
  } finally {
    stop.abort();
    // The one that has lost the race ends by this, and nobody waits for it.
    late.catch(() => undefined);
  }
}
