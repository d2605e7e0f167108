// What clients and tools may do to jobs: all of it checked first, durable when it resolves, and told to whoever watches.
import { Fault, type Job, type JobChange, type JobInput, type JobPatch, type JobRun, nearest } from "@homarus/sdk";
import { changedJob, changesTimes, newJob } from "./change.ts";
import { checkJob } from "./check.ts";
import { forcedFiring, plannedFiring } from "./firing.ts";
import { given } from "./given.ts";
import { createInTurn } from "./in-turn.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import type { JobParts } from "./parts.ts";
import { nextRun } from "./schedule.ts";

export interface JobWork {
  /** The next to come first; those that are disabled only when asked for. */
  list(options?: { readonly includeDisabled?: boolean }): Promise<readonly Job[]>;
  find(id: string): Promise<Job | undefined>;
  /** Rejects with an `invalid` Fault for what can never run. */
  add(input: JobInput): Promise<Job>;
  /** Rejects `invalid` for an unknown job, and like `add`. */
  update(id: string, patch: JobPatch): Promise<Job>;
  /** False when there was none. What is under way ends by itself. */
  remove(id: string): Promise<boolean>;
  /** `due` runs it only if its time has come; `force` whatever its time, enabled or not. */
  run(id: string, mode: "due" | "force"): Promise<RunAnswer>;
  /** Lines of the log, newest first; of all jobs without an id. At most 5000. */
  runs(id: string | undefined, limit?: number): Promise<readonly JobRun[]>;
  status(): Promise<{ readonly jobs: number; readonly running: number; readonly nextRunAt?: number }>;
}

/** `started` is said when it is durable; `ended` resolves with the line of its log, undefined at a shutdown. */
export type RunAnswer =
  | { readonly type: "started"; readonly messageId: string; readonly ended: Promise<JobRun | undefined> }
  | { readonly type: "not-due" }
  | { readonly type: "already-running" };

const mostRuns = 5_000;
const usualRuns = 200;
/** A time that has only just passed is meant as now. */
const justPassedMs = 60_000;

export function createJobs(parts: JobParts): { readonly work: JobWork; readonly keeper: Keeper } {
  const inTurn = createInTurn();
  const keeper = createKeeper(parts, inTurn);
  const { store, clock } = parts;
  const put = async (job: Job, action: JobChange["action"]): Promise<Job> => {
    await store.commit([{ type: "job-put", job }]);
    tell(action, job, parts);
    keeper.wake();
    return job;
  };
  const existing = async (id: string): Promise<Job> => (await store.job(id)) ?? unknown(id, parts);
  const work: JobWork = {
    async list({ includeDisabled = false } = {}) {
      const jobs = (await store.jobs()).filter((job) => includeDisabled || job.enabled);
      return jobs.sort((a, b) => (a.state.nextRunAt ?? Infinity) - (b.state.nextRunAt ?? Infinity) || 0);
    },
    find: (id) => store.job(id),
    async add(input) {
      const job = newJob(input, parts.newId(), clock.now());
      checkJob(job, parts.agents().agents, clock.now());
      return put(await timed(job, parts), "added");
    },
    update: (id, patch) =>
      inTurn(id, async () => {
        const before = await existing(id);
        const job = changedJob(before, patch, clock.now());
        checkJob(job, parts.agents().agents, clock.now(), before);
        return put(changesTimes(before, patch) ? await timed(job, parts) : job, "updated");
      }),
    remove: (id) =>
      inTurn(id, async () => {
        if (!(await store.job(id))) return false;
        await store.commit([{ type: "job-remove", id, at: clock.now() }]);
        parts.emit({ type: "job-changed", action: "removed", jobId: id });
        keeper.wake();
        return true;
      }),
    run: (id, mode) =>
      inTurn(id, async (): Promise<RunAnswer> => {
        const job = await existing(id);
        if (job.state.firing) return { type: "already-running" };
        const isDue = job.state.nextRunAt !== undefined && job.state.nextRunAt <= clock.now();
        if (mode === "due" && !isDue) return { type: "not-due" };
        const firing = isDue ? plannedFiring(job) : forcedFiring(job, clock.now(), parts.newId);
        const { ended } = await keeper.fire(job, firing);
        return { type: "started", messageId: firing.id, ended };
      }),
    runs: (id, limit = usualRuns) =>
      store.jobRuns({ ...given({ jobId: id }), limit: Math.min(Math.max(1, limit), mostRuns) }),
    async status() {
      const [jobs, nextRunAt] = await Promise.all([store.jobs(), store.nextJobAt()]);
      return { jobs: jobs.length, running: keeper.going(), ...given({ nextRunAt }) };
    },
  };
  return { work, keeper };
}

/** With its next time. Throws when it would never come: the owner wants to know that now. */
async function timed(job: Job, parts: JobParts): Promise<Job> {
  const { nextRunAt: _, ...state } = job.state;
  const firing = state.firing && { firing: { ...state.firing, rescheduled: true } };
  // Asked for even where it is not used: an expression is known to be right when it has been worked out once.
  const next = await firstTime(job, parts);
  if (!job.enabled) return { ...job, state: { ...state, ...firing } };
  if (next !== undefined) return { ...job, state: { ...state, ...firing, nextRunAt: next } };
  if (job.schedule.type === "at")
    throw new Fault("invalid", "job.past", `The time of the job has passed: ${iso(job.schedule.at)}.`, {
      hint: `Give a time to come; it is ${iso(parts.clock.now())} now.`,
    });
  throw new Fault("invalid", "job.never", "The schedule of the job never comes.", {
    hint: "Look for a day that does not exist, such as 31 February, or a year that is over.",
  });
}

async function firstTime(job: Job, { clock, cron }: JobParts): Promise<number | undefined> {
  const now = clock.now();
  if (job.schedule.type === "at" && job.schedule.at <= now && now - job.schedule.at < justPassedMs)
    return job.schedule.at;
  return nextRun(job, now, cron);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function tell(action: JobChange["action"], job: Job, parts: JobParts): void {
  const { nextRunAt } = job.state;
  parts.emit({
    ...{ type: "job-changed", action, jobId: job.id, job },
    ...given({ nextRunAt }),
  });
}

async function unknown(id: string, parts: JobParts): Promise<never> {
  const jobs = await parts.store.jobs();
  const near = nearest(
    id,
    jobs.flatMap((job) => [job.id, job.name]),
  );
  const meant = jobs.find((job) => job.id === near || job.name === near);
  throw new Fault("invalid", "job.unknown", `There is no job ${id}.`, {
    hint: meant ? `Did you mean ${meant.id} (${meant.name})?` : "Look up its id in the list of jobs.",
  });
}
