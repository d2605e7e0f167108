// What a firing came to: the job's new state, the line of its log, and the words that are to be passed on. Pure.
import {
  type FaultKind,
  type Firing,
  type Job,
  type JobAddress,
  type JobDelivered,
  type JobRun,
  type JobStatus,
  type Outcome,
  personText,
  type Usage,
  type Write,
} from "@homarus/sdk";
import { given } from "./given.ts";
import { backoffMs } from "./schedule.ts";

export interface Verdict {
  readonly status: JobStatus;
  readonly error?: string;
  readonly fault?: FaultKind;
  readonly runId?: string;
  /** What the agent answered. */
  readonly text?: string;
  /** What a person is told of a failure; absent where the house keeps silent. */
  readonly apology?: string;
}

export function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.type) {
    case "replied":
      return { status: "ok", runId: outcome.runId, text: outcome.text };
    case "steered":
      return { status: "ok", runId: outcome.runId };
    case "refused":
      return { status: "skipped", error: `The message was refused: ${outcome.reason}.` };
    case "failed": {
      const { fault, runId } = outcome;
      return {
        ...{ status: "error", error: fault.message, fault: fault.kind },
        ...given({ runId, apology: personText(fault) }),
      };
    }
  }
}

/** Words on their way to a person. */
export interface Speech {
  readonly text: string;
  readonly address: JobAddress;
  readonly isAlert: boolean;
}

const silence = "NO_REPLY";
const alertAfter = 2;
const alertCooldownMs = 3_600_000;

/** What is passed on, if anything: the answer, or word of a failure. */
export function speechOf(job: Job, verdict: Verdict, now: number): Speech | undefined {
  if (verdict.status !== "ok") return alertOf(job, verdict, now);
  const text = verdict.text?.trim() ?? "";
  if (text === "" || text === silence || job.delivery?.type === "none") return undefined;
  return { text, address: job.delivery ?? {}, isAlert: false };
}

function alertOf(job: Job, verdict: Verdict, now: number): Speech | undefined {
  const { alert, delivery } = job;
  const trouble = verdict.apology ?? (verdict.status === "skipped" ? verdict.error : undefined);
  if (alert === false || trouble === undefined || !isAlertDue(job, verdict, now)) return undefined;
  const address = { ...(delivery?.failures ?? delivery), ...alert };
  return { text: `The job ${job.name} failed: ${trouble}`, address, isAlert: true };
}

/** Without settings of its own the first failure in a row is told, where answers are told too. */
function isAlertDue({ alert, delivery, state }: Job, verdict: Verdict, now: number): boolean {
  const isSkip = verdict.status === "skipped";
  const before = (isSkip ? state.consecutiveSkips : state.consecutiveErrors) ?? 0;
  if (!alert) return before === 0 && !isSkip && delivery?.type !== "none";
  if (isSkip && !alert.skipped) return false;
  const isCool = now - (state.lastAlertAt ?? 0) >= (alert.cooldownMs ?? alertCooldownMs);
  return isCool && before + 1 >= (alert.after ?? alertAfter);
}

export interface Ended {
  readonly firing: Firing;
  readonly verdict: Verdict;
  readonly delivery: JobDelivered;
  readonly deliveryError?: string;
  readonly isAlerted: boolean;
  readonly sessionKey: string;
  readonly sessionId?: string;
  readonly runAt: number;
  readonly durationMs: number;
  readonly now: number;
  readonly used?: { readonly provider: string; readonly model: string; readonly usage: Usage };
  /** The job's next time by its schedule, or why it has none. */
  readonly next: { readonly at: number | undefined; readonly error?: string };
}

export interface Conclusion {
  readonly run: JobRun;
  /** Undefined: it is removed. */
  readonly job: Job | undefined;
  readonly writes: readonly Write[];
}

/** `job` as it stands at the end: it may have been changed or removed meanwhile. */
export function conclude(job: Job | undefined, fired: Job, ended: Ended): Conclusion {
  const after = job && afterwards(job, ended);
  const run = runOf(fired, ended, after?.state.nextRunAt);
  const change: readonly Write[] = after
    ? [{ type: "job-put", job: after }]
    : [{ type: "job-remove", id: fired.id, at: ended.now }];
  // The line of the log last: a removal clears the logs of what is gone.
  return { run, job: after, writes: [...change, { type: "job-run", run }] };
}

function afterwards(job: Job, ended: Ended): Job | undefined {
  const { status, error, fault } = ended.verdict;
  const isSpent = job.schedule.type === "at" && !job.state.firing?.rescheduled;
  if (isSpent && status === "ok" && job.deleteAfterRun) return undefined;
  const errors = status === "error" ? (job.state.consecutiveErrors ?? 0) + 1 : 0;
  const next = isSpent || !job.enabled ? undefined : nextTime(job, ended, errors);
  return {
    ...job,
    enabled: job.enabled && next !== undefined,
    state: {
      ...given({ nextRunAt: next, lastError: ended.next.error ?? error, lastFault: fault }),
      ...{ lastRunAt: ended.runAt, lastStatus: status, lastDurationMs: ended.durationMs },
      consecutiveErrors: errors,
      consecutiveSkips: status === "skipped" ? (job.state.consecutiveSkips ?? 0) + 1 : 0,
      lastDelivery: ended.delivery,
      ...given({
        lastDeliveryError: ended.deliveryError,
        lastAlertAt: ended.isAlerted ? ended.now : job.state.lastAlertAt,
      }),
    },
  };
}

/** A time that was set while it was under way stands. After a failure the next is not before the pause is over. */
function nextTime(job: Job, ended: Ended, errors: number): number | undefined {
  if (job.state.firing?.rescheduled && job.state.nextRunAt !== undefined) return job.state.nextRunAt;
  const { at } = ended.next;
  return at === undefined ? undefined : Math.max(at, errors > 0 ? ended.now + backoffMs(errors) : 0);
}

const summaryChars = 2_000;

function runOf(job: Job, ended: Ended, nextRunAt: number | undefined): JobRun {
  const { verdict, used, sessionId, deliveryError } = ended;
  const { error, fault, runId } = verdict;
  return {
    ...{ jobId: job.id, jobName: job.name, at: ended.now, status: verdict.status, sessionKey: ended.sessionKey },
    ...{ plannedAt: ended.firing.plannedAt, runAt: ended.runAt, durationMs: ended.durationMs },
    delivery: ended.delivery,
    ...given({ error, fault, runId, sessionId, deliveryError, nextRunAt }),
    ...(verdict.text && { summary: verdict.text.slice(0, summaryChars) }),
    ...used,
  };
}
