// The channel behind chat.send and agent: clients of the gateway read answers from events and from the session's log,
// so sending a piece here only confirms it.
import type { Channel, Clock } from "@homarus/sdk";

/** `newId` makes the receipts' ids. */
export function createWebchat(clock: Clock, newId: () => string): Channel {
  return {
    /** Messages come by the gateway's methods, so there is nothing to hear: it is on until it is told to stop. */
    start: (_receive, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    send: async () => ({ id: newId(), at: clock.now() }),
    identity: () => "webchat",
  };
}
