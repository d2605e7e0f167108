// Sums and pages of the ledger, computed by SQLite. A long range is summed in slices, so that nothing else waits for it;
// rows are only added, so what was there at the beginning is the same at the end.
import type { Database } from "bun:sqlite";
import type { Ledger, LedgerFilter, LedgerQuery, LedgerSum } from "@homarus/sdk";
import { type LedgerRecord, toLedgerRow } from "./ledger-rows.ts";

/** Rows summed before the loop may do something else. */
const slice = 10_000;

type Value = string | number;
type Name = Exclude<NonNullable<LedgerQuery["by"]>[number], "day">;

interface Where {
  readonly text: string;
  readonly values: readonly Value[];
}

/** `day` is set where the range is one of the days that are asked for. */
interface Range {
  readonly from: number;
  readonly until: number;
  readonly day?: number;
}

interface SumRecord extends Partial<Readonly<Record<Name, string | null>>> {
  readonly calls: number;
  readonly unpriced: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly nanoInput: number;
  readonly nanoOutput: number;
  readonly nanoCacheRead: number;
  readonly nanoCacheWrite: number;
}

const sumColumns = `count(*) AS calls, coalesce(sum(nano_input IS NULL), 0) AS unpriced,
  coalesce(sum(input), 0) AS input, coalesce(sum(output), 0) AS output,
  coalesce(sum(cache_read), 0) AS cacheRead, coalesce(sum(cache_write), 0) AS cacheWrite,
  coalesce(sum(nano_input), 0) AS nanoInput, coalesce(sum(nano_output), 0) AS nanoOutput,
  coalesce(sum(nano_cache_read), 0) AS nanoCacheRead, coalesce(sum(nano_cache_write), 0) AS nanoCacheWrite`;

export function createLedger(db: Database): Ledger {
  return {
    ledgerSums: (query) => ledgerSums(db, query),
    async ledgerRows({ limit, offset = 0, states, ...filter }) {
      const { text, values } = whereOf(filter, states && { text: `state IN (${marks(states)})`, values: states });
      return db
        .query<LedgerRecord, Value[]>(`SELECT * FROM ledger WHERE ${text} ORDER BY position DESC LIMIT ? OFFSET ?`)
        .all(...values, limit, offset)
        .map(toLedgerRow);
    },
    openHolds: async () =>
      db
        .query<LedgerRecord, []>("SELECT l.* FROM ledger_open JOIN ledger l USING (id) ORDER BY l.position")
        .all()
        .map(toLedgerRow),
  };
}

async function ledgerSums(db: Database, query: LedgerQuery): Promise<readonly LedgerSum[]> {
  const { by = [], days, except = [], ...filter } = query;
  const names = by.filter((name) => name !== "day");
  const sums = new Map<string, LedgerSum>();
  if (by.length === 0) sums.set(keyOf({}), nothing({}));
  const ranges = by.includes("day") ? dayRanges(filter, days ?? []) : [wholeRange(filter)];
  const left = { text: "coalesce(ends, id) NOT IN (SELECT value FROM json_each(?))", values: [JSON.stringify(except)] };
  const where = whereOf({ ...filter, from: undefined, until: undefined }, except.length > 0 ? left : undefined);
  // Both are read before anything is waited for: they say what the sum is of.
  const newest = db.query<{ position: number }, []>("SELECT coalesce(max(position), 0) AS position FROM ledger").get();
  for (const range of ranges) addHeld(db, { names, range, where }, sums);
  const upTo = { text: `${where.text} AND position <= ?`, values: [...where.values, newest?.position ?? 0] };
  const isNarrow = filter.session !== undefined || filter.job !== undefined;
  const endOf = isNarrow ? undefined : (from: number, until: number) => sliceEnd(db, from, until);
  let sinceBreath = 0;
  for (const range of ranges) {
    for (let from = range.from; from < range.until; ) {
      const until = endOf?.(from, range.until) ?? range.until;
      sinceBreath += addSettled(db, { names, range: { ...range, from, until }, where: upTo }, sums);
      if (sinceBreath >= slice) {
        await new Promise((resolve) => setImmediate(resolve));
        sinceBreath = 0;
      }
      from = until;
    }
  }
  return [...sums.values()];
}

function wholeRange({ from = 0, until = Number.MAX_SAFE_INTEGER }: LedgerFilter): Range {
  return { from, until };
}

function dayRanges(filter: LedgerFilter, days: readonly number[]): Range[] {
  const whole = wholeRange(filter);
  return days.slice(0, -1).map((day, index) => ({
    ...{ day, from: Math.max(day, whole.from), until: Math.min(days[index + 1] ?? day, whole.until) },
  }));
}

