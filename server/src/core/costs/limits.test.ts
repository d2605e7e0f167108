import { expect, test } from "bun:test";
import { type BudgetSettings, budgetsOf, budgetsOfScope, scopesOf } from "./limits.ts";

const none: BudgetSettings = { warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} };
const call = { agent: "cook", sessionKey: "s", job: "j" };
const paths = (settings: Partial<BudgetSettings>, spender = call) =>
  budgetsOf(spender, { ...none, ...settings }).map((budget) => budget.path);

test("a call falls under the budgets of the house, its agent, its job and its session", () => {
  expect(paths({})).toEqual([]);
  const all = { day: 5, agents: { cook: { month: 9 } }, jobs: { j: { dayTokens: 7 } }, sessions: { total: 1 } };
  expect(paths(all)).toEqual([
    ...["budgets.day", "budgets.agents.cook.month", "budgets.jobs.j.dayTokens", "budgets.sessions.total"],
  ]);
  expect(budgetsOf(call, { ...none, ...all })[0]).toMatchObject({ unit: "usd", limit: 5_000_000_000, period: "day" });
});

test("the default is for each that is not named, and what is named has nothing of it", () => {
  const agents = { default: { day: 1, month: 2 }, cook: { day: 3 } };
  expect(paths({ agents })).toEqual(["budgets.agents.cook.day"]);
  expect(paths({ agents }, { ...call, agent: "main" })).toEqual([
    "budgets.agents.default.day",
    "budgets.agents.default.month",
  ]);
  expect(paths({ jobs: { default: { day: 1 } } }, { agent: "a", sessionKey: "s", job: "constructor" })).toEqual([
    "budgets.jobs.default.day",
  ]);
});

test("what a session starts is paid from its own budget and from that of its starter", () => {
  const sessions = { name: "session" as const };
  expect(scopesOf({ agent: "a", sessionKey: "kid", parent: "s" }).slice(2)).toEqual([
    { ...sessions, id: "kid" },
    { ...sessions, id: "s" },
  ]);
  expect(scopesOf({ agent: "a", sessionKey: "s", parent: "s" })).toHaveLength(3);
  expect(budgetsOfScope({ name: "session", id: "x" }, { ...none, sessions: { day: 0 } })).toMatchObject([{ limit: 0 }]);
});
