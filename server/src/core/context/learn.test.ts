import { expect, test } from "bun:test";
import { noUsage } from "@homarus/sdk";
import { createMemoryStore } from "@homarus/sdk/testing";
import { createRates, inputOf } from "./learn.ts";

const weight = { units: 10_000, chars: 10_000, media: 0 };
const counts = (input: number, more = {}) => ({ ...noUsage, input, ...more });

async function open(store = createMemoryStore()) {
  const failures: unknown[] = [];
  const rates = createRates(store.values("context"), (thrown) => failures.push(thrown));
  await rates.load("p/m");
  return { rates, store, failures };
}

test("[B10] the first guess is too high, and counts of the vendor bring it near the truth", async () => {
  const { rates } = await open();
  expect(rates.tokensOf("p/m", weight)).toBeGreaterThan(2_700);
  for (let step = 0; step < 30; step += 1) rates.counted("p/m", weight, counts(2_400));
  expect(rates.tokensOf("p/m", weight)).toBeCloseTo(2_400, -2);
  for (let step = 0; step < 5; step += 1) rates.counted("p/m", weight, counts(4_000));
  expect(rates.tokensOf("p/m", weight)).toBeGreaterThan(3_900);
});

test("what was read from the vendor's cache is counted too, and pictures are no text", async () => {
  expect(inputOf(counts(5, { cacheRead: 7, cacheWrite: 11 }))).toBe(23);
  const { rates } = await open();
  for (let step = 0; step < 40; step += 1)
    rates.counted("p/m", { ...weight, media: 1_600 }, counts(100, { cacheRead: 4_000 }));
  expect(rates.tokensPerUnit("p/m")).toBeCloseTo(0.25, 2);
});

test("a count that cannot be of this text changes nothing", async () => {
  const { rates } = await open();
  const before = rates.tokensPerUnit("p/m");
  for (const input of [0, 10, 900_000, Number.NaN]) rates.counted("p/m", weight, counts(input));
  rates.counted("p/m", { ...weight, units: 100 }, counts(60));
  expect(rates.tokensPerUnit("p/m")).toBe(before);
});

test("a restart does not forget, and nonsense in the store is no knowledge", async () => {
  const { rates, store } = await open();
  for (let step = 0; step < 30; step += 1) rates.counted("p/m", weight, counts(2_000));
  rates.refused("p/m", 50_000);
  await new Promise((resolve) => setImmediate(resolve));
  const { rates: later } = await open(store);
  expect(later.tokensPerUnit("p/m")).toBeLessThan(0.22);
  expect(later.limit("p/m")).toBe(45_000);
  expect(later.tokensPerUnit("p/other")).toBe(0.3);
  await store.values("context").set("p/m", { rate: "much" });
  expect((await open(store)).rates.tokensPerUnit("p/m")).toBe(0.3);
});

test("what a model refused though its list says otherwise is forgotten at a restart", async () => {
  const { rates, store } = await open();
  rates.refused("p/m", 50_000, true);
  for (let step = 0; step < 30; step += 1) rates.counted("p/m", weight, counts(2_000));
  expect(rates.limit("p/m")).toBe(45_000);
  await new Promise((resolve) => setImmediate(resolve));
  const { rates: later } = await open(store);
  expect(later.limit("p/m")).toBeUndefined();
  expect(later.tokensPerUnit("p/m")).toBeLessThan(0.22);
});

test("a refusal lowers what is given, and an answer to more raises it", async () => {
  const { rates } = await open();
  rates.refused("p/m", 10_000);
  expect(rates.limit("p/m")).toBe(9_000);
  rates.refused("p/m", 20_000);
  expect(rates.limit("p/m")).toBe(9_000);
  rates.counted("p/m", { units: 60_000, chars: 60_000, media: 0 }, counts(15_000));
  expect(rates.limit("p/m")).toBe(15_000);
});
