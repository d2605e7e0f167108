// Carries firings out, so many at a time; the others wait for a place, in order. Each is marked durably before.
import { type Firing, type Job, type JobRun, toFault, type Write } from "@homarus/sdk";
import { carry } from "./carry.ts";
import { aimOf, beginWrites, freshSession } from "./firing.ts";
import type { InTurn } from "./in-turn.ts";
import type { JobParts } from "./parts.ts";

export interface Crew {
  /** Marks a firing and carries it out; `ended` resolves with its line, or undefined when a shutdown came first. */
  fire(job: Job, firing: Firing): Promise<{ readonly ended: Promise<JobRun | undefined> }>;
  /** Carries out what an earlier process marked. */
  resume(job: Job, firing: Firing): void;
  /** How many more could begin at once. */
  free(): number;
  /** How many are under way or wait for a place. */
  going(): number;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface CrewParts extends JobParts {
  /** Begins nothing more once it has fired. */
  readonly closing: AbortSignal;
  readonly inTurn: InTurn;
  /** Called when a place has become free. */
  onFree(): void;
}

const atOnce = 3;

export function createCrew(parts: CrewParts): Crew {
  const going = new Set<Promise<unknown>>();
  const waiting: (() => void)[] = [];

  const launch = (job: Job, firing: Firing): Promise<JobRun | undefined> => {
    const before = going.size < atOnce ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve));
    const ended = before
      // Marked already: at a shutdown the next process carries it out.
      .then(() => (parts.closing.aborted ? undefined : carry(job, firing, parts)))
      .catch((thrown: unknown) => {
        parts.log.error("job.broken", { job: job.id, fault: toFault(thrown).toJSON() });
        return undefined;
      })
      .finally(() => {
        going.delete(ended);
        waiting.shift()?.();
        parts.onFree();
      });
    going.add(ended);
    return ended;
  };
  return {
    async fire(job, firing) {
      const now = parts.clock.now();
      await parts.store.commit(await mark(job, firing, now, parts));
      parts.emit({ type: "job-changed", action: "started", jobId: job.id, job, runAt: now });
      return { ended: launch(job, firing) };
    },
    resume: (job, firing) => void launch(job, firing),
    free: () => Math.max(0, atOnce - going.size),
    going: () => going.size,
    async idle() {
      while (going.size > 0) await Promise.all(going);
    },
  };
}

/** A session of the job's own begins afresh. */
async function mark(job: Job, firing: Firing, now: number, parts: CrewParts): Promise<readonly Write[]> {
  if (job.target !== "isolated") return beginWrites(job, firing, undefined, now);
  const aim = aimOf(job, parts.agents());
  const before = await parts.store.session(aim.sessionKey);
  return beginWrites(job, firing, freshSession(aim, before, { id: parts.newId(), now }), now);
}
