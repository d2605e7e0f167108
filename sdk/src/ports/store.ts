// Store: what the house must not forget. Reads answer from what is durable; writes go through one call, `commit`.
import type { AuditRecord, AuditTrail } from "../audit.ts";
import type { Json } from "../content.ts";
import type { FaultData } from "../errors.ts";
import type { Job, JobRun } from "../job.ts";
import type { InboundMessage, MessageKey, Outcome, Piece, Receipt } from "../message.ts";
import type { Entry, Session } from "../session.ts";
import type { Ledger, LedgerRow } from "./ledger.ts";

/** A message that entered. Without an outcome it is still to be worked on. */
export interface InboxRow {
  /** Order of arrival, from 1. */
  readonly position: number;
  readonly message: InboundMessage;
  readonly admittedAt: number;
  /** Set when a run took it up: after a crash the same run goes on. */
  readonly runId?: string;
  readonly sessionKey?: string;
  readonly outcome?: Outcome;
  readonly endedAt?: number;
}

/** `sending` without a receipt after a crash means: it may have arrived. */
export type OutboxState = "queued" | "sending" | "sent" | "failed";

/** One piece on its way out. */
export interface OutboxRow {
  /** Unique: `<runId or message id>:<number>`; putting the same id again changes nothing. */
  readonly id: string;
  readonly channel: string;
  readonly account: string;
  readonly piece: Piece;
  /** Replace what was sent under this platform id instead of sending anew. */
  readonly edits?: string;
  /** Shows a reply in the making. After a crash it is looked for, never sent again. */
  readonly preview?: boolean;
  readonly state: OutboxState;
  readonly attempts: number;
  /** Unix ms. */
  readonly nextAt: number;
  readonly receipt?: Receipt;
  readonly fault?: FaultData;
  /** Newest platform ids of the place when sending began: what arrived can only be newer. */
  readonly known?: readonly string[];
}

/** One change. A list of them given to `commit` is all or nothing. */
export type Write =
  | { readonly type: "inbox-run"; readonly key: MessageKey; readonly runId: string; readonly sessionKey: string }
  /** The first outcome stands: a second for the same message rejects the whole commit with a `bug` Fault. */
  | { readonly type: "inbox-outcome"; readonly key: MessageKey; readonly outcome: Outcome; readonly at: number }
  | { readonly type: "session-put"; readonly session: Session }
  | { readonly type: "session-remove"; readonly key: string }
  /** `seq` must be the next of that session id; else the commit is rejected with a `bug` Fault `store.seq`. */
  | { readonly type: "entry"; readonly sessionId: string; readonly entry: Entry }
  | { readonly type: "outbox-put"; readonly row: OutboxRow }
  | {
      readonly type: "outbox-state";
      readonly id: string;
      readonly state: OutboxState;
      readonly attempts: number;
      readonly nextAt: number;
      readonly receipt?: Receipt;
      readonly fault?: FaultData;
      readonly known?: readonly string[];
    }
  | { readonly type: "job-put"; readonly job: Job }
  /** Its log stays for a while; logs of jobs removed long before `at` go. */
  | { readonly type: "job-remove"; readonly id: string; readonly at: number }
  /** Appends to the job's log; the oldest lines beyond `keptJobRuns` go. */
  | { readonly type: "job-run"; readonly run: JobRun }
  /** Appends. Rejects the whole commit with a `bug` Fault `store.ledger`: an id that is there, an end without its hold. */
  | { readonly type: "ledger"; readonly row: LedgerRow }
  /** Becomes the next link of the chain. */
  | { readonly type: "audit"; readonly record: AuditRecord }
  | { readonly type: "value-put"; readonly space: string; readonly key: string; readonly value: Json }
  | { readonly type: "value-remove"; readonly space: string; readonly key: string };

export interface Inbox {
  /** Stores a message once, durably, and resolves with its row; undefined when that key was already there. */
  admit(message: InboundMessage, at: number): Promise<InboxRow | undefined>;
  inboxRow(key: MessageKey): Promise<InboxRow | undefined>;
  /** Rows without an outcome, oldest first. */
  openInbox(): Promise<readonly InboxRow[]>;
}

