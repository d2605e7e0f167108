import { describe, expect, test } from "bun:test";
import { bar, budgetLine, cached, cost, count, groupName, groupTitle, money, type Sum, sinceOf } from "./words.ts";

const sum = (changes: Partial<Sum> = {}): Sum => ({
  ...{ calls: 3, unknownPriceCalls: 0, usd: 1.5, heldUsd: 0, heldCalls: 0 },
  tokens: { input: 100, output: 50, cacheRead: 300, cacheWrite: 0, total: 450 },
  ...changes,
});

describe("what the cost command says", () => {
  test.each([
    [0, "$0.00"],
    [12.345, "$12.35"],
    [0.0123, "$0.012"],
    [0.00001, "<$0.0001"],
  ])("%d dollars are %s", (usd, words) => expect(money(usd)).toBe(words));

  test.each([
    [999, "999"],
    [12_345, "12.3k"],
    [3_000_000, "3.0M"],
  ])("%i tokens are %s", (tokens, words) => expect(count(tokens)).toBe(words));

  test("an unknown price is shown as unknown, with the calls that it covers", () => {
    expect(cost(sum())).toBe("$1.50");
    expect(cost(sum({ unknownPriceCalls: 1 }))).toBe("$1.50 + unknown (1 call)");
    expect(cost(sum({ unknownPriceCalls: 3, usd: 0 }))).toBe("unknown (3 calls)");
  });

  test("the share that came from the cache is of all that was read", () => {
    expect(cached(sum())).toBe("75 %");
    expect(cached(sum({ tokens: { input: 0, output: 1, cacheRead: 0, cacheWrite: 0, total: 1 } }))).toBe("");
  });

  test("a group is named by what it was asked for", () => {
    expect(groupName(sum({ provider: "p", model: "m", date: "2026-11-27" }))).toBe("2026-11-27  p/m");
    expect(groupName(sum({ provider: "p" }))).toBe("p");
    expect(groupName(sum())).toBe("(none)");
    expect(groupTitle("model, day")).toBe("DAY  MODEL");
  });

  test("a bar shows what is spent and what is held, and never runs over", () => {
    expect(bar({ limit: 10, spent: 5, held: 2.5 })).toBe("██████████▒▒▒▒▒░░░░░");
    expect(bar({ limit: 10, spent: 12, held: 5 })).toBe("█".repeat(20));
    expect(bar({ limit: 0, spent: 0, held: 0 })).toBe("█".repeat(20));
  });

  test("a budget is one line: whose, for how long, how far", () => {
    const house = { scope: "house", period: "day", unit: "usd", limit: 5, spent: 4, held: 0, state: "near" } as const;
    expect(budgetLine({ ...house, path: "budgets.day" })).toEqual([
      ...["house", "day", "████████████████░░░░ 80 %", "$4.00 of $5.00", "", "near"],
    ]);
    const tokens = { ...house, scope: "session", id: "s", unit: "tokens", limit: 5_000, held: 9, state: "ok" } as const;
    expect(budgetLine({ ...tokens, path: "p" })).toEqual([
      ...["session s", "day, tokens", `${"░".repeat(20)} 0 %`, "4 of 5.0k, 9 held", "", ""],
    ]);
  });

  test("a beginning is a date, or so long ago", () => {
    expect(sinceOf("2026-11-01", 0)).toBe("2026-11-01");
    expect(sinceOf("2d", 200_000_000)).toBe(200_000_000 - 172_800_000);
    expect(sinceOf("yesterday", 0)).toBeUndefined();
  });
});
