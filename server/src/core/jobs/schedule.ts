// When a job is due next. Pure; the maths of cron expressions is handed in, for its library loads when a job needs it.
import type { Job } from "@homarus/sdk";

/**
 * The first time of a cron expression after an instant (Unix ms); undefined when there is none. Rejects with an
 * `invalid` Fault for an expression or a time zone that does not exist.
 */
export type CronNext = (expression: string, timeZone: string | undefined, after: number) => Promise<number | undefined>;

/** The first time after `after`, never `after` itself; undefined when none is left. */
export async function nextRun(
  job: Pick<Job, "id" | "schedule" | "createdAt">,
  after: number,
  cron: CronNext,
): Promise<number | undefined> {
  const { schedule } = job;
  switch (schedule.type) {
    case "at":
      return schedule.at > after ? schedule.at : undefined;
    case "every": {
      const anchor = schedule.anchorAt ?? job.createdAt;
      if (after < anchor) return anchor;
      return anchor + (Math.floor((after - anchor) / schedule.everyMs) + 1) * schedule.everyMs;
    }
    case "cron": {
      const shift = stagger(job.id, schedule.staggerMs ?? 0);
      const next = await cron(schedule.expression, schedule.timeZone, after - shift);
      return next === undefined ? undefined : next + shift;
    }
  }
}

/** The same for a job at each start, and spread over jobs: FNV-1a of its id. */
function stagger(id: string, belowMs: number): number {
  if (belowMs <= 0) return 0;
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % belowMs;
}

const backoffs = [30_000, 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000];

/** How long a job that failed so many times in a row is left alone at least. */
export function backoffMs(errorsInARow: number): number {
  return backoffs[Math.min(errorsInARow, backoffs.length) - 1] ?? 0;
}
