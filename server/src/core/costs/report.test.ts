import { expect, test } from "bun:test";
import { type LedgerGrouping, type LedgerRow, type LedgerSum, noUsage } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, createRandom } from "@homarus/sdk/testing";
import { createCalendar } from "./calendar.ts";
import { createCosts } from "./costs.ts";
import { type Counters, createCounters } from "./counters.ts";
import type { BudgetSettings, Scope } from "./limits.ts";
import { costOf, type Rate, totalOf } from "./price.ts";
import { createCostWork } from "./report.ts";
import { heldRow, mostFor, settledRow, voidRow } from "./rows.ts";
import { budgetStates } from "./states.ts";
import { createTelling } from "./telling.ts";

const start = Date.parse("2026-11-27T22:30:00Z");
const rate: Rate = { free: false, price: { input: 1, output: 2, asOf: "2026-11-01", source: "test" } };
const none: BudgetSettings = { warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} };
const plan = { runId: "r", agent: "main", sessionKey: "s", provider: "p", model: "m", inputTokens: 10 };
const calendar = createCalendar("Europe/Berlin");

function settled(id: string, at: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  const usage = { ...noUsage, input: 1_000_000 };
  return { ...settledRow(plan, id, { at, rate }, { held: undefined, end: { type: "usage", usage } }), ...changes };
}

async function openWork(rows: readonly LedgerRow[]) {
  const store = createMemoryStore();
  await store.commit(rows.map((row) => ({ type: "ledger", row })));
  const clock = createFakeClock(start);
  const parts = {
    ...{ store, clock, calendar: () => calendar, settings: () => none, newId: () => crypto.randomUUID() },
    ...{ rate: () => rate, notice: () => undefined },
  };
  return { store, work: createCostWork({ ...parts, costs: createCosts(parts) }) };
}

test("a summary is of this month up to now, in days of the house's own zone, the dearest first", async () => {
  const lateOnThe26th = Date.parse("2026-11-26T22:59:00Z");
  const { work } = await openWork([
    ...[settled("a", lateOnThe26th), settled("b", lateOnThe26th + 120_000), settled("c", start, { model: "m2" })],
    ...[settled("d", start, { model: "m2" }), settled("old", Date.parse("2026-10-31T12:00:00Z"))],
  ]);
  const days = await work.summary({ by: ["day"] });
  expect(days.sums.map(({ date, calls }) => [date, calls])).toEqual([
    ["2026-11-26", 1],
    ["2026-11-27", 3],
  ]);
  expect(days).toMatchObject({
    timeZone: "Europe/Berlin",
    from: Date.parse("2026-10-31T23:00:00Z"),
    total: { calls: 4 },
  });
  const models = await work.summary({ by: ["model"], from: "2026-11-27", to: "2026-11-27" });
  expect(models.sums.map(({ group, calls }) => [group.model, calls])).toEqual([
    ["m2", 2],
    ["m", 1],
  ]);
  expect((await work.rows({ from: "2026-10-01", to: "2026-10-31", limit: 9 })).map((row) => row.id)).toEqual(["old"]);
});

test.each([
  [{ from: "soon" }, "costs.date"],
  [{ from: "2026-11-02", to: "2026-11-01" }, "costs.range"],
  [{ from: 0, by: ["day"] as const }, "costs.range"],
])("%j cannot be summed", async (wish, code) => {
  const { work } = await openWork([]);
  await expect(work.summary(wish)).rejects.toMatchObject({ kind: "invalid", code });
});

test("each budget says its limit, what is spent and held, and when it begins anew; of many sessions the furthest", async () => {
  const held = { ...settled("h", start), state: "held" } as const;
  const sessions = Array.from({ length: 12 }, (_, number) =>
    settled(`s${number}`, start, { sessionKey: `s${number % 11}` }),
  );
  const { store } = await openWork([...sessions, held, settled("kid", start, { sessionKey: "kid", parent: "s0" })]);
  const settings = {
    ...none,
    day: 14,
    agents: { default: { month: 20 }, cook: { dayTokens: 5 } },
    sessions: { total: 9 },
  };
  const states = await budgetStates({ store, calendar, settings, now: start });
  const told = states.map(({ scope, spent, held: holds, state }) => [
    scope.name,
    scope.id,
    spent / 1e9,
    holds / 1e9,
    state,
  ]);
  expect(told.slice(0, 4)).toEqual([
    ["house", "", 13, 1, "full"],
    ["agent", "cook", 0, 0, "ok"],
    ["agent", "main", 13, 1, "ok"],
    ["session", "s0", 3, 0, "ok"],
  ]);
  expect(states).toHaveLength(3 + 10);
  expect(states[0]).toMatchObject({ path: "budgets.day", resetsAt: Date.parse("2026-11-27T23:00:00Z") });
  expect(states.at(-1)?.resetsAt).toBeUndefined();
});

test("rows say what was planned, held and used; a void one comes to nothing", () => {
  const begun = { at: 5, rate };
  const held = heldRow({ ...plan, job: "j" }, "h", begun, mostFor(plan, 20, rate));
  expect(held).toMatchObject({ id: "h", at: 5, job: "j", state: "held", usage: { input: 10, output: 20 } });
  expect(voidRow(plan, "v", begun, held)).toMatchObject({ ends: "h", state: "void", usage: noUsage, nanoUsd: noUsage });
});

