import { expect, test } from "bun:test";
import { createRandom } from "@homarus/sdk/testing";
import { costOf, dollars, mostOf, outputFor, type Rate, rateUpTo, totalOf } from "./price.ts";

const about = { asOf: "2026-11-01", source: "test" };
const priced = (input: number, output: number, more: object = {}): Rate => ({
  free: false,
  price: { input, output, ...more, ...about },
});
const usage = (input: number, output: number, cacheRead = 0, cacheWrite = 0) => ({
  ...{ input, output, cacheRead, cacheWrite },
});

test("a price for a million tokens becomes whole nano-dollars, rounded up for each kind", () => {
  const rate = priced(3, 15, { cacheRead: 0.3, cacheWrite: 3.75 });
  expect(costOf(usage(1_000, 200, 10_000, 4), rate)).toEqual(usage(3_000_000, 3_000_000, 3_000_000, 15_000));
  expect(costOf(usage(1, 1), priced(0.0375, 0.15))).toEqual(usage(38, 150));
  expect(costOf(usage(3, 0), priced(0.1, 0))).toEqual(usage(300, 0));
});

test("cached tokens cost what the price says of them, and as much as others where it says nothing", () => {
  expect(costOf(usage(0, 0, 10, 10), priced(2, 9))).toEqual(usage(0, 0, 20_000, 20_000));
});

test("what nobody knows the price of costs null; what is free costs 0", () => {
  expect(costOf(usage(1, 1), { free: false })).toBeNull();
  expect(mostOf({ input: 1, output: 1 }, { free: false })).toBeNull();
  expect(costOf(usage(1, 1), { free: true })).toEqual(usage(0, 0));
});

test("the most a call may come to is never less than what it does come to, however its tokens are shared out", () => {
  const random = createRandom(7);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  for (let round = 0; round < 2_000; round += 1) {
    const price = () => upTo(20_000) / 1_000 + random() / 1e4;
    const rate = priced(price(), price(), random() < 0.5 ? { cacheRead: price(), cacheWrite: price() } : {});
    const input = upTo(5_000);
    const output = upTo(900);
    const [read, write] = [upTo(input / 2), upTo(input / 2)];
    const used = costOf(usage(input - read - write, upTo(output), read, write), rate);
    const most = mostOf({ input, output }, rate);
    expect(used && most && totalOf(used) <= totalOf(most)).toBe(true);
    const money = upTo(1_000_000_000);
    const tokens = outputFor(money, rate);
    if (Number.isFinite(tokens)) expect(mostOf({ input: 0, output: tokens }, rate)?.output).toBeLessThanOrEqual(money);
  }
});

test("a long prompt has its own price for the whole call, and may be held at no less", () => {
  const rate = priced(1, 2, { above: { tokens: 100, input: 5, output: 4, cacheRead: 0.5 } });
  expect(costOf(usage(100, 10), rate)).toEqual(usage(100_000, 20_000));
  expect(costOf(usage(41, 10, 60), rate)).toEqual(usage(205_000, 40_000, 30_000));
  expect(mostOf({ input: 100, output: 10 }, rateUpTo(rate, 100))).toEqual(usage(100_002, 20_000));
  expect(mostOf({ input: 101, output: 10 }, rateUpTo(rate, 101))).toEqual(usage(505_002, 40_000));
  expect(rateUpTo(priced(1, 2), 999)).toEqual(priced(1, 2));
});

test("output that costs nothing has no end", () => {
  expect(outputFor(0, priced(1, 0))).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [0, "$0.00"],
  [12_345_678_900, "$12.35"],
  [123_000_000, "$0.12"],
  [12_300_000, "$0.012"],
  [1_230_000, "$0.0012"],
  [5, "less than $0.0001"],
])("%i nano-dollars are told as %s", (nanoUsd, words) => expect(dollars(nanoUsd)).toBe(words));