/** Which sessions: those that fit all that is given. */
export interface SessionFilter {
  readonly agent?: string;
  readonly id?: string;
  readonly label?: string;
  readonly parent?: string;
  /** Changed at this time (Unix ms) or later. */
  readonly since?: number;
}

export interface Sessions {
  session(key: string): Promise<Session | undefined>;
  /** Newest first: `limit` of them, after the first `offset`. */
  sessions(filter?: SessionFilter & { readonly limit?: number; readonly offset?: number }): Promise<readonly Session[]>;
  sessionCount(filter?: SessionFilter): Promise<number>;
  /**
   * Entries of a session id in order. `last` gives the newest so many (default all), `first` the oldest; `after` only
   * those with a greater seq; `runId` only those of one run. Not both `first` and `last`.
   */
  entries(
    sessionId: string,
    options?: {
      readonly first?: number;
      readonly last?: number;
      readonly after?: number;
      readonly runId?: string;
    },
  ): Promise<readonly Entry[]>;
  /** The greatest seq of a session id; 0 when it has none. */
  lastSeq(sessionId: string): Promise<number>;
}

/** An entry that holds the words that were searched for. */
export interface EntryHit {
  readonly sessionKey: string;
  readonly sessionId: string;
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  readonly role: "user" | "agent" | "tool";
  /** The words around the find. */
  readonly snippet: string;
  /** Greater is better; only comparable within one answer. */
  readonly score: number;
}

/**
 * Full text over the words of all sessions that are there, best first. Each word of the query must occur in the entry,
 * whatever its case and accents; the last may be the beginning of one. With `any` one of the words is enough, whole, and
 * the rarer the words an entry holds, the better it is; words that are everywhere may be passed over. A query without words finds nothing.
 */
export type SearchEntries = (
  query: string,
  options?: {
    readonly limit?: number;
    readonly agent?: string;
    readonly keys?: readonly string[];
    readonly any?: boolean;
  },
) => Promise<readonly EntryHit[]>;

export interface Outbox {
  /** Rows `queued` or `sending`, oldest first. */
  openOutbox(): Promise<readonly OutboxRow[]>;
  outboxRow(id: string): Promise<OutboxRow | undefined>;
  /** The newest platform ids heard from and sent to a place; at most one of each. */
  knownIds(place: {
    readonly channel: string;
    readonly account: string;
    readonly place: string;
  }): Promise<readonly string[]>;
}

/** A job waits when it has a next time and is not under way. */
export interface Jobs {
  job(id: string): Promise<Job | undefined>;
  /** All, oldest first. With `dueBy`: those that wait and whose time is then or before, the earliest first. */
  jobs(filter?: { readonly dueBy?: number; readonly limit?: number }): Promise<readonly Job[]>;
  /** The earliest time of a job that waits. */
  nextJobAt(): Promise<number | undefined>;
  /** Logs, newest first: of one job, or of all. */
  jobRuns(filter: { readonly jobId?: string; readonly limit: number }): Promise<readonly JobRun[]>;
}

/** A small space of named values. */
export interface KeyValue {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  remove(key: string): Promise<void>;
  list(prefix?: string): Promise<readonly { readonly key: string; readonly value: Json }[]>;
}

export interface Store extends Inbox, Sessions, Outbox, Jobs, Ledger, AuditTrail {
  /**
   * Applies all writes or none. Resolves when they would survive a power cut. Commits given at the same time may share
   * one flush; their order is kept. With `flush: false` it resolves when they would survive the end of this process: a
   * power cut may take them, and then also all that came after them; for what can be done again from what is older.
   */
  commit(writes: readonly Write[], options?: { readonly flush?: boolean }): Promise<void>;
  values(space: string): KeyValue;
  readonly search: SearchEntries;
  /** Counts for status pages: open inbox rows, open outbox rows, sessions. */
  counts(): Promise<{ readonly inbox: number; readonly outbox: number; readonly sessions: number }>;
  /** Waits for what was committed and lets go of the files. */
  close(): Promise<void>;
}
