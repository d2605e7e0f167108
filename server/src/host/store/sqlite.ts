// The Store on SQLite: write-ahead log, synchronous FULL, one flush for all who commit in the same turn of the loop.
import { Database } from "bun:sqlite";
import { Fault, type KeyValue, type SearchEntries, type SessionFilter, type Store } from "@homarus/sdk";
import { createAuditTrail } from "./audit.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createLedger } from "./ledger.ts";
import { migrations } from "./migrations.ts";
import { type EntryRecord, type InboxRecord, type OutboxRecord, toEntry, toInboxRow, toOutboxRow } from "./rows.ts";
import { createSearch } from "./search.ts";
import { storeFault } from "./trouble.ts";
import { prepareWrites } from "./writes.ts";

/** Opens or makes the file. Rejects with a `config` Fault when it cannot be written or is from a newer version. */
export function openSqliteStore(path: string): Store {
  const db = openDatabase(path);
  const group = createGroupCommit(db);
  const apply = prepareWrites(db);
  let search: SearchEntries | undefined;
  return {
    ...inbox(db, group.run),
    ...sessions(db),
    ...outbox(db),
    ...jobs(db),
    ...createLedger(db),
    ...createAuditTrail(db),
    commit: (writes, options) =>
      group.run(() => {
        for (const write of writes) apply(write);
      }, options?.flush),
    search: (query, options) => {
      search ??= createSearch(db);
      return search(query, options);
    },
    values: (space) => values(db, space, (write) => group.run(() => apply(write))),
    counts: counts(db),
    async close() {
      await group.idle();
      db.close(false);
    },
  };
}

function openDatabase(path: string): Database {
  try {
    const db = new Database(path, { create: true, strict: true });
    db.exec("PRAGMA busy_timeout = 2000");
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = FULL");
    migrate(db, path);
    // From here on a lock of another program is waited out by the group commit, which does not stand in the way.
    db.exec("PRAGMA busy_timeout = 0");
    return db;
  } catch (thrown) {
    const cause = storeFault(thrown);
    if (cause instanceof Fault)
      throw new Fault("config", cause.code, `${cause.message} (${path})`, { cause, hint: cause.hint ?? "" });
    throw new Fault("config", "store.open", `The state file ${path} cannot be opened: ${(thrown as Error).message}.`, {
      cause: thrown,
      hint: "Check that the folder exists and that this user may write to it, and that the disk is not full.",
    });
  }
}

function migrate(db: Database, path: string): void {
  const { user_version: version } = db.query("PRAGMA user_version").get() as { user_version: number };
  if (version > migrations.length) {
    throw new Fault("config", "store.newer", `The state file ${path} was written by a newer version of Homarus.`, {
      hint: "Start the newer version again, or restore a backup made before the upgrade.",
    });
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(step);
      db.exec(`PRAGMA user_version = ${index + 1}`);
    })();
  }
}

type Run = <T>(apply: () => T) => Promise<T>;

function inbox(db: Database, run: Run): Pick<Store, "admit" | "inboxRow" | "openInbox"> {
  const admit = db.prepare<InboxRecord, [string, string, string, string, number]>(
    `INSERT INTO inbox (channel, account, id, message, admitted_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (channel, account, id) DO NOTHING RETURNING *`,
  );
  const one = db.prepare<InboxRecord, [string, string, string]>(
    "SELECT * FROM inbox WHERE channel = ? AND account = ? AND id = ?",
  );
  const open = db.prepare<InboxRecord, []>("SELECT * FROM inbox WHERE outcome IS NULL ORDER BY position");
  return {
    admit: (message, at) =>
      run(() => {
        const record = admit.get(message.channel, message.account, message.id, JSON.stringify(message), at);
        return record ? toInboxRow(record) : undefined;
      }),
    async inboxRow(key) {
      const record = one.get(key.channel, key.account, key.id);
      return record ? toInboxRow(record) : undefined;
    },
    openInbox: async () => open.all().map(toInboxRow),
  };
}

function sessions(db: Database): Pick<Store, "session" | "sessions" | "sessionCount" | "entries" | "lastSeq"> {
  const one = db.prepare<{ body: string }, [string]>("SELECT body FROM sessions WHERE key = ?");
  const entries = db.prepare<EntryRecord, [string, number, string | null, number]>(
    `SELECT seq, at, run_id, body FROM entries
     WHERE session_id = ?1 AND seq > ?2 AND (?3 IS NULL OR run_id = ?3) ORDER BY seq DESC LIMIT ?4`,
  );
  const oldest = db.prepare<EntryRecord, [string, number, string | null, number]>(
    `SELECT seq, at, run_id, body FROM entries
     WHERE session_id = ?1 AND seq > ?2 AND (?3 IS NULL OR run_id = ?3) ORDER BY seq LIMIT ?4`,
  );
  const last = db.prepare<{ seq: number }, [string]>(
    "SELECT coalesce(max(seq), 0) AS seq FROM entries WHERE session_id = ?",
  );
  return {
    async session(key) {
      const record = one.get(key);
      return record ? JSON.parse(record.body) : undefined;
    },
    async sessions({ limit = -1, offset = 0, ...filter } = {}) {
      const { where, values } = sessionWhere(filter);
      const many = db.query<{ body: string }, (string | number)[]>(
        `SELECT body FROM sessions ${where} ORDER BY updated_at DESC, key LIMIT ? OFFSET ?`,
      );
      return many.all(...values, limit, offset).map((record) => JSON.parse(record.body));
    },
    async sessionCount(filter = {}) {
      const { where, values } = sessionWhere(filter);
      const query = db.query<{ count: number }, (string | number)[]>(`SELECT count(*) AS count FROM sessions ${where}`);
      return query.get(...values)?.count ?? 0;
    },
    async entries(id, { after = 0, runId = null, first, last = -1 } = {}) {
      if (first !== undefined) return oldest.all(id, after, runId, first).map(toEntry);
      return entries.all(id, after, runId, last).reverse().map(toEntry);
    },
    lastSeq: async (id) => last.get(id)?.seq ?? 0,
  };
}

