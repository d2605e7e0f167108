// Time, from the machine.
import { type Clock, Fault } from "@homarus/sdk";

const longestTimerMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(until, signal) {
    return new Promise((resolve, reject) => {
      const stopped = (): void => {
        clearTimeout(timer);
        reject(new Fault("aborted", "clock.aborted", "The wait was stopped."));
      };
      if (signal?.aborted) {
        reject(new Fault("aborted", "clock.aborted", "The wait was stopped."));
        return;
      }
      const ms = Math.min(Math.max(0, until - Date.now()), longestTimerMs);
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stopped);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stopped, { once: true });
    });
  },
};