/** Where so many rows have passed, or the range's end. */
function sliceEnd(db: Database, from: number, until: number): number {
  const next = db
    .query<{ at: number }, [number, number, number]>(
      "SELECT at FROM ledger WHERE at >= ? AND at < ? ORDER BY at LIMIT 1 OFFSET ?",
    )
    .get(from, until, slice);
  return next ? Math.max(next.at, from + 1) : until;
}

interface Part {
  readonly names: readonly Name[];
  readonly range: Range;
  readonly where: Where;
}

/** Gives how many rows there were. */
function addSettled(db: Database, { names, range, where }: Part, sums: Map<string, LedgerSum>): number {
  const grouped = names.length > 0 ? `GROUP BY ${names.join(", ")}` : "";
  const columns = [...names, sumColumns].join(", ");
  const records = db
    .query<SumRecord, Value[]>(
      `SELECT ${columns} FROM ledger WHERE state = 'settled' AND at >= ? AND at < ? AND ${where.text} ${grouped}`,
    )
    .all(range.from, range.until, ...where.values);
  for (const record of records) {
    if (record.calls === 0) continue;
    const sum = groupIn(sums, record, names, range.day);
    sums.set(keyOf(sum.group), withSettled(sum, record));
  }
  return records.reduce((count, record) => count + record.calls, 0);
}

function withSettled(sum: LedgerSum, record: SumRecord): LedgerSum {
  const { usage, nanoUsd } = sum;
  return {
    ...sum,
    calls: sum.calls + record.calls,
    unpriced: sum.unpriced + record.unpriced,
    usage: {
      input: usage.input + record.input,
      output: usage.output + record.output,
      cacheRead: usage.cacheRead + record.cacheRead,
      cacheWrite: usage.cacheWrite + record.cacheWrite,
    },
    nanoUsd: {
      input: nanoUsd.input + record.nanoInput,
      output: nanoUsd.output + record.nanoOutput,
      cacheRead: nanoUsd.cacheRead + record.nanoCacheRead,
      cacheWrite: nanoUsd.cacheWrite + record.nanoCacheWrite,
    },
  };
}

function addHeld(db: Database, { names, range, where }: Part, sums: Map<string, LedgerSum>): void {
  const grouped = names.length > 0 ? `GROUP BY ${names.join(", ")}` : "";
  const amounts = `count(*) AS calls, coalesce(sum(input + output + cache_read + cache_write), 0) AS tokens,
    coalesce(sum(nano_input + nano_output + nano_cache_read + nano_cache_write), 0) AS nanoUsd`;
  const records = db
    .query<Partial<Record<Name, string | null>> & LedgerSum["held"], Value[]>(
      `SELECT ${[...names, amounts].join(", ")} FROM ledger_open JOIN ledger USING (id)
       WHERE at >= ? AND at < ? AND ${where.text} ${grouped}`,
    )
    .all(range.from, range.until, ...where.values);
  for (const { calls, tokens, nanoUsd, ...group } of records) {
    if (calls === 0) continue;
    const sum = groupIn(sums, group, names, range.day);
    sums.set(keyOf(sum.group), { ...sum, held: { calls, tokens, nanoUsd } });
  }
}

function groupIn(
  sums: ReadonlyMap<string, LedgerSum>,
  record: Partial<Readonly<Record<Name, string | null>>>,
  names: readonly Name[],
  day: number | undefined,
): LedgerSum {
  const given = names.flatMap((name) => (record[name] == null ? [] : [[name, record[name]] as const]));
  const group: LedgerSum["group"] = { ...Object.fromEntries(given), ...(day === undefined ? {} : { day }) };
  return sums.get(keyOf(group)) ?? nothing(group);
}

function keyOf(group: LedgerSum["group"]): string {
  return JSON.stringify(group);
}

function nothing(group: LedgerSum["group"]): LedgerSum {
  const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  return { group, calls: 0, unpriced: 0, usage: none, nanoUsd: none, held: { calls: 0, tokens: 0, nanoUsd: 0 } };
}

const conditions: Readonly<Record<keyof LedgerFilter, string>> = {
  from: "at >= ?",
  until: "at < ?",
  provider: "provider = ?",
  model: "model = ?",
  agent: "agent = ?",
  session: "(session = ? OR parent = ?)",
  job: "job = ?",
};

/** Only what is asked for stands in the statement, so that the indexes can be walked. */
function whereOf(
  filter: { readonly [Field in keyof LedgerFilter]: LedgerFilter[Field] | undefined },
  more?: Where,
): Where {
  const given = (Object.keys(conditions) as (keyof LedgerFilter)[]).flatMap((field) => {
    const value = filter[field];
    if (value === undefined) return [];
    return [{ text: conditions[field], values: field === "session" ? [value, value] : [value] }];
  });
  const all = more ? [...given, more] : given;
  return {
    text: all.length === 0 ? "1" : all.map(({ text }) => text).join(" AND "),
    values: all.flatMap(({ values }) => values),
  };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}
