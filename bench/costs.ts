// The ledger by itself, in this process, on a real file: calls that are held for and settled, and sums over many rows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerQuery, LedgerRow, Store } from "@homarus/sdk";
import { createCalendar } from "../server/src/core/costs/calendar.ts";
import { createCosts } from "../server/src/core/costs/costs.ts";
import { openSqliteStore } from "../server/src/host/store/sqlite.ts";
import type { Figure } from "./measures.ts";

const dayMs = 86_400_000;
const yearBegin = Date.UTC(2026, 0, 1);
const million = 1_000_000;
const usage = { input: 1_000, output: 200, cacheRead: 3_000, cacheWrite: 0 };
const price = { input: 3, output: 15, cacheRead: 0.3, asOf: "2026-11-01", source: "bench" };

/** Calls a second with 200 side by side: under a budget, each hold durable before it counts; and without one. */
export async function costCalls(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, day] of [
    ["cost-calls-budget", 1e6],
    ["cost-calls-free", undefined],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), "homarus-bench-"));
    const store = openSqliteStore(join(folder, "state.db"));
    const perSecond = await callsFor(3_000, store, day);
    await store.close();
    rmSync(folder, { recursive: true });
    figures.push({ name, value: Math.round(perSecond), unit: "calls/s", note: "200 side by side, held and settled" });
  }
  return figures;
}

async function callsFor(ms: number, store: Store, day: number | undefined): Promise<number> {
  const calendar = createCalendar("UTC");
  const costs = createCosts({
    ...{ store, clock: { now: Date.now }, calendar: () => calendar, newId: () => crypto.randomUUID() },
    settings: () => ({ day, warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} }),
    ...{ rate: () => ({ free: false, price }), notice: () => undefined },
  });
  const until = performance.now() + ms;
  let calls = 0;
  const loop = async (_: unknown, number: number): Promise<void> => {
    while (performance.now() < until) {
      const call = { runId: "r", agent: "main", sessionKey: `s${number}`, provider: "p", model: "m" };
      const reservation = await costs.reserve({ ...call, inputTokens: 5_000, maxOutputTokens: 4_000 });
      await reservation.settle({ type: "usage", usage });
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: 200 }, loop));
  return (calls / ms) * 1_000;
}

/** A year with a million calls in a thousand sessions. */
export async function costSums(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "homarus-bench-"));
  const store = openSqliteStore(join(folder, "state.db"));
  for (let from = 0; from < million; from += 5_000) {
    const rows = Array.from({ length: 5_000 }, (_, index) => rowAt(from + index));
    await store.commit(
      rows.map((row) => ({ type: "ledger", row })),
      { flush: false },
    );
  }
  const month = { from: yearBegin + 304 * dayMs, until: yearBegin + 334 * dayMs };
  const queries: readonly (readonly [name: string, query: LedgerQuery])[] = [
    ["day-by-model", { from: month.from, until: month.from + dayMs, by: ["provider", "model"] }],
    ["month-by-model", { ...month, by: ["provider", "model"] }],
    ["session-total", { session: "agent:main:telegram:direct:5" }],
    ["year-by-model", { by: ["provider", "model"] }],
    ["year-by-day", { by: ["day"], days: Array.from({ length: 366 }, (_, day) => yearBegin + day * dayMs) }],
  ];
  const figures: Figure[] = [];
  for (const [name, query] of queries) {
    const begun = performance.now();
    await store.ledgerSums(query);
    const value = Math.round((performance.now() - begun) * 10) / 10;
    figures.push({
      name: `cost-sum-${name}`,
      value,
      unit: "ms",
      note: "of 1,000,000 rows; the loop goes on meanwhile",
    });
  }
  await store.close();
  rmSync(folder, { recursive: true });
  return figures;
}

function rowAt(number: number): LedgerRow {
  return {
    ...{
      id: crypto.randomUUID(),
      at: yearBegin + Math.floor((number / million) * 365 * dayMs),
      runId: "r",
      agent: "main",
    },
    ...{
      sessionKey: `agent:main:telegram:direct:${number % 997}`,
      provider: `p${number % 4}`,
      model: `m${number % 7}`,
    },
    ...{ state: "settled", usage, nanoUsd: { ...usage, cacheRead: 900_000 }, priceAsOf: "2026-11-01" },
  };
}
