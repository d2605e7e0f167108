import { expect, test } from "bun:test";
import type { EventFrame } from "@homarus/sdk/client";
import type { Gateway } from "../gateway/connection.ts";
import { Costs, readBudgets, readSummary, wordsOf } from "./costs.ts";
import { CostsPanel } from "./costs-panel.tsx";

const now = Date.parse("2026-11-27T23:30:00Z");
const row = (date: string, model: string, usd: number, unknownPriceCalls = 0) => ({
  ...{ date, provider: "p", model, usd, unknownPriceCalls },
});
const summary = {
  timeZone: "Europe/Berlin",
  rows: [
    row("2026-11-27", "a", 1),
    row("2026-11-28", "a", 0.5),
    row("2026-11-28", "b", 0, 2),
    row("2026-11-26", "b", 3),
  ],
};

test("costs are told by model, of today where the house stands, and of seven days, the dearest first", () => {
  expect(readSummary(summary, now)).toEqual({
    rows: [
      { name: "p/b", today: { usd: 0, unknown: 2 }, week: { usd: 3, unknown: 2 } },
      { name: "p/a", today: { usd: 0.5, unknown: 0 }, week: { usd: 1.5, unknown: 0 } },
    ],
    total: { today: { usd: 0.5, unknown: 2 }, week: { usd: 4.5, unknown: 2 } },
  });
  expect(readSummary(undefined, now).rows).toEqual([]);
});

test("what has no known price is called unknown, never nothing", () => {
  expect(wordsOf({ usd: 0, unknown: 2 })).toBe("unknown");
  expect(wordsOf({ usd: 1, unknown: 1 })).toBe("$1.00 + unknown");
  expect(wordsOf({ usd: 0.001, unknown: 0 })).toBe("<$0.01");
});

test("of the budgets those of the house are shown, in dollars", () => {
  const budgets = [
    { scope: "house", period: "day", unit: "usd", spent: 1, limit: 5, state: "ok" },
    { scope: "house", period: "day", unit: "tokens", spent: 1, limit: 5, state: "ok" },
    { scope: "agent", id: "main", period: "day", unit: "usd", spent: 1, limit: 5, state: "ok" },
  ];
  expect(readBudgets({ budgets })).toEqual([{ name: "Today", spent: 1, limit: 5, state: "ok" }]);
});

test("costs are read when they are looked at, and again when a run has ended; trouble leaves what is shown", async () => {
  const asked: string[] = [];
  let tell: (event: EventFrame) => void = () => undefined;
  let isBroken = false;
  const gateway: Gateway = {
    isOpen: () => true,
    async request<T>(method: string): Promise<T> {
      asked.push(method);
      if (isBroken) throw new Error("gone");
      return (method === "costs.summary" ? summary : { budgets: [] }) as T;
    },
    onEvent(listener) {
      tell = listener;
      return () => undefined;
    },
    onOpen: () => () => undefined,
  };
  const costs = new Costs(gateway, () => now);
  costs.follow();
  await new Promise((resolve) => setImmediate(resolve));
  expect(costs.view()).toMatchObject({ state: "there", rows: [{ name: "p/b" }, {}] });
  isBroken = true;
  tell({ type: "event", event: "chat", payload: { state: "final" } } as EventFrame);
  await new Promise((resolve) => setImmediate(resolve));
  expect(costs.view()).toMatchObject({ state: "failed", rows: [{ name: "p/b" }, {}] });
  expect(asked).toEqual(["costs.summary", "budgets.status", "costs.summary"]);
  expect(CostsPanel({ gateway }).props.summary).toBe("Costs");
});
