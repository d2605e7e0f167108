// A Store that lives in memory, for tests of the house without a disk. It passes the same contract as the real ones.
import type { AuditLink } from "../audit.ts";
import type { Json } from "../content.ts";
import { Fault } from "../errors.ts";
import { type Job, type JobRun, keptJobRuns, keptRunsOfRemovedMs } from "../job.ts";
import type { MessageKey } from "../message.ts";
import type { LedgerRow } from "../ports/ledger.ts";
import type { InboxRow, Jobs, KeyValue, Outbox, OutboxRow, SessionFilter, Store, Write } from "../ports/store.ts";
import type { Entry, Session } from "../session.ts";
import { appendToChain, createMemoryTrail } from "./memory-audit.ts";
import { appendToLedger, createMemoryLedger } from "./memory-ledger.ts";
import { createMemorySearch } from "./memory-search.ts";

interface State {
  inbox: Map<string, InboxRow>;
  sessions: Map<string, Session>;
  entries: Map<string, Entry[]>;
  outbox: Map<string, OutboxRow>;
  jobs: Map<string, Job>;
  /** Oldest first. */
  jobRuns: readonly JobRun[];
  /** Oldest first. */
  ledger: readonly LedgerRow[];
  /** Oldest first. */
  audit: readonly AuditLink[];
  values: Map<string, Json>;
}

const keyOf = (key: MessageKey): string => JSON.stringify([key.channel, key.account, key.id]);
const valueKey = (space: string, key: string): string => JSON.stringify([space, key]);

function emptyState(): State {
  return {
    inbox: new Map(),
    sessions: new Map(),
    entries: new Map(),
    outbox: new Map(),
    jobs: new Map(),
    jobRuns: [],
    ledger: [],
    audit: [],
    values: new Map(),
  };
}

export function createMemoryStore(): Store {
  let state = emptyState();
  const commit = async (writes: readonly Write[]): Promise<void> => {
    const next: State = {
      inbox: new Map(state.inbox),
      sessions: new Map(state.sessions),
      entries: new Map([...state.entries].map(([id, list]) => [id, [...list]])),
      outbox: new Map(state.outbox),
      jobs: new Map(state.jobs),
      jobRuns: state.jobRuns,
      ledger: state.ledger,
      audit: state.audit,
      values: new Map(state.values),
    };
    for (const write of writes) apply(next, structuredClone(write));
    state = next;
  };
  return {
    commit,
    async admit(message, at) {
      const key = keyOf(message);
      if (state.inbox.has(key)) return undefined;
      const row: InboxRow = { position: state.inbox.size + 1, message: structuredClone(message), admittedAt: at };
      state.inbox.set(key, row);
      return row;
    },
    inboxRow: async (key) => state.inbox.get(keyOf(key)),
    openInbox: async () => [...state.inbox.values()].filter((row) => !row.outcome),
    session: async (key) => state.sessions.get(key),
    async sessions({ offset = 0, limit, ...filter } = {}) {
      const found = [...state.sessions.values()].filter((item) => fits(item, filter));
      const end = limit === undefined ? undefined : offset + limit;
      return found.sort((a, b) => b.updatedAt - a.updatedAt || (a.key < b.key ? -1 : 1)).slice(offset, end);
    },
    sessionCount: async (filter = {}) => [...state.sessions.values()].filter((item) => fits(item, filter)).length,
    async entries(id, options = {}) {
      const found = (state.entries.get(id) ?? []).filter(
        (entry) => entry.seq > (options.after ?? 0) && (!options.runId || entry.runId === options.runId),
      );
      if (options.first !== undefined) return found.slice(0, options.first);
      return options.last === undefined ? found : found.slice(Math.max(0, found.length - options.last));
    },
    lastSeq: async (id) => state.entries.get(id)?.length ?? 0,
    ...outboxOf(() => state),
    search: createMemorySearch(
      () => state.sessions.values(),
      (id) => state.entries.get(id) ?? [],
    ),
    ...jobsOf(() => state),
    ...createMemoryLedger(() => state.ledger),
    ...createMemoryTrail(() => state.audit),
    values: (space) => valuesOf(space, () => state.values, commit),
    counts: async () => ({
      inbox: [...state.inbox.values()].filter((row) => !row.outcome).length,
      outbox: [...state.outbox.values()].filter((row) => row.state === "queued" || row.state === "sending").length,
      sessions: state.sessions.size,
    }),
    close: async () => undefined,
  };
}

function fits(session: Session, { since = 0, ...filter }: SessionFilter): boolean {
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  return session.updatedAt >= since && wanted.every(([field, value]) => session[field as keyof Session] === value);
}

