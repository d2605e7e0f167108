// How each budget stands: limit, spent, held, when it begins anew. Read from the ledger.
import type { LedgerSum, Store } from "@homarus/sdk";
import type { Calendar } from "./calendar.ts";
import { type Budget, type BudgetSettings, budgetsOfScope, type Scope } from "./limits.ts";
import { totalOf } from "./price.ts";

export interface BudgetState extends Budget {
  readonly spent: number;
  readonly held: number;
  /** Unix ms; absent where it never begins anew. */
  readonly resetsAt?: number;
  readonly state: "ok" | "near" | "full";
}

export interface StateParts {
  readonly store: Pick<Store, "ledgerSums">;
  readonly calendar: Calendar;
  readonly settings: BudgetSettings;
  readonly now: number;
}

/** Of budgets that are for everyone of a kind, so many are shown: those that have come furthest. */
const mostShown = 10;

export async function budgetStates(parts: StateParts): Promise<readonly BudgetState[]> {
  const { settings } = parts;
  const named = [
    ...namesIn(settings.agents).map((id) => ({ name: "agent" as const, id })),
    ...namesIn(settings.jobs).map((id) => ({ name: "job" as const, id })),
  ];
  const own = [{ name: "house" as const, id: "" }, ...named].flatMap((scope) => budgetsOfScope(scope, settings));
  const states: BudgetState[] = [];
  for (const budget of own) states.push(await stateOf(budget, parts));
  for (const kind of ["agent", "job", "session"] as const) states.push(...(await furthest(kind, named, parts)));
  return states;
}

/** Budgets that stand in the settings once and are for each agent, job or session that has none of its own. */
async function furthest(
  kind: "agent" | "job" | "session",
  named: readonly Scope[],
  parts: StateParts,
): Promise<readonly BudgetState[]> {
  const isNamed = (id: string) => named.some((scope) => scope.name === kind && scope.id === id);
  const states: BudgetState[] = [];
  for (const budget of budgetsOfScope({ name: kind, id: "" }, parts.settings)) {
    const sums = await parts.store.ledgerSums({ ...rangeOf(budget, parts), by: [kind] });
    const furthestOnes = sums
      .map((sum) => ({ id: sum.group[kind], amount: amountsIn(budget, sum) }))
      .sort((a, b) => b.amount.spent + b.amount.held - a.amount.spent - a.amount.held);
    const ids = furthestOnes.flatMap(({ id }) => (id === undefined || isNamed(id) ? [] : [id])).slice(0, mostShown);
    for (const id of ids) states.push(await stateOf({ ...budget, scope: { name: kind, id } }, parts));
  }
  return states;
}

function namesIn(table: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(table).filter((name) => name !== "default");
}

function rangeOf({ period }: Budget, { calendar, now }: StateParts) {
  const { begin, end } = calendar.periodAt(period, now);
  return { from: begin, until: end };
}

function filterOf({ name, id }: Scope) {
  return name === "house" ? {} : { [name]: id };
}

async function stateOf(budget: Budget, parts: StateParts): Promise<BudgetState> {
  const { calendar, settings, now } = parts;
  const [sum] = await parts.store.ledgerSums({ ...rangeOf(budget, parts), ...filterOf(budget.scope) });
  const { spent, held } = amountsIn(budget, sum);
  const state = spent + held >= budget.limit ? "full" : spent >= budget.limit * settings.warnAt ? "near" : "ok";
  const resets = budget.period === "total" ? {} : { resetsAt: calendar.periodAt(budget.period, now).end };
  return { ...budget, spent, held, ...resets, state };
}

function amountsIn({ unit }: Budget, sum: LedgerSum | undefined) {
  if (!sum) return { spent: 0, held: 0 };
  return unit === "usd"
    ? { spent: totalOf(sum.nanoUsd), held: sum.held.nanoUsd }
    : { spent: totalOf(sum.usage), held: sum.held.tokens };
}
