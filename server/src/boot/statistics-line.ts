// Once a minute, one line of what the house did and how full it is.
import { type Clock, toFault } from "@homarus/sdk";
import type { House } from "../gateway/house.ts";

const everyMs = 60_000;

/** Until the signal fires. */
export function tellStatistics(
  house: Pick<House, "log" | "store" | "counters">,
  clock: Clock,
  signal: AbortSignal,
): void {
  let before = house.counters().messages;
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(clock.now() + everyMs, signal);
      const { messages, activeRuns, outcomes, faults } = house.counters();
      const { inbox, outbox } = await house.store.counts();
      const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
      house.log.info("statistics", {
        messagesPerMinute: messages - before,
        activeRuns,
        openInbox: inbox,
        openOutbox: outbox,
        outcomes,
        faults,
        rssMb,
      });
      before = messages;
    }
  };
  loop().catch((thrown: unknown) => {
    if (!signal.aborted) house.log.error("statistics.ended", { fault: toFault(thrown) });
  });
}
