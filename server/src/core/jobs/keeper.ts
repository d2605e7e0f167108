// Keeps the times of jobs: sleeps until the next one is due and lets the crew carry it out. With no job to come it holds
// no timer.
import { toFault } from "@homarus/sdk";
import { type Crew, createCrew } from "./crew.ts";
import { plannedFiring } from "./firing.ts";
import type { InTurn } from "./in-turn.ts";
import type { JobParts } from "./parts.ts";

export interface Keeper extends Pick<Crew, "fire" | "going" | "idle"> {
  /** Takes up what an earlier process left under way, then keeps the times. The line must have resumed before. */
  start(): Promise<void>;
  /** The times may have changed. */
  wake(): void;
  /** Begins nothing more. */
  hush(): void;
}

/** A machine that slept, or whose clock was set, is noticed after so long. */
const longestNapMs = 60_000;
const troubleMs = 5_000;

export function createKeeper(parts: JobParts, inTurn: InTurn): Keeper {
  const { store, clock, signal } = parts;
  const closing = new AbortController();
  let nap = new AbortController();
  const wake = (): void => nap.abort();
  const crew = createCrew({ ...parts, inTurn, closing: closing.signal, onFree: wake });

  const fireIfDue = (id: string): Promise<unknown> =>
    inTurn(id, async () => {
      const job = await store.job(id);
      const at = job?.state.nextRunAt;
      if (job && at !== undefined && at <= clock.now() && !job.state.firing) await crew.fire(job, plannedFiring(job));
    });
  /** One look at the times: begins what is due, or waits until something is, or until it is woken. */
  const look = async (): Promise<void> => {
    nap = new AbortController();
    const free = parts.hasRoom() ? crew.free() : 0;
    const next = free > 0 ? await store.nextJobAt() : undefined;
    const now = clock.now();
    if (next === undefined) await aborted(nap.signal);
    else if (next > now) await rest(Math.min(next, now + longestNapMs), nap.signal);
    else for (const job of await store.jobs({ dueBy: now, limit: free })) await fireIfDue(job.id);
  };
  /** To be woken is no fault. */
  const rest = (until: number, woken: AbortSignal): Promise<void> => clock.sleep(until, woken).catch(() => undefined);
  const keep = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await look();
      } catch (thrown) {
        parts.log.error("jobs.store-out", { fault: toFault(thrown).toJSON() });
        await rest(clock.now() + troubleMs, closing.signal);
      }
    }
  };

  closing.signal.addEventListener("abort", wake, { once: true });
  signal.addEventListener("abort", () => closing.abort(), { once: true });
  return {
    ...crew,
    wake,
    hush: () => closing.abort(),
    async start() {
      for (const job of await store.jobs()) if (job.state.firing) crew.resume(job, job.state.firing);
      void keep();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
