// Four providers with outages by the dice: each turn ends in an answer or a stated fault, a tool's effect happens once
// for each call that was asked for, and no word that was shown is shown again.
import { expect, test } from "bun:test";
import type { Outcome, RunEvent } from "@homarus/sdk";
import { createRandom, createScriptedProvider } from "@homarus/sdk/testing";
import type { LineModels } from "../../server/src/core/line/parts.ts";
import { createAsking } from "../../server/src/core/models/asking.ts";
import { createHealth } from "../../server/src/core/models/health.ts";
import { createRests } from "../../server/src/core/models/rests.ts";
import { createWeather, type Weather } from "./weather.ts";
import { openWorld, say, type World } from "./world.ts";

const turns = Number(process.env.HOMARUS_TEST_TURNS ?? 400);
const seed = Number(process.env.HOMARUS_TEST_SEED ?? 20_261_127);
const chain = ["one", "two", "three", "four"].map((provider) => ({ provider, model: "m" }));

function modelsIn(weather: () => Weather): LineModels {
  const rests = createRests({}, () => undefined);
  return {
    watch: createHealth(),
    asking: async ({ thinking }) =>
      createAsking({
        chain: { models: chain, byHand: false },
        ...{ thinking, rests, ceilings: new Map(), patienceMs: 300_000, keys: () => ["k1", "k2"] },
        ...{ toolless: new Set(), lacksTools: () => false },
      }),
    stream({ provider }, request, signal) {
      const mayAct = request.turns.at(-1)?.type === "user";
      return createScriptedProvider(() => weather().answer(provider, mayAct)).stream(request, signal);
    },
  };
}

test(
  `[A28] [A30] [W10] a storm of ${turns} turns over four providers (seed ${seed})`,
  async () => {
    const random = createRandom(seed);
    const effects: string[] = [];
    let weather: Weather | undefined;
    const world = openWorld({
      agent: { maxSteps: 30, timeoutMs: 1_800_000 },
      execute: async ({ call }) => {
        effects.push(call.id);
        return { content: [{ type: "text", text: "done" }] };
      },
      parts: { models: modelsIn(() => weather as Weather) },
    });
    weather = createWeather(random, world.clock.now);

    const outcomes: Outcome[] = [];
    const waits: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const began = world.clock.now();
      const { ended } = await world.line.receive(
        say(`turn ${turn}`, { session: `agent:main:${Math.floor(turn / 100)}` }),
      );
      outcomes.push(await passTime(ended, world));
      waits.push(world.clock.now() - began);
      await world.clock.advance(Math.floor(random() * 20_000));
    }

    const failed = outcomes.flatMap((outcome) => (outcome.type === "failed" ? [outcome.fault.code] : []));
    for (const code of failed) expect(code).toMatch(/^provider\./);
    expect(outcomes.filter(({ type }) => type === "replied").length + failed.length).toBe(turns);
    expect(effects).toEqual([...weather.asked]);
    expectNoWordTwice(world.events);
    waits.sort((a, b) => a - b);
    const p99WaitMs = waits[Math.floor(turns * 0.99)] ?? 0;
    const byCode = Object.fromEntries(
      [...Map.groupBy(failed, (code) => code)].map(([code, all]) => [code, all.length]),
    );
    console.log(JSON.stringify({ storm: turns, seed, failed: byCode, p99WaitMs, effects: effects.length }));
    // Four vendors are seldom all out for long: that somebody answers is the rule by far.
    expect(failed.length).toBeLessThan(turns * 0.05);
  },
  Math.max(60_000, turns * 30),
);

async function passTime<Result>(ended: Promise<Result>, world: World): Promise<Result> {
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  for (let round = 0; !isOver; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isOver && round > 20) await world.clock.advance(1_000);
  }
  return ended;
}

/** What a step showed as its final words stands in the answer exactly once, in order. */
function expectNoWordTwice(events: readonly RunEvent[]): void {
  const shown = new Map<string, string>();
  for (const event of events) {
    if (event.type === "text-delta") shown.set(event.runId, (shown.get(event.runId) ?? "") + event.text);
    // What is said before a tool is called belongs to that step, not to the reply.
    if (event.type === "step-end" && event.stopReason === "tool-calls") shown.delete(event.runId);
    if (event.type === "run-end" && event.outcome.type === "replied") expect(shown.get(event.runId)).toBe(event.text);
  }
}
