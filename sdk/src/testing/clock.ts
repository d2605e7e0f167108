// A clock that a test turns by hand.
import { Fault } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on and wakes whoever slept until then. */
  advance(ms: number): Promise<void>;
  /** How many sleepers there are. */
  sleepers(): number;
}

export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const waiting = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleepers: () => waiting.size,
    sleep(until, signal) {
      if (signal?.aborted) return Promise.reject(new Fault("aborted", "clock.aborted", "The wait was stopped."));
      if (until <= now) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const sleeper = { until, wake: resolve };
        waiting.add(sleeper);
        signal?.addEventListener("abort", () => {
          if (waiting.delete(sleeper)) reject(new Fault("aborted", "clock.aborted", "The wait was stopped."));
        });
      });
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...waiting].sort((a, b) => a.until - b.until)[0];
        if (!next || next.until > end) break;
        now = next.until;
        waiting.delete(next);
        next.wake();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      now = end;
    },
  };
}
