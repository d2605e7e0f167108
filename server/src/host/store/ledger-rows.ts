// Rows of the ledger on their way into state.db and out of it.
import type { Database } from "bun:sqlite";
import { Fault, type LedgerRow, type LedgerState, type Usage } from "@homarus/sdk";

export interface LedgerRecord {
  id: string;
  ends: string | null;
  at: number;
  run_id: string;
  agent: string;
  session: string;
  parent: string | null;
  job: string | null;
  provider: string;
  model: string;
  key: string | null;
  state: LedgerState;
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  nano_input: number | null;
  nano_output: number;
  nano_cache_read: number;
  nano_cache_write: number;
  price_as_of: string | null;
  estimated: number;
}

/** Prepared when a row is first written: a house at rest has none. */
export function appendToLedger(db: Database, row: LedgerRow): void {
  const ended = row.ends === undefined || db.query("DELETE FROM ledger_open WHERE id = ?").run(row.ends).changes === 1;
  const { changes } = db
    .query(
      `INSERT INTO ledger (id, ends, at, run_id, agent, session, parent, job, provider, model, key, state,
       input, output, cache_read, cache_write, nano_input, nano_output, nano_cache_read, nano_cache_write, price_as_of, estimated)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    )
    .run(...names(row), ...amounts(row));
  if (!ended || changes === 0)
    throw new Fault("bug", "store.ledger", `Row ${row.id} of the ledger is there already, or ends nothing.`);
  if (row.state === "held") db.query("INSERT INTO ledger_open (id) VALUES (?)").run(row.id);
}

type Value = string | number | null;

function names({
  id,
  ends,
  at,
  runId,
  agent,
  sessionKey,
  parent,
  job,
  provider,
  model,
  key,
  state,
}: LedgerRow): Value[] {
  const own = [id, ends ?? null, at, runId, agent, sessionKey, parent ?? null, job ?? null];
  return [...own, provider, model, key ?? null, state];
}

function amounts({ usage, nanoUsd, priceAsOf, estimated }: LedgerRow): Value[] {
  const of = (amount: Usage | null) => kinds.map((kind) => amount?.[kind] ?? null);
  return [...of(usage), ...of(nanoUsd), priceAsOf ?? null, estimated ? 1 : 0];
}

const kinds = ["input", "output", "cacheRead", "cacheWrite"] as const;

export function toLedgerRow(record: LedgerRecord): LedgerRow {
  return {
    id: record.id,
    ...(record.ends === null ? {} : { ends: record.ends }),
    at: record.at,
    runId: record.run_id,
    agent: record.agent,
    sessionKey: record.session,
    ...(record.parent === null ? {} : { parent: record.parent }),
    ...(record.job === null ? {} : { job: record.job }),
    provider: record.provider,
    model: record.model,
    ...(record.key === null ? {} : { key: record.key }),
    state: record.state,
    usage: usageOf(record),
    nanoUsd: costOf(record),
    ...(record.price_as_of === null ? {} : { priceAsOf: record.price_as_of }),
    ...(record.estimated ? { estimated: true } : {}),
  };
}

function usageOf(record: LedgerRecord): LedgerRow["usage"] {
  return { input: record.input, output: record.output, cacheRead: record.cache_read, cacheWrite: record.cache_write };
}

function costOf(record: LedgerRecord): LedgerRow["nanoUsd"] {
  if (record.nano_input === null) return null;
  return {
    input: record.nano_input,
    output: record.nano_output,
    cacheRead: record.nano_cache_read,
    cacheWrite: record.nano_cache_write,
  };
}
