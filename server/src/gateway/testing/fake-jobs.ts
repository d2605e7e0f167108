// Jobs for the gateway's tests: kept in the store, run only by hand, and always well at once.
import { type Clock, Fault, type HouseEvent, type Job, type JobRun, type JobState, type Store } from "@homarus/sdk";
import type { House } from "../house.ts";

export function createFakeJobs(store: Store, clock: Clock, emit: (event: HouseEvent) => void): House["jobs"] {
  let count = 0;
  const put = async (job: Job, action: "added" | "updated"): Promise<Job> => {
    await store.commit([{ type: "job-put", job }]);
    emit({ type: "job-changed", action, jobId: job.id, job });
    return job;
  };
  const existing = async (id: string): Promise<Job> => {
    const job = await store.job(id);
    if (!job) throw new Fault("invalid", "job.unknown", `There is no job ${id}.`);
    return job;
  };
  return {
    list: async (options = {}) => (await store.jobs()).filter((job) => options.includeDisabled || job.enabled),
    find: (id) => store.job(id),
    async add(input) {
      if (input.name.trim() === "") throw new Fault("invalid", "job.name", "A job needs a name.");
      count += 1;
      const now = clock.now();
      const isTurn = input.says.type === "turn";
      const defaults = { enabled: true, wake: "now", target: isTurn ? "isolated" : "main" } as const;
      const state: JobState = input.enabled === false ? {} : { nextRunAt: now + 60_000 };
      return put({ ...defaults, ...input, id: `job-${count}`, state, createdAt: now, updatedAt: now }, "added");
    },
    async update(id, patch) {
      const merged = { ...(await existing(id)), ...patch, updatedAt: clock.now() };
      const kept = Object.entries(merged).filter(([, value]) => value !== null);
      return put(Object.fromEntries(kept) as unknown as Job, "updated");
    },
    async remove(id) {
      if (!(await store.job(id))) return false;
      await store.commit([{ type: "job-remove", id, at: clock.now() }]);
      emit({ type: "job-changed", action: "removed", jobId: id });
      return true;
    },
    async run(id, mode) {
      const job = await existing(id);
      if (mode === "due") return { type: "not-due" };
      const run = runOf(job, clock.now());
      emit({ type: "job-changed", action: "started", jobId: id, job, runAt: run.runAt });
      const state = { ...job.state, lastRunAt: run.runAt, lastStatus: run.status };
      await store.commit([
        { type: "job-run", run },
        { type: "job-put", job: { ...job, state } },
      ]);
      emit({ type: "job-changed", action: "finished", jobId: id, job, runAt: run.runAt, run });
      return { type: "started", messageId: `${id}:${run.at}`, ended: Promise.resolve(run) };
    },
    runs: (id, limit = 200) => store.jobRuns({ ...(id !== undefined && { jobId: id }), limit }),
    async status() {
      const [jobs, nextRunAt] = await Promise.all([store.jobs(), store.nextJobAt()]);
      return { jobs: jobs.length, running: 0, ...(nextRunAt !== undefined && { nextRunAt }) };
    },
  };
}

function runOf(job: Job, at: number): JobRun {
  return {
    ...{
      jobId: job.id,
      jobName: job.name,
      at,
      status: "ok",
      summary: "Done.",
      sessionKey: `agent:main:cron:${job.id}`,
    },
    ...{ plannedAt: at, runAt: at, durationMs: 0, delivery: "none" },
  };
}
