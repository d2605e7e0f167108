import { expect, test } from "bun:test";
import { createCalendar } from "./calendar.ts";
import type { Counter } from "./counters.ts";
import { decide, leastOutput, mostIn } from "./decide.ts";
import type { Budget } from "./limits.ts";
import type { Rate } from "./price.ts";
import { mostFor } from "./rows.ts";
import { amountsOf, type Line, nearText, refusal, unknownPrice } from "./words.ts";

/** A nano-dollar for each token. */
const rate: Rate = { free: false, price: { input: 0.001, output: 0.001, asOf: "2026-11-01", source: "test" } };
const call = { runId: "r", agent: "a", sessionKey: "s", provider: "p", model: "m", inputTokens: 98 };
const calendar = createCalendar("UTC");
const most = mostFor(call, 4_000, rate);

function line(left: number, heldHere = 0, unit: Budget["unit"] = "usd"): Line {
  const amounts = (amount: number) => ({ usd: amount, tokens: amount });
  const counter: Counter = {
    period: calendar.periodAt("day", 0),
    ...{
      spent: amounts(10_000),
      held: amounts(heldHere),
      heldHere: amounts(heldHere),
      told: undefined,
      loading: undefined,
    },
  };
  const limit = 10_000 + heldHere + left;
  return { counter, budget: { scope: { name: "house", id: "" }, period: "day", unit, limit, path: "budgets.day" } };
}

test.each([
  ["all of it", [line(4_100)], { type: "fits", output: 4_000 }],
  ["what the tightest leaves", [line(4_100), line(3_100)], { type: "fits", output: 3_000 }],
  ["tokens as well as money", [line(4_100), line(2_098, 0, "tokens")], { type: "fits", output: 2_000 }],
  ["a little, when nothing is to be waited for", [line(100 + leastOutput)], { type: "fits", output: leastOutput }],
  ["a half at once, though more may come", [line(2_100, 9_000)], { type: "fits", output: 2_000 }],
  ["less than a half not yet, when more may come", [line(2_000, 9_000)], { type: "wait" }],
  ["nothing yet, when enough may come", [line(0, 9_000)], { type: "wait" }],
  ["nothing, when too little may come", [line(0, 1_000)], { type: "refused" }],
  ["nothing, when one of them has nothing to come", [line(0, 9_000), line(500)], { type: "refused" }],
  ["nothing beyond what was overrun", [line(-5)], { type: "refused" }],
] as const)("a call may write %s", (_, lines, decision) => {
  expect(decide(lines, most, rate)).toMatchObject(decision);
});

test("the one that leaves least, whatever ends, is named when a call is refused", () => {
  const tightest = line(500);
  expect(decide([line(0, 9_000), tightest], most, rate)).toEqual({ type: "refused", line: tightest });
});

test("a call that wants little is let go with little", () => {
  expect(decide([line(150)], mostFor(call, 40, rate), rate)).toEqual({ type: "fits", output: 40 });
});

test("what a budget is charged with at most is in its own unit", () => {
  expect([mostIn(line(0).budget, most), mostIn(line(0, 0, "tokens").budget, most)]).toEqual([4_100, 4_098]);
  expect(amountsOf(line(0, 5).budget, line(0, 5).counter)).toEqual({ spent: 10_000, held: 5, heldHere: 5 });
});

test("what is said names the budget, how far it is, when it begins anew and how it is raised", () => {
  const near = line(2_500);
  expect(nearText(near, calendar)).toBe(
    "The budget of the house for the day is 80 % used: less than $0.0001 of less than $0.0001. It begins anew on 1970-01-02 (UTC). To raise it: homarus config set budgets.day 0.000025",
  );
  const left = { ...line(0, 0, "tokens") };
  left.counter.held = { usd: 0, tokens: 7 };
  expect(refusal(left, 4_098, calendar).toJSON()).toEqual({
    ...{ kind: "denied", code: "budget.day", retryAt: 86_400_000 },
    message:
      "The token budget of the house for the day has no room for this call, which may come to 4098 tokens: 10000 tokens spent and 7 tokens held for calls that have not ended, of 10000 tokens. It begins anew on 1970-01-02 (UTC).",
    hint: "To raise it: homarus config set budgets.day 20000; to give back 7 tokens of calls that a crash cut: homarus cost release",
  });
  expect(unknownPrice("p/m", near.budget).message).toContain("Nobody knows what p/m costs, and budgets.day");
});
