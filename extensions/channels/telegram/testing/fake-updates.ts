// The news of the fake platform: handed out until an offset confirms them, held back while there are none.
import type { Params } from "./fake-messages.ts";

export type FakeUpdate = Readonly<Record<string, unknown>> & { readonly update_id: number };

export interface FakeUpdates {
  push(update: Readonly<Record<string, unknown>>): number;
  /** How many have not been confirmed. */
  unconfirmed(): number;
  /** Waits like the platform: until there is news, the time is over, or the caller hangs up. */
  take(params: Params, signal: AbortSignal): Promise<readonly FakeUpdate[]>;
  /** How many callers wait. */
  waiting(): number;
  wake(): void;
}

export function createFakeUpdates(): FakeUpdates {
  const updates: FakeUpdate[] = [];
  const waiting = new Set<() => void>();
  let next = 1;
  const wake = (): void => {
    for (const resume of [...waiting]) resume();
  };
  const pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const resume = (): void => {
        clearTimeout(timer);
        waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, ms);
      waiting.add(resume);
      signal.addEventListener("abort", resume, { once: true });
    });
  return {
    wake,
    waiting: () => waiting.size,
    unconfirmed: () => updates.length,
    push(update) {
      const id = next++;
      updates.push({ update_id: id, ...update });
      wake();
      return id;
    },
    async take(params, signal) {
      const offset = Number(params.offset ?? 0);
      while (updates.length > 0 && (updates[0]?.update_id ?? 0) < offset) updates.shift();
      if (updates.length === 0) await pause(Math.min(Number(params.timeout ?? 0), 25) * 1000, signal);
      return updates.slice(0, Number(params.limit ?? 100));
    },
  };
}
