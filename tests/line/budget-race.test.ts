// Two hundred runs at once against one budget, on the real store, with and without kills: what the vendor is owed never
// exceeds it. For now the costs room alone is driven; the race takes any house.
import { expect, test } from "bun:test";
import { createCalendar } from "../../server/src/core/costs/calendar.ts";
import { createCosts } from "../../server/src/core/costs/costs.ts";
import { totalOf } from "../../server/src/core/costs/price.ts";
import { type RaceHouse, type RaceParts, race, racePrice } from "./budget-race.ts";

function openCostsRoom({ store, clock, vendor, random, limit }: RaceParts): RaceHouse {
  const calendar = createCalendar("UTC");
  const killed = new AbortController();
  const death = new Promise<never>((_, reject) => {
    killed.signal.addEventListener("abort", () => reject(killed.signal.reason));
  });
  death.catch(() => undefined);
  const costs = createCosts({
    ...{ store, clock, calendar: () => calendar, newId: () => crypto.randomUUID(), notice: () => undefined },
    settings: () => ({
      ...{ day: limit / 1e9, warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} },
    }),
    rate: () => ({ free: false, price: racePrice }),
  });
  const step = async (number: number): Promise<"paid" | "refused"> => {
    const bound = { input: 200 + Math.floor(random() * 2_000), output: 100 + Math.floor(random() * 3_000) };
    const call = {
      ...{ runId: `r${number}`, agent: "main", sessionKey: `s${number}`, provider: "p", model: "m" },
      ...{ inputTokens: bound.input, maxOutputTokens: bound.output },
    };
    try {
      const { maxOutputTokens = bound.output, settle } = await Promise.race([
        costs.reserve(call, { signal: killed.signal }),
        death,
      ]);
      await settle(await Promise.race([vendor.call({ input: bound.input, output: maxOutputTokens }), death]));
      return "paid";
    } catch (thrown) {
      if ((thrown as { kind?: string }).kind === "denied") return "refused";
      throw thrown;
    }
  };
  return {
    async run(number) {
      for (let steps = 0; steps < 4; steps += 1) if ((await step(number)) === "refused") return "refused";
      return "answered";
    },
    kill: () => killed.abort(new Error("killed")),
  };
}

test.each([
  [1, Number.POSITIVE_INFINITY],
  [2, Number.POSITIVE_INFINITY],
  [3, 150],
  [4, 40],
  [5, 8],
])("200 runs at once never spend more than the budget (seed %i, killed after %d calls)", async (seed, callsPerLife) => {
  const limit = 2_000_000;
  const { owed, calls, ended, ledger, kills } = await race({
    ...{ seed, callsPerLife, limit, runs: 200, open: openCostsRoom },
    watch: (now) => expect(now).toBeLessThanOrEqual(limit),
  });
  expect(owed).toBeLessThanOrEqual(limit);
  expect(ended.answered + ended.refused).toBe(200);
  expect(ended.refused).toBeGreaterThan(0);
  expect(calls).toBeGreaterThan(100);
  // The ledger never says less than is owed: what a kill cut off is in it at the most it may have come to.
  const counted = totalOf(ledger.nanoUsd) + ledger.held.nanoUsd;
  expect(counted).toBeGreaterThanOrEqual(owed);
  expect(counted).toBeLessThanOrEqual(limit);
  if (callsPerLife === Number.POSITIVE_INFINITY) expect(owed).toBeGreaterThan(limit * 0.8);
  else expect(kills).toBeGreaterThan(0);
});
