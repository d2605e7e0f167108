// Where calls wait until another has ended and may have made room. Pure.

export interface Turnstile {
  /** Resolves when it next opens. Rejects with the signal's reason when that fires first. */
  wait(signal: AbortSignal | undefined): Promise<void>;
  /** Lets all go on, in the order they came. */
  open(): void;
}

export function createTurnstile(): Turnstile {
  let waiting = new Set<() => void>();
  return {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const go = (): void => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        const stop = (): void => {
          waiting.delete(go);
          reject(signal?.reason);
        };
        waiting.add(go);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    open() {
      const all = waiting;
      waiting = new Set();
      for (const go of all) go();
    },
  };
}
