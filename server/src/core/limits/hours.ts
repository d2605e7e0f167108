// How often something happened within the last hour. Names that fell silent are forgotten, so memory follows the living.
import type { Clock } from "@homarus/sdk";

export interface Hours {
  add(key: string): void;
  count(key: string): number;
  /** Unix ms of the first within the last hour. */
  oldest(key: string): number | undefined;
}

const hourMs = 3_600_000;

export function createHours(clock: Clock): Hours {
  const times = new Map<string, number[]>();
  let sweptAt = 0;
  const recent = (key: string): readonly number[] => {
    const since = clock.now() - hourMs;
    const all = times.get(key) ?? [];
    const first = all.findIndex((at) => at > since);
    if (first < 0) times.delete(key);
    else if (first > 0) all.splice(0, first);
    return first < 0 ? [] : all;
  };
  return {
    add(key) {
      const now = clock.now();
      if (now - sweptAt > hourMs) {
        sweptAt = now;
        for (const name of [...times.keys()]) recent(name);
      }
      times.set(key, [...recent(key), now]);
    },
    count: (key) => recent(key).length,
    oldest: (key) => recent(key)[0],
  };
}
