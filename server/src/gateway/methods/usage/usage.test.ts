import { expect, test } from "bun:test";
import type { LedgerRow, Write } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const main = "agent:main:main";
const start = Date.parse("2026-11-20T12:00:00Z");
const dayMs = 86_400_000;
const usage = { input: 10, output: 20, cacheRead: 5, cacheWrite: 0 };
const nanoUsd = { input: 1_000_000_000, output: 500_000_000, cacheRead: 0, cacheWrite: 0 };

function call(id: string, changes: Partial<LedgerRow> = {}): Write {
  const row: LedgerRow = {
    ...{ id, at: start, runId: "r", agent: "main", sessionKey: main, provider: "p", model: "a" },
    ...{ state: "settled", usage, nanoUsd, priceAsOf: "2026-11-01" },
    ...changes,
  };
  return { type: "ledger", row };
}

async function openWithCalls() {
  const store = createMemoryStore();
  const it = await openForTest({ listen, clock: createFakeClock(start), store });
  const session = await it.fake.remember(main);
  const body = { type: "step", content: [{ type: "text", text: "Done." }], provider: "p", model: "a" } as const;
  const seq = (await store.lastSeq(session.id)) + 1;
  await store.commit([
    { type: "entry", sessionId: session.id, entry: { seq, at: start, body: { ...body, stopReason: "end", usage } } },
    ...[call("3", { model: "b" }), call("2", { at: start - dayMs, model: "b", nanoUsd: null }), call("1")],
    call("4", { sessionKey: "agent:main:kid", parent: main, job: "j" }),
    call("5", { state: "held" }),
  ]);
  return { it, client: await it.connect() };
}

test("tokens and cost are summed by day, model and session, in the range that is asked for; unknown is not nothing", async () => {
  const { it, client } = await openWithCalls();
  await using _ = it;
  const cost = (await client.call("usage.cost", { startDate: "2026-11-19", endDate: "2026-11-19" })).payload;
  expect(cost).toMatchObject({ days: 1, daily: [{ date: "2026-11-19", totalTokens: 35, totalCost: 0 }] });
  expect(cost.totals).toMatchObject({ input: 10, output: 20, cacheRead: 5, missingCostEntries: 1 });
  const all = (await client.call("sessions.usage", { key: "main" })).payload;
  expect(all.sessions[0].usage.modelUsage).toMatchObject([
    { model: "b", count: 2, totals: { totalCost: 1.5, missingCostEntries: 1 } },
    { model: "a", count: 1, totals: { totalCost: 1.5, inputCost: 1 } },
  ]);
  expect(all.totals).toMatchObject({ totalTokens: 105, totalCost: 3 });
  expect(all.aggregates.byAgent).toMatchObject([{ agentId: "main" }]);
  const { points } = (await client.call("sessions.usage.timeseries", { key: "main" })).payload;
  expect(points.at(-1)).toMatchObject({ cumulativeTokens: all.totals.totalTokens, cumulativeCost: 3 });
  const { logs } = (await client.call("sessions.usage.logs", { key: "main", limit: 1 })).payload;
  expect(logs).toMatchObject([{ role: "assistant", content: "Done.", tokens: 35, cost: 1.5 }]);
});

test("the ledger is summed and listed in our own words too, a page at a time", async () => {
  const { it, client } = await openWithCalls();
  await using _ = it;
  const { rows, total } = (await client.call("costs.summary", { from: "2026-11-19", to: "2026-11-21", by: "model" }))
    .payload;
  expect(total).toMatchObject({ calls: 4, unknownPriceCalls: 1, usd: 4.5, heldUsd: 1.5, tokens: { total: 140 } });
  expect(rows).toContainEqual(expect.objectContaining({ provider: "p", model: "b", calls: 2, usd: 1.5 }));
  const mine = (await client.call("costs.summary", { sessionKey: "main", by: ["session", "job"] })).payload;
  expect(mine.rows).toContainEqual(expect.objectContaining({ sessionKey: "agent:main:kid", jobId: "j", usd: 1.5 }));
  const first = (await client.call("costs.list", { limit: 2 })).payload;
  expect(first).toMatchObject({
    rows: [
      { id: "5", state: "held" },
      { id: "4", jobId: "j", usd: 1.5 },
    ],
    nextOffset: 2,
  });
  const rest = (await client.call("costs.list", { limit: 9, offset: 2, state: "settled" })).payload;
  expect(rest.rows).toMatchObject([{ id: "2", usd: null }, { id: "3" }]);
  expect(rest.nextOffset).toBeUndefined();
});

test("only who may change the house gives back what is held", async () => {
  const { it, client } = await openWithCalls();
  await using _ = it;
  const reader = await it.connect({ scopes: ["operator.read"] });
  expect((await reader.call("costs.release", {})).error.message).toContain("operator.admin");
  expect((await client.call("costs.release", {})).payload).toEqual({ released: 1, usd: 1.5 });
});
