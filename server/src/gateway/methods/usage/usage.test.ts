import { expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const main = "agent:main:main";
const start = Date.parse("2026-11-20T12:00:00Z");

test("tokens are summed by day, model and session, in the range that is asked for; prices are unknown, not nothing", async () => {
  const store = createMemoryStore();
  await using it = await openForTest({ listen, clock: createFakeClock(start), store });
  const session = await it.fake.remember(main);
  const usage = { input: 10, output: 20, cacheRead: 5, cacheWrite: 0 };
  const step = (seq: number, at: number, model: string) => ({
    ...{ type: "entry" as const, sessionId: session.id },
    entry: {
      ...{ seq, at },
      body: { type: "step" as const, content: [], provider: "p", model, stopReason: "end" as const, usage },
    },
  });
  const seq = await store.lastSeq(session.id);
  await store.commit([step(seq + 1, start, "a"), step(seq + 2, start - 86_400_000, "b"), step(seq + 3, start, "a")]);
  const client = await it.connect();
  const cost = (await client.call("usage.cost", { startDate: "2026-11-19", endDate: "2026-11-19" })).payload;
  expect(cost).toMatchObject({ days: 1, daily: [{ date: "2026-11-19", totalTokens: 35 }] });
  expect(cost.totals).toMatchObject({ input: 10, output: 20, cacheRead: 5, missingCostEntries: 1 });
  const all = (await client.call("sessions.usage", { key: "main" })).payload;
  expect(all.sessions[0].usage.modelUsage).toMatchObject([{ model: "demo" }, { model: "a", count: 2 }, { model: "b" }]);
  expect(all.aggregates.byAgent).toMatchObject([{ agentId: "main" }]);
  const { points } = (await client.call("sessions.usage.timeseries", { key: "main" })).payload;
  expect(points.at(-1).cumulativeTokens).toBe(all.totals.totalTokens);
  const { logs } = (await client.call("sessions.usage.logs", { key: "main", limit: 1 })).payload;
  expect(logs).toHaveLength(1);
});
