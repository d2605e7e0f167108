import { describe, expect, test } from "bun:test";
import { Fault, type FaultKind, type ProviderEvent, type RunEventBody, type ThinkingLevel } from "@homarus/sdk";
import { createFakeClock, createScriptedProvider, type FakeClock, type ScriptedStep } from "@homarus/sdk/testing";
import { modelStep, type NextTry, type StepParts, type StepResult, type StepTarget } from "./step.ts";

const fault = (kind: FaultKind) => new Fault(kind, `x.${kind}`, kind);
const one: StepTarget = { provider: "one", model: "m1", key: "a" };
const two: StepTarget = { provider: "two", model: "m2", key: "a" };
const ask = (target: StepTarget, thinking: ThinkingLevel = "off"): NextTry => ({
  type: "try",
  target,
  thinking,
  asText: false,
});
const giveUp: NextTry = { type: "stop", fault: fault("unavailable") };

function open(stream: StepParts["stream"], plan: readonly NextTry[], clock: FakeClock = createFakeClock(0)) {
  const stop = new AbortController();
  const events: RunEventBody[] = [];
  const told: string[] = [];
  let at = 0;
  const steps = modelStep({
    ...{ stream, clock, signal: stop.signal, repair: async () => undefined, newId: () => "1" },
    // biome-ignore lint/correctness/useYield: nothing is told on the way to this request.
    async *request({ model }, thinking) {
      const system = { stable: "", volatile: "" };
      return { request: { model, system, turns: [], tools: [], thinking, cacheKey: "k" }, tokens: 1 };
    },
    hold: async () => ({ settle: async () => [], void: async () => undefined }),
    asking: {
      first: one,
      next: () => plan[Math.min(at++, plan.length - 1)] as NextTry,
      answered: ({ provider }) => told.push(`${provider} answered`),
      failed: ({ provider }, { kind }) => told.push(`${provider} ${kind}`),
    },
    watch: {
      answered: (provider, latency) => told.push(`watch ${provider} ${latency}`),
      failed: (provider, { kind }) => told.push(`watch ${provider} ${kind}`),
      limits: (provider, { requests }) => told.push(`watch ${provider} left ${requests?.left}`),
    },
  });
  const result = (async (): Promise<StepResult> => {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
      events.push(next.value);
    }
  })();
  const untilAsleep = async () => {
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { events, result, told, stop, clock, untilAsleep };
}

function scripted(script: readonly ScriptedStep[], plan: readonly NextTry[]) {
  const provider = createScriptedProvider(script);
  return { ...open((_, request, signal) => provider.stream(request, signal), plan), provider };
}

describe("a model step", () => {
  test("tells text and reasoning as they come and gives back the whole step, with who wrote it", async () => {
    const it = scripted([{ thinking: "Hm.", text: "Hello there" }], [ask(one)]);
    expect(await it.result).toMatchObject({
      type: "step",
      step: {
        content: [{ type: "thinking" }, { text: "Hello there" }],
        usage: { input: 10 },
        provider: "one",
        model: "m1",
      },
    });
    expect(it.events.map((event) => event.type)).toEqual(["thinking-delta", "text-delta", "text-delta"]);
    expect(it.told).toEqual(["watch one 0", "one answered"]);
  });

  test("[A28] the next that is named is asked instead, in its own words, and the person sees it", async () => {
    const it = scripted([{ fault: fault("limited") }, { text: "Here." }], [ask(one, "high"), ask(two, "low")]);
    expect(await it.result).toMatchObject({ type: "step", step: { provider: "two", model: "m2" } });
    expect(it.provider.requests.map(({ model, thinking }) => `${model} ${thinking}`)).toEqual(["m1 high", "m2 low"]);
    expect(it.events).toMatchObject([
      { type: "fault", fault: { kind: "limited" }, attempt: 1 },
      { type: "progress", about: "failover", text: "one/m1 asks to wait; I ask two/m2 instead." },
      { type: "text-delta" },
    ]);
  });

  test("a wait is told with its end, and lasts until then", async () => {
    const wait: NextTry = { type: "wait", until: 17_000, because: fault("limited").toJSON(), target: one };
    const it = scripted([{ text: "Now." }], [wait, ask(one)]);
    await it.untilAsleep();
    expect(it.events).toEqual([
      { type: "progress", about: "waiting", text: "one/m1 asks to wait; I try again in 17 s.", until: 17_000 },
    ]);
    await it.clock.advance(16_999);
    expect(it.provider.requests).toHaveLength(0);
    await it.clock.advance(1);
    expect(await it.result).toMatchObject({ type: "step" });
  });

  test("when nobody is left, that is the answer", async () => {
    const it = scripted([{ fault: fault("auth") }], [ask(one), giveUp]);
    expect(await it.result).toMatchObject({ type: "fault", fault: { kind: "unavailable" }, shown: "", by: one });
  });

  test.each(["overflow", "denied"] as const)("%s is no model's fault: it is given back at once", async (kind) => {
    const it = scripted([{ fault: fault(kind) }], [ask(one), ask(two)]);
    expect(await it.result).toMatchObject({ type: "fault", fault: { kind } });
    expect(it.told).toEqual([`watch one ${kind}`]);
  });

  test("words that were shown are not said again: the step ends broken, with them", async () => {
    const it = scripted([{ fault: fault("unavailable"), partial: "Once upon" }], [ask(one), ask(two)]);
    expect(await it.result).toMatchObject({ type: "broken", shown: "Once upon", by: one });
    expect(it.provider.requests).toHaveLength(1);
    expect(it.events.some((event) => event.type === "fault")).toBe(false);
  });

  test("a stop during the wait ends it with the reason of the stop", async () => {
    const wait: NextTry = { type: "wait", until: 5_000, because: fault("limited").toJSON(), target: one };
    const it = scripted([{ text: "never" }], [wait]);
    await it.untilAsleep();
    it.stop.abort(new Fault("aborted", "run.stopped", "stopped"));
    expect(await it.result).toMatchObject({ type: "fault", fault: { code: "run.stopped" } });
  });

  test("a stop in mid-stream keeps what had come, and its own reason", async () => {
    const it = scripted([{ hang: "I was about" }], [ask(one)]);
    while (it.events.length < 3) await new Promise((resolve) => setImmediate(resolve));
    it.stop.abort(new Fault("aborted", "run.stopped", "stopped"));
    expect(await it.result).toMatchObject({ type: "fault", fault: { code: "run.stopped" }, shown: "I was about" });
  });

  test("a stream that breaks off or throws is a fault with what had come", async () => {
    async function* cut(): AsyncGenerator<ProviderEvent> {
      yield { type: "limits", limits: { requests: { left: 7 } } };
      yield { type: "text-delta", text: "Hal" };
    }
    async function* thrown(): AsyncGenerator<ProviderEvent> {
      yield { type: "text-delta", text: "Hal" };
      throw new Error("broken");
    }
    const first = open(cut, [ask(one)]);
    expect(await first.result).toMatchObject({ type: "broken", fault: { code: "provider.cut" }, shown: "Hal" });
    expect(first.told).toEqual(["watch one left 7", "watch one unavailable", "one unavailable"]);
    const second = open(thrown, [ask(one)]);
    expect(await second.result).toMatchObject({ fault: { kind: "bug", code: "provider.threw" }, shown: "Hal" });
  });
});
