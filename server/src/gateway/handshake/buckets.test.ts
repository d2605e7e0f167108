import { describe, expect, test } from "bun:test";
import { Buckets } from "./buckets.ts";

const taken = (buckets: Buckets, network: string, times: number, now: number) =>
  Array.from({ length: times }, () => buckets.take(network, 60, now)).filter((refused) => refused === undefined).length;

describe("a bucket", () => {
  test("gives a minute's worth at once, and then one at a time as they come back", () => {
    const buckets = new Buckets();
    expect(taken(buckets, "a", 100, 0)).toBe(60);
    expect(buckets.take("a", 60, 0)?.waitMs).toBe(1000);
    expect(buckets.take("a", 60, 400)?.waitMs).toBe(600);
    expect(taken(buckets, "a", 10, 3000)).toBe(3);
    expect(taken(buckets, "a", 100, 10 * 60_000)).toBe(60);
  });

  test("is each network's own", () => {
    const buckets = new Buckets();
    taken(buckets, "a", 100, 0);
    expect(buckets.take("b", 60, 0)).toBeUndefined();
  });

  test("says of a row of refusals which is the first", () => {
    const buckets = new Buckets();
    taken(buckets, "a", 60, 0);
    const row = [0, 0, 1000, 1000].map((now) => buckets.take("a", 60, now)?.isFirst);
    expect(row).toEqual([true, false, undefined, true]);
  });

  test("a clock that goes back takes nothing away", () => {
    const buckets = new Buckets();
    buckets.take("a", 60, 100_000);
    expect(buckets.take("a", 60, 0)).toBeUndefined();
  });

  test("the memory for them is bounded, whoever comes", () => {
    const buckets = new Buckets();
    for (let network = 0; network < 10_000; network++) buckets.take(String(network), 60, 0);
    expect(buckets.size).toBe(4096);
  });
});