const sessionConditions: Readonly<Record<keyof SessionFilter, string>> = {
  agent: "agent = ?",
  id: "id = ?",
  label: "json_extract(body, '$.label') = ?",
  parent: "json_extract(body, '$.parent') = ?",
  since: "updated_at >= ?",
};

/** Only what is asked for stands in the statement, so that the index by time can be walked. */
function sessionWhere(filter: SessionFilter): { readonly where: string; readonly values: (string | number)[] } {
  const names = Object.keys(sessionConditions) as (keyof SessionFilter)[];
  const given = names.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ condition: sessionConditions[name], value }];
  });
  const where = given.length === 0 ? "" : `WHERE ${given.map(({ condition }) => condition).join(" AND ")}`;
  return { where, values: given.map(({ value }) => value) };
}

function outbox(db: Database): Pick<Store, "openOutbox" | "outboxRow" | "knownIds"> {
  const open = db.prepare<OutboxRecord, []>(
    "SELECT * FROM outbox WHERE state IN ('queued', 'sending') ORDER BY position",
  );
  const one = db.prepare<OutboxRecord, [string]>("SELECT * FROM outbox WHERE id = ?");
  const heard = db.query<{ id: string }, [string, string, string]>(
    "SELECT id FROM inbox WHERE +channel = ? AND +account = ? AND json_extract(message, '$.place.id') = ? ORDER BY position DESC LIMIT 1",
  );
  const sent = db.query<{ id: string }, [string, string, string]>(
    `SELECT json_extract(receipt, '$.id') AS id FROM outbox WHERE +channel = ? AND +account = ?
     AND json_extract(piece, '$.place.id') = ? AND receipt IS NOT NULL ORDER BY position DESC LIMIT 1`,
  );
  return {
    async knownIds({ channel, account, place }) {
      return [...heard.all(channel, account, place), ...sent.all(channel, account, place)].map((record) => record.id);
    },
    openOutbox: async () => open.all().map(toOutboxRow),
    async outboxRow(id) {
      const record = one.get(id);
      return record ? toOutboxRow(record) : undefined;
    },
  };
}

/** Prepared when they are first asked: a house without jobs asks for the next time once. */
function jobs(db: Database): Pick<Store, "job" | "jobs" | "nextJobAt" | "jobRuns"> {
  type Body = { body: string };
  const one = () => db.query<Body, [string]>("SELECT body FROM jobs WHERE id = ?");
  const all = () =>
    db.query<Body, [number]>("SELECT body FROM jobs ORDER BY json_extract(body, '$.createdAt'), id LIMIT ?");
  const due = () =>
    db.query<Body, [number, number]>(
      "SELECT body FROM jobs WHERE state = 'waiting' AND run_at <= ? ORDER BY run_at LIMIT ?",
    );
  const next = () => db.query<{ at: number | null }, []>("SELECT min(run_at) AS at FROM jobs WHERE state = 'waiting'");
  const runs = () => db.query<Body, [number]>("SELECT body FROM job_runs ORDER BY position DESC LIMIT ?");
  const runsOfOne = () =>
    db.query<Body, [string, number]>("SELECT body FROM job_runs WHERE job_id = ? ORDER BY position DESC LIMIT ?");
  return {
    async job(id) {
      const record = one().get(id);
      return record ? JSON.parse(record.body) : undefined;
    },
    async jobs({ dueBy, limit = -1 } = {}) {
      const records = dueBy === undefined ? all().all(limit) : due().all(dueBy, limit);
      return records.map((record) => JSON.parse(record.body));
    },
    nextJobAt: async () => next().get()?.at ?? undefined,
    async jobRuns({ jobId, limit }) {
      const records = jobId === undefined ? runs().all(limit) : runsOfOne().all(jobId, limit);
      return records.map((record) => JSON.parse(record.body));
    },
  };
}

function values(
  db: Database,
  space: string,
  write: (write: Parameters<ReturnType<typeof prepareWrites>>[0]) => Promise<void>,
): KeyValue {
  const one = db.query<{ value: string }, [string, string]>("SELECT value FROM key_values WHERE space = ? AND key = ?");
  const many = db.query<{ key: string; value: string }, [string, string]>(
    "SELECT key, value FROM key_values WHERE space = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key",
  );
  return {
    async get(key) {
      const record = one.get(space, key);
      return record ? JSON.parse(record.value) : undefined;
    },
    set: (key, value) => write({ type: "value-put", space, key, value }),
    remove: (key) => write({ type: "value-remove", space, key }),
    list: async (prefix = "") =>
      many.all(space, prefix).map((record) => ({ key: record.key, value: JSON.parse(record.value) })),
  };
}

function counts(db: Database): Store["counts"] {
  const query = db.prepare<{ inbox: number; outbox: number; sessions: number }, []>(
    `SELECT (SELECT count(*) FROM inbox WHERE outcome IS NULL) AS inbox,
            (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')) AS outbox,
            (SELECT count(*) FROM sessions) AS sessions`,
  );
  return async () => query.get() ?? { inbox: 0, outbox: 0, sessions: 0 };
}
