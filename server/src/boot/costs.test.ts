import { expect, test } from "bun:test";
import type { HouseEvent, ModelInfo, RunEvent } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { createTap } from "../core/tap.ts";
import { withDefaults } from "../host/config/check.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { openCosts } from "./costs.ts";

const price = { input: 3, output: 15, asOf: "2026-11-01", source: "test" };
const model: ModelInfo = { id: "m", name: "M", thinking: false, input: ["text"], price };

function open(budgets: object) {
  const state = { budgets };
  const seen: (RunEvent | HouseEvent)[] = [];
  const tap = createTap(silentLog);
  tap.watch((event) => void seen.push(event));
  const current = (): HouseConfig =>
    withDefaults({ budgets: state.budgets } as never, catalog.configSchema) as unknown as HouseConfig;
  const ground = {
    ...{ store: createMemoryStore(), clock: createFakeClock(), tap, config: { current } as never },
  };
  const costs = openCosts(ground, {
    facts: (choice) => (choice.model === "m" ? model : undefined),
    isFree: (id) => id === "home",
  });
  const reserve = (provider: string, name: string) =>
    costs.reserve({
      ...{ runId: "r", agent: "main", sessionKey: "s", provider, model: name, inputTokens: 1_000 },
      maxOutputTokens: 4_000,
    });
  return { state, seen, costs, reserve };
}

test("a budget that is written or taken out is in force for the next call, and stopping work is told", async () => {
  const { state, seen, costs, reserve } = open({});
  await (await reserve("p", "m")).settle({
    ...{ type: "usage", usage: { input: 1_000, output: 4_000, cacheRead: 0, cacheWrite: 0 } },
  });
  state.budgets = { month: 0.07 };
  await expect(reserve("p", "m")).rejects.toMatchObject({ code: "budget.month" });
  expect(seen).toMatchObject([{ type: "notice", text: expect.stringContaining("budgets.month") }]);
  expect(await costs.work.budgets()).toMatchObject([{ path: "budgets.month", spent: 63_000_000, limit: 70_000_000 }]);
  state.budgets = {};
  expect((await reserve("p", "m")).maxOutputTokens).toBeUndefined();
});

test("what runs at home is free, what nobody knows the price of is refused under a budget", async () => {
  const { reserve } = open({ agents: { default: { day: 0 } } });
  expect((await reserve("home", "any")).maxOutputTokens).toBeUndefined();
  await expect(reserve("p", "unknown")).rejects.toMatchObject({ code: "budget.unknown-price" });
});