test("telling starts with what is already past, and says once that a budget is full", async () => {
  const notices: string[] = [];
  const store = createMemoryStore();
  await store.commit([{ type: "ledger", row: settled("a", start) }]);
  const counters = createCounters(store, () => calendar);
  const counter = counters.find({ name: "house", id: "" }, "day", start);
  await counter.loading;
  expect(counters.known({ name: "house", id: "" }, "day", start)).toBe(counter);
  const budget = {
    scope: { name: "house", id: "" },
    period: "day",
    unit: "usd",
    limit: 1e9,
    path: "budgets.day",
  } as const;
  const telling = createTelling({ calendar: () => calendar, warnAt: () => 0.8, notice: (text) => notices.push(text) });
  telling.meet([{ budget, counter }]);
  expect(telling.near([{ budget, counter }])).toEqual([]);
  expect(telling.near([{ budget: { ...budget, limit: 1.1e9 }, counter }])).toHaveLength(1);
});

/** A thousand steps of calls that begin, end, are voided or cut off by a restart; what is counted is what stands in rows. */
test.each([1, 2, 3])("whatever happens, counters and sums are what the rows add up to (seed %i)", async (seed) => {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const store = createMemoryStore();
  let at = start;
  let counters = createCounters(store, () => calendar);
  let open: LedgerRow[] = [];
  const scopes = [
    { name: "house", id: "" },
    { name: "agent", id: "a" },
    { name: "session", id: "s" },
    { name: "job", id: "j" },
  ] as const;
  for (let step = 0; step < 300; step += 1) {
    at += Math.floor(random() * 1_200_000);
    const begun = { at, rate: pick([rate, { free: false }, { free: true }]) };
    const call = {
      ...{ ...plan, agent: pick(["a", "b"]), sessionKey: pick(["s", "t"]), model: pick(["m", "n"]) },
      ...pick([{}, { job: "j" }, { parent: "s" }]),
    };
    if (random() < 0.1) counters.find(pick(scopes), pick(["day", "month", "total"]), at);
    const held = random() < 0.5 ? open.pop() : undefined;
    const id = `${seed}-${step}`;
    if (held) {
      const end = { type: "partial", chars: Math.floor(random() * 40) } as const;
      const own = { ...begun, at: held.at };
      const facts = {
        ...plan,
        agent: held.agent,
        sessionKey: held.sessionKey,
        model: held.model,
        parent: held.parent,
        job: held.job,
      };
      const row = random() < 0.2 ? voidRow(facts, id, own, held) : settledRow(facts, id, own, { held, end });
      counters.end(held, row);
      void store.commit([{ type: "ledger", row }]).then(() => counters.landed(held));
    } else {
      const row = heldRow(call, id, begun, mostFor(call, Math.floor(random() * 50), begun.rate));
      open.push(row);
      counters.add(row);
      void store.commit([{ type: "ledger", row }]);
    }
    if (random() < 0.3) await Promise.resolve();
    if (random() < 0.02) {
      await new Promise((resolve) => setImmediate(resolve));
      [counters, open] = [createCounters(store, () => calendar), []];
    }
  }
  await new Promise((resolve) => setImmediate(resolve));
  const rows = await store.ledgerRows({ limit: 1_000 });
  const holds = await store.openHolds();
  for (const scope of scopes) await compare(scope, counters, { rows, holds, at });
  const by: readonly LedgerGrouping[] = ["model", "agent"];
  const sums = await store.ledgerSums({ by });
  expect(totalOfSums(sums)).toEqual(totalOfSums(await store.ledgerSums({})));
  expect(totalOfSums(sums)).toBe(amounts(rows.filter((row) => row.state === "settled")).usd);
  expect(costOf(noUsage, rate)).toEqual(noUsage);
});

async function compare(
  scope: Scope,
  counters: Counters,
  { rows, holds, at }: { rows: readonly LedgerRow[]; holds: readonly LedgerRow[]; at: number },
): Promise<void> {
  for (const period of ["day", "month", "total"] as const) {
    const counter = counters.find(scope, period, at);
    await counter.loading;
    const { begin, end } = counter.period;
    const isMeant = (row: LedgerRow) =>
      row.at >= begin && row.at < end && scopesNamed(row).includes(`${scope.name}:${scope.id}`);
    expect(counter.spent).toEqual(amounts(rows.filter((row) => row.state === "settled" && isMeant(row))));
    expect(counter.held).toEqual(amounts(holds.filter(isMeant)));
  }
}

function scopesNamed({ agent, sessionKey, parent, job }: LedgerRow): string[] {
  return ["house:", `agent:${agent}`, `session:${sessionKey}`, `session:${parent}`, `job:${job}`];
}

function amounts(rows: readonly LedgerRow[]) {
  return {
    usd: rows.reduce((sum, row) => sum + (row.nanoUsd ? totalOf(row.nanoUsd) : 0), 0),
    tokens: rows.reduce((sum, row) => sum + totalOf(row.usage), 0),
  };
}

function totalOfSums(sums: readonly LedgerSum[]): number {
  return sums.reduce((sum, item) => sum + totalOf(item.nanoUsd), 0);
}
