// What was spent, for whoever asks: sums, rows, and how the budgets stand. Read from the ledger at each question.
import {
  type Clock,
  Fault,
  type LedgerFilter,
  type LedgerGrouping,
  type LedgerRow,
  type LedgerSum,
  noUsage,
  type Store,
} from "@homarus/sdk";
import type { Calendar } from "./calendar.ts";
import type { Costs } from "./costs.ts";
import type { BudgetSettings } from "./limits.ts";
import { totalOf } from "./price.ts";
import { type BudgetState, budgetStates } from "./states.ts";

type Scoped = Omit<LedgerFilter, "from" | "until">;

/** Unix ms, or a date (YYYY-MM-DD) of the house's own time zone. */
export type Moment = number | string;

export interface SummaryWish extends Scoped {
  /** Absent: the beginning of this month. A date begins with its first moment. */
  readonly from?: Moment | undefined;
  /** Absent: now. A date is meant with all of that day. */
  readonly to?: Moment | undefined;
  readonly by?: readonly LedgerGrouping[] | undefined;
}

export interface Summary {
  /** Unix ms. */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
  /** The dearest first; days in their order, with their date. */
  readonly sums: readonly (LedgerSum & { readonly date?: string })[];
  readonly total: LedgerSum;
}

export interface RowsWish extends Scoped {
  readonly from?: Moment | undefined;
  readonly to?: Moment | undefined;
  readonly states?: readonly LedgerRow["state"][];
  readonly limit: number;
  readonly offset?: number;
}

export interface CostWork {
  /** Rejects `invalid` for a time that is none. */
  summary(wish: SummaryWish): Promise<Summary>;
  /** The last written first. */
  rows(wish: RowsWish): Promise<readonly LedgerRow[]>;
  /** Of sessions, and of what the defaults are for, those that have come furthest. */
  budgets(): Promise<readonly BudgetState[]>;
  /** Voids what earlier processes held and never settled, or one of it; gives what was held. */
  release(id?: string): Promise<readonly LedgerRow[]>;
}

export interface ReportParts {
  readonly store: Pick<Store, "commit" | "ledgerSums" | "ledgerRows" | "openHolds">;
  readonly clock: Pick<Clock, "now">;
  readonly newId: () => string;
  readonly costs: Pick<Costs, "isUnderWay" | "released">;
  calendar(): Calendar;
  settings(): BudgetSettings;
}

/** Longer is asked for by months, not by days. */
const mostDays = 1_100;

export function createCostWork(parts: ReportParts): CostWork {
  const { store, clock, calendar } = parts;
  return {
    async summary({ by = [], from, to, ...scope }) {
      const range = rangeOf({ from: from ?? calendar().periodAt("month", clock.now()).begin, to }, parts);
      const days = by.includes("day") ? daysOf(calendar(), range) : undefined;
      const query = { ...scope, ...range };
      const sums = by.length === 0 ? [] : await store.ledgerSums({ ...query, by, ...(days && { days }) });
      const [total] = await store.ledgerSums(query);
      if (!total) throw new Fault("bug", "costs.no-sum", "The ledger gave no sum.");
      const dated = sums.map((sum) => {
        const { day } = sum.group;
        return day === undefined ? sum : { ...sum, date: calendar().dateOf(day) };
      });
      return { ...range, timeZone: calendar().timeZone, sums: dated.toSorted(inOrder), total };
    },
    rows({ from, to, ...wish }) {
      const range = from === undefined && to === undefined ? {} : rangeOf({ from: from ?? 0, to }, parts);
      return store.ledgerRows({ ...wish, ...range });
    },
    budgets: () => budgetStates({ store, calendar: calendar(), settings: parts.settings(), now: clock.now() }),
    release: (id) => release(id, parts),
  };
}

async function release(id: string | undefined, { store, costs, newId }: ReportParts): Promise<readonly LedgerRow[]> {
  const open = (await store.openHolds()).filter((row) => !costs.isUnderWay(row.id));
  const chosen = id === undefined ? open : open.filter((row) => row.id === id);
  if (id !== undefined && chosen.length === 0)
    throw new Fault("invalid", "costs.no-hold", `There is nothing held under ${id} that could be given back.`);
  const end = { state: "void", usage: noUsage, nanoUsd: noUsage } as const;
  await store.commit(chosen.map((row) => ({ type: "ledger", row: { ...row, ...end, id: newId(), ends: row.id } })));
  for (const row of chosen) costs.released(row);
  return chosen;
}

function rangeOf(
  { from, to }: { readonly from: Moment; readonly to: Moment | undefined },
  { calendar, clock }: ReportParts,
): { readonly from: number; readonly until: number } {
  const begin = typeof from === "number" ? from : dateBegin(from, calendar());
  // Without an end the call that was let go in this very moment is meant too.
  const end =
    to === undefined ? Math.max(clock.now(), begin) + 1 : typeof to === "number" ? to : dateEnd(to, calendar());
  if (end <= begin) throw new Fault("invalid", "costs.range", "The end must come after the beginning.");
  return { from: begin, until: end };
}

function dateBegin(date: string, calendar: Calendar): number {
  const begin = calendar.dateBegin(date);
  if (begin === undefined)
    throw new Fault("invalid", "costs.date", `"${date}" is no date.`, { hint: "Write it as 2026-11-30." });
  return begin;
}

function dateEnd(date: string, calendar: Calendar): number {
  return calendar.periodAt("day", dateBegin(date, calendar)).end;
}

function daysOf(calendar: Calendar, { from, until }: { readonly from: number; readonly until: number }) {
  if ((until - from) / 86_400_000 > mostDays)
    throw new Fault("invalid", "costs.range", `By day, at most ${mostDays} days can be asked for.`);
  return calendar.days(from, until);
}

function inOrder(a: LedgerSum, b: LedgerSum): number {
  const byDay = (a.group.day ?? 0) - (b.group.day ?? 0);
  return byDay || totalOf(b.nanoUsd) - totalOf(a.nanoUsd) || totalOf(b.usage) - totalOf(a.usage);
}
