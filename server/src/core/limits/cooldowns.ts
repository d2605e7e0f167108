// When a run of each ended last, for the time that must pass before the next. What has cooled down is forgotten.
import type { Clock } from "@homarus/sdk";

export interface Cooldowns {
  ended(key: string): void;
  /** Unix ms; 0 where nothing ended lately. */
  until(key: string): number;
}

const sweepMs = 3_600_000;

/** `msOf` is the time of a key by the settings of this moment. */
export function createCooldowns(clock: Clock, msOf: (key: string) => number): Cooldowns {
  const ends = new Map<string, number>();
  let sweptAt = 0;
  return {
    ended(key) {
      const now = clock.now();
      if (now - sweptAt > sweepMs) {
        sweptAt = now;
        for (const [name, at] of [...ends]) if (at + msOf(name) <= now) ends.delete(name);
      }
      if (msOf(key) > 0) ends.set(key, now);
    },
    until: (key) => {
      const at = ends.get(key);
      return at === undefined ? 0 : at + msOf(key);
    },
  };
}
