// The audit's chain in state.db. A link is made in the same transaction as what it tells of, so neither is without the
// other, and by the one writer of the file, so the chain has no fork.
import type { Database } from "bun:sqlite";
import {
  type AuditFilter,
  type AuditLink,
  type AuditRecord,
  type AuditTrail,
  firstPrevious,
  linkText,
} from "@homarus/sdk";

interface AuditRow {
  seq: number;
  record: string;
  previous: string;
  hash: string;
}

/** Prepared when something is first recorded: a house at rest records nothing. */
export function appendToAudit(db: Database, record: AuditRecord): void {
  const last = db
    .query<{ seq: number; hash: string }, []>("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    .get();
  const seq = (last?.seq ?? 0) + 1;
  const previous = last?.hash ?? firstPrevious;
  const hash = new Bun.CryptoHasher("sha256").update(linkText(previous, seq, record)).digest("hex");
  db.query(
    "INSERT INTO audit (seq, type, at, session, run_id, record, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(
    seq,
    record.type,
    record.at,
    record.sessionKey ?? null,
    record.runId ?? null,
    JSON.stringify(record),
    previous,
    hash,
  );
}

export function createAuditTrail(db: Database): AuditTrail {
  return {
    auditLinks: async (filter) => {
      const { where, values } = conditions(filter);
      return db
        .query<AuditRow, (string | number)[]>(
          `SELECT seq, record, previous, hash FROM audit ${where} ORDER BY seq DESC LIMIT ?`,
        )
        .all(...values, filter.limit)
        .map(toLink);
    },
    auditPage: async (after, limit) =>
      db
        .query<AuditRow, [number, number]>(
          "SELECT seq, record, previous, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .all(after, limit)
        .map(toLink),
  };
}

function conditions({ type, sessionKey, runId, since, before }: AuditFilter) {
  const wanted: readonly (readonly [string, string | number | undefined])[] = [
    ["type = ?", type],
    ["session = ?", sessionKey],
    ["run_id = ?", runId],
    ["at >= ?", since],
    ["seq < ?", before],
  ];
  const given = wanted.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  return {
    where: given.length === 0 ? "" : `WHERE ${given.map(({ text }) => text).join(" AND ")}`,
    values: given.map(({ value }) => value),
  };
}

function toLink({ seq, record, previous, hash }: AuditRow): AuditLink {
  return { ...(JSON.parse(record) as AuditRecord), seq, previous, hash };
}
