// Job: a Message that the clock sends. When it is due, what it says, to which session, and where the answer goes.
import type { Json } from "./content.ts";
import type { FaultKind } from "./errors.ts";
import type { ThinkingLevel } from "./message.ts";
import type { Usage } from "./session.ts";

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Who answers. Absent, or no longer set up: the default agent. */
  readonly agent?: string;
  /** The session it was made in: its last place is where words to `last` go. Absent: the agent's main session. */
  readonly sessionKey?: string;
  readonly enabled: boolean;
  /** For `at`: once it went well it is removed; else it stays, disabled. */
  readonly deleteAfterRun?: boolean;
  readonly schedule: Schedule;
  readonly says: JobWords;
  readonly target: JobTarget;
  /** `next-heartbeat` may wait until the agent looks round by itself. A house without a heartbeat does not wait. */
  readonly wake: "now" | "next-heartbeat";
  /** Absent: the answer goes to the last place. */
  readonly delivery?: JobDelivery;
  /** Who is told of failures. Absent: the delivery's place, of the first in a row; false: nobody. */
  readonly alert?: JobAlert | false;
  readonly state: JobState;
  /** Unix ms, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What the program that made it wants to find again, and the house does not read. */
  readonly extra?: Readonly<Record<string, Json>>;
}

export type Schedule =
  | { readonly type: "at"; readonly at: number }
  /** At `anchorAt` and every so many ms from there; absent, the anchor is when the job was made. */
  | { readonly type: "every"; readonly everyMs: number; readonly anchorAt?: number }
  /**
   * Five, six (with seconds) or seven fields (with the year). Without a time zone (IANA name) that of the machine.
   * `staggerMs` moves all its times by the same amount below it, another one for each job.
   */
  | {
      readonly type: "cron";
      readonly expression: string;
      readonly timeZone?: string;
      readonly staggerMs?: number;
    };

/** A note joins the main session; a turn is a message to a session of the job's own, or to one that is named. */
export type JobWords = { readonly type: "note"; readonly text: string } | ({ readonly type: "turn" } & JobTurn);

export interface JobTurn {
  readonly text: string;
  /** `provider/model`. */
  readonly model?: string;
  readonly thinking?: ThinkingLevel;
  readonly timeoutMs?: number;
  /** Only these tools may be called. */
  readonly tools?: readonly string[];
}

/** `isolated`: a session of the job's own, begun afresh at each firing. */
export type JobTarget = "main" | "isolated" | { readonly session: string };

export interface JobAddress {
  /** Id of a channel's extension. `last` or absent: that of the last place. */
  readonly channel?: string;
  readonly account?: string;
  /** The platform's id of the place. Absent: the last place, if it is on that channel. */
  readonly place?: string;
  readonly topic?: string;
}

export interface JobDelivery extends JobAddress {
  /** `none` leaves the answer in the session, `announce` sends it to the address, `webhook` posts it to `url`. */
  readonly type: "none" | "announce" | "webhook";
  readonly url?: string;
  /** An answer that finds no place does not make the job fail. */
  readonly bestEffort?: boolean;
  /** Where word of a failure goes instead. */
  readonly failures?: JobAddress & { readonly type?: "announce" | "webhook"; readonly url?: string };
}

export interface JobAlert extends JobAddress {
  readonly type?: "announce" | "webhook";
  readonly url?: string;
  /** Told from so many failures in a row; absent: 2. */
  readonly after?: number;
  /** At least so many ms between two; absent: one hour. */
  readonly cooldownMs?: number;
  /** Firings that were skipped count too. */
  readonly skipped?: boolean;
}

export type JobStatus = "ok" | "error" | "skipped";

/**
 * What became of the answer. `queued`: committed to the outbox, which sends it; `noted`: it stands in the log of the
 * conversation; `failed`: there was no place for it; `none`: nothing was to be said.
 */
export type JobDelivered = "queued" | "noted" | "failed" | "none";

export interface JobState {
  /** Absent: it is disabled, or has no time to come. */
  readonly nextRunAt?: number;
  /** Set while it is under way. */
  readonly runningAt?: number;
  /** When it last began. */
  readonly lastRunAt?: number;
  readonly lastStatus?: JobStatus;
  readonly lastError?: string;
  readonly lastFault?: FaultKind;
  readonly lastDurationMs?: number;
  /** Failures in a row. */
  readonly consecutiveErrors?: number;
  readonly consecutiveSkips?: number;
  readonly lastDelivery?: JobDelivered;
  readonly lastDeliveryError?: string;
  readonly lastAlertAt?: number;
  /** Committed before the message is sent: whoever finds it after a crash sends the same message again. */
  readonly firing?: Firing;
}

export interface Firing {
  /** The id of its message. The one door admits it once. */
  readonly id: string;
  readonly plannedAt: number;
  /** Asked for by hand, whatever the time. */
  readonly forced?: boolean;
  /** The job got another time while it was under way: that one stands. */
  readonly rescheduled?: boolean;
}

/** One line of a job's log: a firing that has ended. */
export interface JobRun {
  readonly jobId: string;
  readonly jobName: string;
  /** When it ended. */
  readonly at: number;
  readonly status: JobStatus;
  readonly error?: string;
  readonly fault?: FaultKind;
  /** The beginning of the answer. */
  readonly summary?: string;
  readonly sessionKey: string;
  readonly sessionId?: string;
  readonly runId?: string;
  readonly plannedAt: number;
  /** When it began. */
  readonly runAt: number;
  readonly durationMs: number;
  readonly nextRunAt?: number;
  readonly delivery: JobDelivered;
  readonly deliveryError?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly usage?: Usage;
}

/** How many lines of a job's log are kept. */
export const keptJobRuns = 2_000;
/** For how long the log of a removed job is kept at least. */
export const keptRunsOfRemovedMs = 30 * 24 * 3_600_000;

/** What a new job needs; the rest has defaults. */
export type JobInput = Pick<Job, "name" | "schedule" | "says"> &
  Partial<
    Pick<
      Job,
      | "description"
      | "agent"
      | "sessionKey"
      | "enabled"
      | "deleteAfterRun"
      | "target"
      | "wake"
      | "delivery"
      | "alert"
      | "extra"
    >
  >;

type Clearable<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | null };

/** Changes to a job: what is absent stays, null clears. */
export interface JobPatch
  extends Partial<Pick<Job, "name" | "enabled" | "deleteAfterRun" | "schedule" | "target" | "wake">>,
    Clearable<Pick<Job, "description" | "agent" | "sessionKey" | "alert" | "extra">> {
  /** Words of the same type are changed in part; words of the other type must be whole. */
  readonly says?: { readonly type: "note"; readonly text?: string } | ({ readonly type: "turn" } & Clearable<JobTurn>);
  readonly delivery?: Clearable<JobDelivery> | null;
  readonly state?: Partial<Omit<JobState, "nextRunAt" | "runningAt" | "firing">>;
}

/** A job has changed, begun or ended. `run` is given with `finished`. */
export interface JobChange {
  readonly type: "job-changed";
  readonly action: "added" | "updated" | "removed" | "started" | "finished";
  readonly jobId: string;
  /** As it stands now; absent when it was removed. */
  readonly job?: Job;
  /** When it began, with `started` and `finished`. */
  readonly runAt?: number;
  readonly nextRunAt?: number;
  readonly run?: JobRun;
}
