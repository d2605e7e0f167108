// One prepared statement for each kind of Write.
import type { Database } from "bun:sqlite";
import { Fault, type Write } from "@homarus/sdk";

export type ApplyWrite = (write: Write) => void;

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

export function prepareWrites(db: Database): ApplyWrite {
  const run = db.prepare("UPDATE inbox SET run_id = ?, session_key = ? WHERE channel = ? AND account = ? AND id = ?");
  const outcome = db.prepare(
    "UPDATE inbox SET outcome = ?, ended_at = ? WHERE channel = ? AND account = ? AND id = ? AND outcome IS NULL",
  );
  const session = db.prepare(
    `INSERT INTO sessions (key, id, agent, updated_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET id = excluded.id, agent = excluded.agent, updated_at = excluded.updated_at, body = excluded.body`,
  );
  const sessionRemove = db.prepare("DELETE FROM sessions WHERE key = ?");
  const entry = db.prepare(
    `INSERT INTO entries (session_id, seq, at, run_id, body)
     SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?2 = (SELECT coalesce(max(seq), 0) + 1 FROM entries WHERE session_id = ?1)`,
  );
  const outboxPut = db.prepare(
    `INSERT INTO outbox (id, channel, account, piece, edits, preview, state, attempts, next_at, receipt, fault, known)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const outboxState = db.prepare(
    "UPDATE outbox SET state = ?, attempts = ?, next_at = ?, receipt = coalesce(?, receipt), fault = ?, known = coalesce(?, known) WHERE id = ?",
  );
  const valuePut = db.prepare(
    `INSERT INTO key_values (space, key, value) VALUES (?, ?, ?)
     ON CONFLICT (space, key) DO UPDATE SET value = excluded.value`,
  );
  const valueRemove = db.prepare("DELETE FROM key_values WHERE space = ? AND key = ?");

  const changed = (count: number, code: string, message: string): void => {
    if (count === 0) throw new Fault("bug", code, message);
  };

  return (write) => {
    switch (write.type) {
      case "inbox-run":
        run.run(write.runId, write.sessionKey, write.key.channel, write.key.account, write.key.id);
        return;
      case "inbox-outcome": {
        const done = outcome.run(json(write.outcome), write.at, write.key.channel, write.key.account, write.key.id);
        return changed(
          done.changes,
          "store.outcome",
          `Message ${write.key.id} has its outcome already, or is unknown.`,
        );
      }
      case "session-put": {
        const body = write.session;
        session.run(body.key, body.id, body.agent, body.updatedAt, JSON.stringify(body));
        return;
      }
      case "session-remove":
        sessionRemove.run(write.key);
        return;
      case "entry": {
        const { seq, at, runId, body } = write.entry;
        const done = entry.run(write.sessionId, seq, at, runId ?? null, JSON.stringify(body));
        return changed(done.changes, "store.seq", `Entry ${seq} is not the next of its session.`);
      }
      case "outbox-put": {
        const row = write.row;
        outboxPut.run(
          row.id,
          row.channel,
          row.account,
          JSON.stringify(row.piece),
          row.edits ?? null,
          row.preview ? 1 : 0,
          row.state,
          row.attempts,
          row.nextAt,
          json(row.receipt),
          json(row.fault),
          json(row.known),
        );
        return;
      }
      case "outbox-state":
        outboxState.run(
          write.state,
          write.attempts,
          write.nextAt,
          json(write.receipt),
          json(write.fault),
          json(write.known),
          write.id,
        );
        return;
      case "value-put":
        valuePut.run(write.space, write.key, JSON.stringify(write.value));
        return;
      case "value-remove":
        valueRemove.run(write.space, write.key);
        return;
    }
  };
}
