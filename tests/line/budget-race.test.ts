// Two hundred runs at once against one budget, on the real store: what the vendor is owed never exceeds it. The costs room
// alone is driven, with kills; and the whole line, each run a message of a session of its own.
import { expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createCalendar } from "../../server/src/core/costs/calendar.ts";
import { createCosts } from "../../server/src/core/costs/costs.ts";
import { totalOf } from "../../server/src/core/costs/price.ts";
import { type RaceHouse, type RaceParts, race, racePrice } from "./budget-race.ts";
import { openWorld, say } from "./world.ts";

function costsWith({ store, clock, limit }: Pick<RaceParts, "store" | "clock" | "limit">) {
  const calendar = createCalendar("UTC");
  return createCosts({
    ...{ store, clock, calendar: () => calendar, newId: () => crypto.randomUUID(), notice: () => undefined },
    settings: () => ({
      ...{ day: limit / 1e9, warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} },
    }),
    rate: () => ({ free: false, price: racePrice }),
  });
}

/** A run is a message; the vendor reads no more than was estimated, and writes no more than it was allowed. */
function openWholeLine({ store, clock, vendor, random, limit }: RaceParts): RaceHouse {
  const costs = costsWith({ store, clock, limit });
  const planned = new Map<string, number>();
  const world = openWorld({
    ...{ store, clock, agent: { timeoutMs: 86_400_000 } },
    parts: {
      reserve(call, options) {
        planned.set(call.runId, call.inputTokens);
        return costs.reserve(call, options);
      },
      models: {
        ...openWorld().parts.models,
        async *stream(_target, request) {
          const input = Math.min(...planned.values(), 400);
          const answer = await vendor.call({ input, output: request.maxOutputTokens ?? 0 });
          if (answer.type === "partial") {
            yield { type: "text-delta", text: "x".repeat(Math.max(1, answer.chars)) };
            const cut = new Fault("limited", "provider.quota", "cut off");
            yield { type: "fault", fault: cut.toJSON() };
            return;
          }
          const text = random() < 0.1 ? "short" : "an answer";
          yield { type: "step-end", content: [{ type: "text", text }], stopReason: "end", usage: answer.usage };
        },
      },
      context: {
        ...openWorld().parts.context,
        facts: () => ({
          id: "m",
          name: "m",
          thinking: false,
          input: ["text"],
          contextTokens: 100_000,
          outputTokens: 3_000,
        }),
      },
    },
  });
  return {
    async run(number) {
      for (let turn = 0; turn < 2; turn += 1) {
        const message = say("go", { session: `agent:main:race-${number}` });
        const outcome = await (await world.line.receive(message)).ended;
        if (outcome.type === "failed" && outcome.fault.code.startsWith("budget.")) return "refused";
      }
      return "answered";
    },
    kill: () => undefined,
  };
}

function openCostsRoom({ store, clock, vendor, random, limit }: RaceParts): RaceHouse {
  const killed = new AbortController();
  const death = new Promise<never>((_, reject) => {
    killed.signal.addEventListener("abort", () => reject(killed.signal.reason));
  });
  death.catch(() => undefined);
  const costs = costsWith({ store, clock, limit });
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
])(
  "[Y01] 200 runs at once never spend more than the budget (seed %i, killed after %d calls)",
  async (seed, callsPerLife) => {
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
  },
);

test("[Y01] 200 conversations at once, through the whole line, never spend more than the budget", async () => {
  const limit = 2_000_000;
  const { owed, calls, ended, ledger } = await race({
    ...{ seed: 7, callsPerLife: Number.POSITIVE_INFINITY, limit, runs: 200, open: openWholeLine },
    watch: (now) => expect(now).toBeLessThanOrEqual(limit),
  });
  expect(owed).toBeLessThanOrEqual(limit);
  expect(ended.refused).toBeGreaterThan(0);
  expect([ended.answered + ended.refused, calls > 100]).toEqual([200, true]);
  expect(totalOf(ledger.nanoUsd)).toBeGreaterThanOrEqual(owed);
  expect(owed).toBeGreaterThan(limit * 0.5);
});
