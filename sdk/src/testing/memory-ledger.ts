// The ledger of the memory store: plain folding over its rows, slow and easy to be sure of.
import { Fault } from "../errors.ts";
import type { Ledger, LedgerFilter, LedgerQuery, LedgerRow, LedgerSum } from "../ports/ledger.ts";
import { addUsage, noUsage, type Usage } from "../session.ts";

export function appendToLedger(rows: readonly LedgerRow[], row: LedgerRow): readonly LedgerRow[] {
  const isKnown = rows.some((item) => item.id === row.id);
  const isOpen = row.ends === undefined || openHolds(rows).some((item) => item.id === row.ends);
  if (isKnown || !isOpen)
    throw new Fault("bug", "store.ledger", `Row ${row.id} of the ledger is there already, or ends nothing.`);
  return [...rows, row];
}

export function createMemoryLedger(rows: () => readonly LedgerRow[]): Ledger {
  return {
    ledgerSums: async (query) => sums(rows(), query),
    ledgerRows: async ({ limit, offset = 0, states, ...filter }) =>
      rows()
        .filter((row) => fits(row, filter) && (states?.includes(row.state) ?? true))
        .reverse()
        .slice(offset, offset + limit),
    openHolds: async () => openHolds(rows()),
  };
}

function openHolds(rows: readonly LedgerRow[]): readonly LedgerRow[] {
  const ended = new Set(rows.map((row) => row.ends));
  return rows.filter((row) => row.state === "held" && !ended.has(row.id));
}

function fits(row: LedgerRow, { from, until, session, ...filter }: LedgerFilter): boolean {
  if (row.at < (from ?? row.at) || (until !== undefined && row.at >= until)) return false;
  if (session !== undefined && row.sessionKey !== session && row.parent !== session) return false;
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  return wanted.every(([field, value]) => row[field as keyof LedgerRow] === value);
}

function sums(rows: readonly LedgerRow[], { by = [], days = [], except = [], ...filter }: LedgerQuery): LedgerSum[] {
  const open = new Set(openHolds(rows));
  const left = new Set(except);
  const groups = new Map<string, LedgerSum>();
  if (by.length === 0) groups.set("{}", nothing({}));
  for (const row of rows) {
    const counts = row.state === "settled" || open.has(row);
    if (!counts || left.has(row.ends ?? row.id) || !fits(row, filter)) continue;
    const group = groupOf(row, by, days);
    if (!group) continue;
    const name = JSON.stringify(group);
    groups.set(name, added(groups.get(name) ?? nothing(group), row));
  }
  return [...groups.values()];
}

function groupOf(row: LedgerRow, by: LedgerQuery["by"] = [], days: readonly number[]): LedgerSum["group"] | undefined {
  const group: Record<string, string | number> = {};
  for (const name of by) {
    const value = name === "session" ? row.sessionKey : name === "day" ? dayOf(row.at, days) : row[name];
    if (value !== undefined) group[name] = value;
    else if (name === "day") return undefined;
  }
  return group;
}

function dayOf(at: number, days: readonly number[]): number | undefined {
  const last = days.at(-1);
  return last === undefined || at >= last ? undefined : days.findLast((day) => day <= at);
}

function nothing(group: LedgerSum["group"]): LedgerSum {
  const held = { calls: 0, tokens: 0, nanoUsd: 0 };
  return { group, calls: 0, unpriced: 0, usage: noUsage, nanoUsd: noUsage, held };
}

function added(sum: LedgerSum, row: LedgerRow): LedgerSum {
  const { held } = sum;
  if (row.state === "held") {
    const nanoUsd = held.nanoUsd + (row.nanoUsd ? total(row.nanoUsd) : 0);
    return { ...sum, held: { calls: held.calls + 1, tokens: held.tokens + total(row.usage), nanoUsd } };
  }
  return {
    ...sum,
    calls: sum.calls + 1,
    unpriced: sum.unpriced + (row.nanoUsd ? 0 : 1),
    usage: addUsage(sum.usage, row.usage),
    nanoUsd: addUsage(sum.nanoUsd, row.nanoUsd ?? noUsage),
  };
}

function total({ input, output, cacheRead, cacheWrite }: Usage): number {
  return input + output + cacheRead + cacheWrite;
}
