// One prepared statement for each kind of Write.
import type { Database } from "bun:sqlite";
import { Fault, type Job, keptJobRuns, keptRunsOfRemovedMs, type Write } from "@homarus/sdk";
import { appendToAudit } from "./audit.ts";
import { appendToLedger } from "./ledger-rows.ts";

export type ApplyWrite = (write: Write) => void;

type Appliers = { readonly [Type in Write["type"]]: (write: Extract<Write, { readonly type: Type }>) => void };

export function prepareWrites(db: Database): ApplyWrite {
  const appliers: Appliers = {
    ...inboxWrites(db),
    ...sessionWrites(db),
    ...outboxWrites(db),
    ...jobWrites(db),
    ledger: ({ row }) => appendToLedger(db, row),
    audit: ({ record }) => appendToAudit(db, record),
    ...valueWrites(db),
  };
  return (write) => (appliers[write.type] as ApplyWrite)(write);
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function mustChange(count: number, code: string, message: string): void {
  if (count === 0) throw new Fault("bug", code, message);
}

function inboxWrites(db: Database): Pick<Appliers, "inbox-run" | "inbox-outcome"> {
  const run = db.prepare("UPDATE inbox SET run_id = ?, session_key = ? WHERE channel = ? AND account = ? AND id = ?");
  const outcome = db.prepare(
    "UPDATE inbox SET outcome = ?, ended_at = ? WHERE channel = ? AND account = ? AND id = ? AND outcome IS NULL",
  );
  return {
    "inbox-run": ({ key, runId, sessionKey }) => void run.run(runId, sessionKey, key.channel, key.account, key.id),
    "inbox-outcome"({ key, outcome: end, at }) {
      const { changes } = outcome.run(json(end), at, key.channel, key.account, key.id);
      mustChange(changes, "store.outcome", `Message ${key.id} has its outcome already, or is unknown.`);
    },
  };
}

function sessionWrites(db: Database): Pick<Appliers, "session-put" | "session-remove" | "entry"> {
  const put = db.prepare(
    `INSERT INTO sessions (key, id, agent, updated_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
     SET id = excluded.id, agent = excluded.agent, updated_at = excluded.updated_at, body = excluded.body`,
  );
  const remove = db.prepare("DELETE FROM sessions WHERE key = ?");
  const append = db.prepare(
    `INSERT INTO entries (session_id, seq, at, run_id, body)
     SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?2 = (SELECT coalesce(max(seq), 0) + 1 FROM entries WHERE session_id = ?1)`,
  );
  return {
    "session-put": ({ session }) =>
      void put.run(session.key, session.id, session.agent, session.updatedAt, JSON.stringify(session)),
    "session-remove": ({ key }) => void remove.run(key),
    entry({ sessionId, entry }) {
      const { seq, at, runId, body } = entry;
      const { changes } = append.run(sessionId, seq, at, runId ?? null, JSON.stringify(body));
      mustChange(changes, "store.seq", `Entry ${seq} is not the next of its session.`);
    },
  };
}

function outboxWrites(db: Database): Pick<Appliers, "outbox-put" | "outbox-state"> {
  const put = db.prepare(
    `INSERT INTO outbox (id, channel, account, piece, edits, preview, state, attempts, next_at, receipt, fault, known)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const state = db.prepare(
    `UPDATE outbox SET state = ?, attempts = ?, next_at = ?, receipt = coalesce(?, receipt), fault = ?,
     known = coalesce(?, known) WHERE id = ?`,
  );
  return {
    "outbox-put"({ row }) {
      const { id, channel, account, piece, edits, preview, attempts, nextAt } = row;
      const ends = [json(row.receipt), json(row.fault), json(row.known)] as const;
      put.run(
        id,
        channel,
        account,
        JSON.stringify(piece),
        edits ?? null,
        preview ? 1 : 0,
        row.state,
        attempts,
        nextAt,
        ...ends,
      );
    },
    "outbox-state": (write) =>
      void state.run(
        write.state,
        write.attempts,
        write.nextAt,
        json(write.receipt),
        json(write.fault),
        json(write.known),
        write.id,
      ),
  };
}

/** Prepared when a job first changes: most houses at rest have none. */
function jobWrites(db: Database): Pick<Appliers, "job-put" | "job-remove" | "job-run"> {
  return {
    "job-put"({ job }) {
      const { nextRunAt, consecutiveErrors } = job.state;
      const values = [job.id, job.name, stateOf(job), nextRunAt ?? 0, consecutiveErrors ?? 0, JSON.stringify(job)];
      db.query(
        `INSERT INTO jobs (id, name, state, run_at, attempts, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id)
         DO UPDATE SET name = excluded.name, state = excluded.state, run_at = excluded.run_at,
         attempts = excluded.attempts, body = excluded.body`,
      ).run(...values);
    },
    "job-remove"({ id, at }) {
      db.query("DELETE FROM jobs WHERE id = ?").run(id);
      db.query("DELETE FROM job_runs WHERE at < ? AND job_id NOT IN (SELECT id FROM jobs)").run(
        at - keptRunsOfRemovedMs,
      );
    },
    "job-run"({ run }) {
      db.query("INSERT INTO job_runs (job_id, at, body) VALUES (?, ?, ?)").run(run.jobId, run.at, JSON.stringify(run));
      db.query(
        `DELETE FROM job_runs WHERE position IN
         (SELECT position FROM job_runs WHERE job_id = ? ORDER BY position DESC LIMIT -1 OFFSET ?)`,
      ).run(run.jobId, keptJobRuns);
    },
  };
}

/** Only those that wait are looked for by their time. */
function stateOf({ state }: Job): "waiting" | "running" | "idle" {
  if (state.firing) return "running";
  return state.nextRunAt === undefined ? "idle" : "waiting";
}

function valueWrites(db: Database): Pick<Appliers, "value-put" | "value-remove"> {
  const put = db.prepare(
    "INSERT INTO key_values (space, key, value) VALUES (?, ?, ?) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value",
  );
  const remove = db.prepare("DELETE FROM key_values WHERE space = ? AND key = ?");
  return {
    "value-put": ({ space, key, value }) => void put.run(space, key, JSON.stringify(value)),
    "value-remove": ({ space, key }) => void remove.run(space, key),
  };
}