function outboxOf(state: () => State): Outbox {
  return {
    openOutbox: async () =>
      [...state().outbox.values()].filter((row) => row.state === "queued" || row.state === "sending"),
    outboxRow: async (id) => state().outbox.get(id),
    async knownIds({ channel, account, place }) {
      const here = (item: { channel: string; account: string }, id: string) =>
        item.channel === channel && item.account === account && id === place;
      const heard = [...state().inbox.values()].filter((row) => here(row.message, row.message.place.id)).at(-1);
      const sent = [...state().outbox.values()].filter((row) => row.receipt && here(row, row.piece.place.id)).at(-1);
      return [heard?.message.id, sent?.receipt?.id].filter((id) => id !== undefined);
    },
  };
}

function jobsOf(state: () => State): Jobs {
  const waiting = (): Job[] =>
    [...state().jobs.values()]
      .filter((job) => isWaiting(job))
      .sort((a, b) => (a.state.nextRunAt ?? 0) - (b.state.nextRunAt ?? 0));
  return {
    job: async (id) => state().jobs.get(id),
    async jobs({ dueBy, limit } = {}) {
      const all = [...state().jobs.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
      const found = dueBy === undefined ? all : waiting().filter((job) => (job.state.nextRunAt ?? 0) <= dueBy);
      return found.slice(0, limit);
    },
    nextJobAt: async () => waiting()[0]?.state.nextRunAt,
    jobRuns: async ({ jobId, limit }) =>
      state()
        .jobRuns.filter((run) => jobId === undefined || run.jobId === jobId)
        .reverse()
        .slice(0, limit),
  };
}

function isWaiting({ state }: Job): boolean {
  return state.nextRunAt !== undefined && state.firing === undefined;
}

function valuesOf(space: string, values: () => ReadonlyMap<string, Json>, commit: Store["commit"]): KeyValue {
  return {
    get: async (key) => values().get(valueKey(space, key)),
    set: (key, value) => commit([{ type: "value-put", space, key, value }]),
    remove: (key) => commit([{ type: "value-remove", space, key }]),
    async list(prefix = "") {
      const pairs = [...values()].map(([name, value]) => ({ name: JSON.parse(name) as [string, string], value }));
      return pairs
        .filter((pair) => pair.name[0] === space && pair.name[1].startsWith(prefix))
        .map((pair) => ({ key: pair.name[1], value: pair.value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}

function apply(state: State, write: Write): void {
  switch (write.type) {
    case "inbox-run": {
      const row = state.inbox.get(keyOf(write.key));
      if (row) state.inbox.set(keyOf(write.key), { ...row, runId: write.runId, sessionKey: write.sessionKey });
      return;
    }
    case "inbox-outcome": {
      const row = state.inbox.get(keyOf(write.key));
      if (!row || row.outcome)
        throw new Fault("bug", "store.outcome", `Message ${write.key.id} has its outcome already, or is unknown.`);
      state.inbox.set(keyOf(write.key), { ...row, outcome: write.outcome, endedAt: write.at });
      return;
    }
    case "session-put":
      state.sessions.set(write.session.key, write.session);
      return;
    case "session-remove":
      state.sessions.delete(write.key);
      return;
    case "entry": {
      const log = state.entries.get(write.sessionId) ?? [];
      if (write.entry.seq !== log.length + 1)
        throw new Fault("bug", "store.seq", `Entry ${write.entry.seq} is not the next of its session.`);
      state.entries.set(write.sessionId, [...log, write.entry]);
      return;
    }
    case "outbox-put":
      if (!state.outbox.has(write.row.id)) state.outbox.set(write.row.id, write.row);
      return;
    case "outbox-state": {
      const row = state.outbox.get(write.id);
      if (!row) return;
      const { fault: _, ...rest } = row;
      const { type: __, ...change } = write;
      state.outbox.set(write.id, { ...rest, ...change });
      return;
    }
    case "job-put":
    case "job-remove":
    case "job-run":
      applyToJobs(state, write);
      return;
    case "ledger":
      state.ledger = appendToLedger(state.ledger, write.row);
      return;
    case "audit":
      state.audit = appendToChain(state.audit, write.record);
      return;
    case "value-put":
      state.values.set(valueKey(write.space, write.key), write.value);
      return;
    case "value-remove":
      state.values.delete(valueKey(write.space, write.key));
      return;
  }
}

function applyToJobs(
  state: State,
  write: Extract<Write, { readonly type: "job-put" | "job-remove" | "job-run" }>,
): void {
  switch (write.type) {
    case "job-put":
      state.jobs.set(write.job.id, write.job);
      return;
    case "job-remove": {
      state.jobs.delete(write.id);
      const since = write.at - keptRunsOfRemovedMs;
      state.jobRuns = state.jobRuns.filter((run) => state.jobs.has(run.jobId) || run.at >= since);
      return;
    }
    case "job-run": {
      const own = state.jobRuns.filter((run) => run.jobId === write.run.jobId);
      const dropped = new Set(own.slice(0, Math.max(0, own.length + 1 - keptJobRuns)));
      state.jobRuns = [...state.jobRuns.filter((run) => !dropped.has(run)), write.run];
    }
  }
}
