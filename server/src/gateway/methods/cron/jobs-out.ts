// Jobs and their runs as clients read them. Pure.
// Source: CronJob and CronRunLogEntry of releases 2026.2.17 and 2026.5.7.
import type { Job, JobAddress, JobDelivered, JobDelivery, JobRun, Schedule } from "@homarus/sdk";
import { given } from "./jobs-in.ts";

export function cronJob(job: Job) {
  const { id, name, description, agent, sessionKey, enabled, deleteAfterRun, createdAt, updatedAt, wake } = job;
  return given({
    ...{ id, agentId: agent, sessionKey, name, description, enabled, deleteAfterRun },
    ...{ createdAtMs: createdAt, updatedAtMs: updatedAt, schedule: cronSchedule(job.schedule) },
    sessionTarget: typeof job.target === "string" ? job.target : `session:${job.target.session}`,
    ...{ wakeMode: wake, payload: cronPayload(job) },
    delivery: job.delivery && cronDelivery(job.delivery),
    failureAlert: cronAlert(job),
    state: cronState(job),
  });
}

/** A line of a list: nothing of what it says. Source: `compact` of release 2026.9.6. */
export function briefJob(job: Job) {
  const { id, name, agent, enabled, updatedAt, state } = job;
  const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return given({
    ...{ id, name, agentId: agent, enabled, updatedAtMs: updatedAt },
    ...{ scheduleKind: job.schedule.type, schedule: cronSchedule(job.schedule) },
    ...{ nextRunAt: time(state.nextRunAt), nextRunAtMs: state.nextRunAt ?? null, runningAtMs: state.runningAt },
    ...{ lastRunAt: time(state.lastRunAt), lastRunAtMs: state.lastRunAt ?? null },
    ...{ lastRunStatus: state.lastStatus ?? null, lastRunError: state.lastError ?? null },
    lastDeliveryStatus: state.lastDelivery && deliveryStatuses[state.lastDelivery],
    lastDeliveryError: state.lastDeliveryError,
  });
}

function cronSchedule(schedule: Schedule) {
  switch (schedule.type) {
    case "at":
      return { kind: "at", at: new Date(schedule.at).toISOString() };
    case "every":
      return given({ kind: "every", everyMs: schedule.everyMs, anchorMs: schedule.anchorAt });
    case "cron":
      return given({
        ...{ kind: "cron", expr: schedule.expression, tz: schedule.timeZone, staggerMs: schedule.staggerMs },
      });
  }
}

function cronPayload({ says, extra }: Job) {
  if (says.type === "note") return { kind: "systemEvent", text: says.text };
  const { text, model, thinking, timeoutMs, tools } = says;
  return given({
    ...{ kind: "agentTurn", message: text, model, thinking, toolsAllow: tools, ...extra },
    timeoutSeconds: timeoutMs === undefined ? undefined : timeoutMs / 1000,
  });
}

function cronDelivery({ type, url, bestEffort, failures, ...where }: JobDelivery) {
  return given({
    ...{ mode: type, bestEffort, ...cronAddress(where), threadId: where.topic },
    ...(url === undefined ? {} : { to: url }),
    failureDestination: failures && given({ mode: failures.type, ...cronAddress(failures) }),
  });
}

function cronAddress({ channel, place, account }: JobAddress) {
  return given({ channel, to: place, accountId: account });
}

function cronAlert({ alert }: Job) {
  if (alert === undefined || alert === false) return alert;
  const { type, after, cooldownMs, skipped, ...where } = alert;
  return given({ mode: type, after, cooldownMs, includeSkipped: skipped, ...cronAddress(where) });
}

function cronState({ state }: Job) {
  return given({
    ...{ nextRunAtMs: state.nextRunAt, runningAtMs: state.runningAt, lastRunAtMs: state.lastRunAt },
    ...{ lastRunStatus: state.lastStatus, lastStatus: state.lastStatus, lastError: state.lastError },
    ...{ lastDurationMs: state.lastDurationMs, consecutiveErrors: state.consecutiveErrors },
    consecutiveSkipped: state.consecutiveSkips,
    lastDeliveryStatus: state.lastDelivery && deliveryStatuses[state.lastDelivery],
    ...{ lastDeliveryError: state.lastDeliveryError, lastFailureAlertAtMs: state.lastAlertAt },
  });
}

/** What stands in the outbox will be sent, but has not been: nobody knows yet. */
const deliveryStatuses: Readonly<Record<JobDelivered, string>> = {
  queued: "unknown",
  noted: "delivered",
  failed: "not-delivered",
  none: "not-requested",
};

export function cronRun(run: JobRun) {
  return given({
    ...{ ts: run.at, jobId: run.jobId, action: "finished", status: run.status, error: run.error, summary: run.summary },
    ...{ deliveryStatus: deliveryStatuses[run.delivery], deliveryError: run.deliveryError },
    ...{ sessionId: run.sessionId, sessionKey: run.sessionKey, runId: run.runId, runAtMs: run.runAt },
    ...{ durationMs: run.durationMs, nextRunAtMs: run.nextRunAt, model: run.model, provider: run.provider },
    usage: run.usage && {
      ...{ input_tokens: run.usage.input, output_tokens: run.usage.output },
      ...{ cache_read_tokens: run.usage.cacheRead, cache_write_tokens: run.usage.cacheWrite },
    },
    jobName: run.jobName,
  });
}
