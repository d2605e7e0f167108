// What models cost today and in the last seven days, as the gateway sums it (`costs.summary`), and how the house's
// budgets stand (`budgets.status`).
import { fieldsOf, textOf } from "../chat/log.ts";
import type { Gateway } from "../gateway/connection.ts";
import { Store } from "../gateway/store.ts";

export interface Amount {
  readonly usd: number;
  /** Calls whose price nobody knows: nothing of them is in `usd`. */
  readonly unknown: number;
}

export interface CostRow {
  /** `provider/model`. */
  readonly name: string;
  readonly today: Amount;
  readonly week: Amount;
}

export interface BudgetRow {
  readonly name: string;
  readonly spent: number;
  readonly limit: number;
  readonly state: string;
}

export interface CostsView {
  readonly rows: readonly CostRow[];
  readonly total: Omit<CostRow, "name">;
  readonly budgets: readonly BudgetRow[];
  readonly state: "reading" | "there" | "failed";
}

const nothing: Amount = { usd: 0, unknown: 0 };
const weekMs = 7 * 86_400_000;

export class Costs extends Store<CostsView> {
  readonly #gateway: Gateway;
  readonly #now: () => number;

  constructor(gateway: Gateway, now: () => number) {
    super({ rows: [], total: { today: nothing, week: nothing }, budgets: [], state: "reading" });
    this.#gateway = gateway;
    this.#now = now;
  }

  /** Reads, and reads again whenever a run has ended. Returns how to stop. */
  follow(): () => void {
    void this.#read();
    return this.#gateway.onEvent(({ event, payload }) => {
      if (event === "chat" && fieldsOf(payload).state !== "delta") void this.#read();
    });
  }

  async #read(): Promise<void> {
    try {
      const from = this.#now() - weekMs;
      const summary = await this.#gateway.request("costs.summary", { from, by: "model,day" });
      const budgets = await this.#gateway.request("budgets.status", {});
      this.set({ ...readSummary(summary, this.#now()), budgets: readBudgets(budgets), state: "there" });
    } catch (thrown) {
      // What is shown stays; the next run reads it anew.
      console.warn("costs.summary failed", thrown);
      this.set({ ...this.view(), state: "failed" });
    }
  }
}

export function readSummary(answer: unknown, now: number): Pick<CostsView, "rows" | "total"> {
  const { rows, timeZone } = fieldsOf(answer);
  const today = dateIn(textOf(timeZone), now);
  const found = new Map<string, CostRow>();
  let total: Omit<CostRow, "name"> = { today: nothing, week: nothing };
  for (const row of Array.isArray(rows) ? rows.map(fieldsOf) : []) {
    const name = `${textOf(row.provider) ?? ""}/${textOf(row.model) ?? ""}`;
    const amount = { usd: Number(row.usd) || 0, unknown: Number(row.unknownPriceCalls) || 0 };
    const isToday = row.date === today;
    const known = found.get(name) ?? { name, today: nothing, week: nothing };
    found.set(name, { name, ...added(known, amount, isToday) });
    total = added(total, amount, isToday);
  }
  return { rows: [...found.values()].toSorted((a, b) => b.week.usd - a.week.usd), total };
}

function added(sums: Omit<CostRow, "name">, amount: Amount, isToday: boolean): Omit<CostRow, "name"> {
  return { today: isToday ? plus(sums.today, amount) : sums.today, week: plus(sums.week, amount) };
}

function plus(a: Amount, b: Amount): Amount {
  return { usd: a.usd + b.usd, unknown: a.unknown + b.unknown };
}

/** The date there as 2026-11-30, which is how Sweden writes it. */
function dateIn(timeZone: string | undefined, at: number): string {
  return new Intl.DateTimeFormat("sv-SE", timeZone === undefined ? {} : { timeZone }).format(at);
}

/** Those of the house, in dollars. */
export function readBudgets(answer: unknown): readonly BudgetRow[] {
  const { budgets } = fieldsOf(answer);
  return (Array.isArray(budgets) ? budgets.map(fieldsOf) : [])
    .filter(({ scope, unit }) => scope === "house" && unit === "usd")
    .map(({ period, spent, limit, state }) => ({
      ...{ name: period === "day" ? "Today" : "This month", state: textOf(state) ?? "ok" },
      ...{ spent: Number(spent) || 0, limit: Number(limit) || 0 },
    }));
}

export function wordsOf({ usd, unknown }: Amount): string {
  const money = usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`;
  if (unknown === 0) return money;
  return usd === 0 ? "unknown" : `${money} + unknown`;
}
