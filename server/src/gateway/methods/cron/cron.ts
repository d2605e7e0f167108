// cron.*: the house's jobs, in the peer's words.

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Job, JobRun } from "@homarus/sdk";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { jobInput, jobPatch } from "./jobs-in.ts";
import { briefJob, cronJob, cronRun } from "./jobs-out.ts";
import type * as params from "./shapes.ts";

type ListParams = ParamsOf<typeof params.cronList>;

async function list(input: ListParams, { door }: Call): Promise<unknown> {
  const wantsAll = input.includeDisabled === true || input.enabled === "all" || input.enabled === "disabled";
  const jobs = (await door.house.jobs.list({ includeDisabled: wantsAll })).filter((job) => fits(job, input));
  const rowOf = input.compact === true ? briefJob : cronJob;
  return { ...page(sorted(jobs, input).map(rowOf), "jobs", input), snapshotRevision: revisionOf(jobs) };
}

/** Whoever reads page after page sees by it that the list has changed meanwhile. */
function revisionOf(jobs: readonly Job[]): string {
  const versions = jobs.map((job) => `${job.id}:${job.updatedAt}`).sort();
  return `sha256:${createHash("sha256").update(versions.join()).digest("base64url")}`;
}

function isAll(wanted: string | undefined): boolean {
  return wanted === undefined || wanted === "all";
}

function fits(job: Job, input: ListParams): boolean {
  const { enabled, query, agentId, scheduleKind, lastRunStatus, trigger } = input;
  if (enabled === "enabled" && !job.enabled) return false;
  if (enabled === "disabled" && job.enabled) return false;
  if (agentId !== undefined && (job.agent ?? "main") !== agentId) return false;
  if (!isAll(scheduleKind) && job.schedule.type !== scheduleKind) return false;
  if (!isAll(lastRunStatus) && (job.state.lastStatus ?? "unknown") !== lastRunStatus) return false;
  // No job here waits for a condition.
  if (trigger === "conditional") return false;
  const words = query?.trim().toLowerCase();
  return !words || [job.name, job.description, job.says.text].some((text) => text?.toLowerCase().includes(words));
}

function sorted(jobs: readonly Job[], { sortBy, sortDir }: ListParams): readonly Job[] {
  const sign = sortDir === "desc" ? -1 : 1;
  if (sortBy === "name") return [...jobs].sort((a, b) => sign * a.name.localeCompare(b.name));
  if (sortBy === "updatedAtMs") return [...jobs].sort((a, b) => sign * (a.updatedAt - b.updatedAt));
  return sign === 1 ? jobs : [...jobs].reverse();
}

function page(all: readonly unknown[], key: string, { limit, offset = 0 }: { limit?: number; offset?: number }) {
  const shown = all.slice(offset, limit === undefined ? undefined : offset + limit);
  const end = offset + shown.length;
  const hasMore = end < all.length;
  return {
    [key]: shown,
    total: all.length,
    offset,
    limit: limit ?? all.length,
    hasMore,
    nextOffset: hasMore ? end : null,
  };
}

async function status(_input: unknown, { door }: Call): Promise<unknown> {
  const { jobs, nextRunAt } = await door.house.jobs.status();
  const storePath = join(door.house.stateFolder, "state.db");
  return { enabled: true, storePath, jobs, nextWakeAtMs: nextRunAt ?? null };
}

function idOf({ id, jobId }: { readonly id?: string; readonly jobId?: string }, method: string): string {
  const name = id ?? jobId;
  if (name === undefined) throw invalid(`invalid ${method} params: missing id`);
  return name;
}

async function known(door: Call["door"], id: string): Promise<Job> {
  const job = await door.house.jobs.find(id);
  if (!job) throw invalid(`unknown cron job id: ${id} (see cron.list, or homarus cron list, for those there are)`);
  return job;
}

async function get(input: ParamsOf<typeof params.cronOne>, { door }: Call): Promise<unknown> {
  const id = idOf(input, "cron.get");
  return cronJob(await known(door, id));
}

async function add(input: ParamsOf<typeof params.cronAdd>, { door }: Call): Promise<unknown> {
  return cronJob(await door.house.jobs.add(jobInput(input)));
}

async function update(input: ParamsOf<typeof params.cronUpdate>, { door }: Call): Promise<unknown> {
  return cronJob(await door.house.jobs.update(idOf(input, "cron.update"), jobPatch(input.patch)));
}

async function remove(input: ParamsOf<typeof params.cronOne>, { door }: Call): Promise<unknown> {
  return { ok: true, removed: await door.house.jobs.remove(idOf(input, "cron.remove")) };
}

/** Answers once it has ended, as clients wait for the outcome; a long one is answered while it goes on. */
async function run(input: ParamsOf<typeof params.cronRun>, { door }: Call): Promise<unknown> {
  const id = idOf(input, "cron.run");
  const mode = input.mode === "due" ? "due" : "force";
  const job = await known(door, id);
  if (input.mode === "if-enabled" && !job.enabled) return { ok: true, ran: false, reason: "disabled" };
  const answer = await door.house.jobs.run(id, mode);
  if (answer.type !== "started") return { ok: true, ran: false, reason: answer.type };
  answer.ended.catch((error: unknown) => door.house.log.warn("gateway.job-failed", { job: id, error }));
  return { ok: true, ran: true, enqueued: true, runId: answer.messageId };
}

async function runs(input: ParamsOf<typeof params.cronRuns>, { door }: Call): Promise<unknown> {
  const id = input.scope === "all" ? undefined : (input.id ?? input.jobId);
  if (id === undefined && input.scope !== "all") throw invalid("invalid cron.runs params: missing id");
  const found = (await door.house.jobs.runs(id, 5_000)).filter((item) => fitsRun(item, input));
  const ordered = input.sortDir === "desc" || id === undefined ? found : [...found].reverse();
  // Without a page the newest are meant, oldest first, as the log is read.
  const limit = input.limit ?? 200;
  const shown = input.offset === undefined && input.sortDir === undefined ? ordered.slice(-limit) : ordered;
  return page(shown.map(cronRun), "entries", { limit, offset: input.offset ?? 0 });
}

function fitsRun(item: JobRun, { status: wanted, statuses, query }: ParamsOf<typeof params.cronRuns>): boolean {
  if (wanted !== undefined && wanted !== "all" && item.status !== wanted) return false;
  if (statuses !== undefined && !statuses.includes(item.status)) return false;
  const words = query?.trim().toLowerCase();
  return !words || [item.summary, item.error, item.jobName].some((text) => text?.toLowerCase().includes(words));
}

export const handlers: Group["handlers"] = {
  ...{ "cron.list": list, "cron.status": status, "cron.get": get, "cron.add": add },
  ...{ "cron.update": update, "cron.remove": remove, "cron.run": run, "cron.runs": runs },
};
