import { describe, expect, test } from "bun:test";
import { Fault, type FaultKind, type ModelRequest, type ProviderEvent, type RunEventBody } from "@homarus/sdk";
import { createFakeClock, createScriptedProvider, type FakeClock, type ScriptedStep } from "@homarus/sdk/testing";
import { modelStep, type StepResult } from "./step.ts";

const request: ModelRequest = {
  ...{ model: "m", system: { stable: "", volatile: "" }, turns: [], tools: [], thinking: "off", cacheKey: "k" },
};
const fault = (kind: FaultKind, retryAt?: number) =>
  new Fault(kind, `x.${kind}`, kind, retryAt === undefined ? {} : { retryAt });

interface Played {
  readonly events: RunEventBody[];
  readonly result: Promise<StepResult>;
}

function play(
  stream: (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ProviderEvent>,
  clock: FakeClock,
  signal: AbortSignal,
): Played {
  const events: RunEventBody[] = [];
  const steps = modelStep(request, { stream, clock, signal });
  const result = (async () => {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
      events.push(next.value);
    }
  })();
  return { events, result };
}

function open(script: readonly ScriptedStep[]) {
  const clock = createFakeClock(0);
  const stop = new AbortController();
  const provider = createScriptedProvider(script);
  const played = play(provider.stream, clock, stop.signal);
  const untilAsleep = async () => {
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...played, clock, stop, provider, untilAsleep };
}

describe("a model step", () => {
  test("tells text and reasoning as they come and gives back the whole step", async () => {
    const it = open([{ thinking: "Hm.", text: "Hello there" }]);
    expect(await it.result).toMatchObject({
      type: "step",
      step: {
        content: [{ type: "thinking" }, { type: "text", text: "Hello there" }],
        stopReason: "end",
        usage: { input: 10 },
      },
    });
    expect(it.events.map((event) => event.type)).toEqual(["thinking-delta", "text-delta", "text-delta"]);
  });

  test("a provider that is out for a moment is tried three times, each wait longer", async () => {
    const it = open([{ fault: fault("unavailable") }, { fault: fault("unavailable") }, { text: "Back." }]);
    await it.untilAsleep();
    await it.clock.advance(999);
    expect(it.provider.requests).toHaveLength(1);
    await it.clock.advance(1);
    await it.untilAsleep();
    expect(it.provider.requests).toHaveLength(2);
    await it.clock.advance(1_999);
    expect(it.provider.requests).toHaveLength(2);
    await it.clock.advance(1);
    expect(await it.result).toMatchObject({ type: "step" });
    expect(it.events.filter((event) => event.type === "fault")).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  test("after three tries the fault is the answer, with what had come of the last", async () => {
    const it = open([{ fault: fault("unavailable"), partial: "Hal" }]);
    for (const wait of [1_000, 2_000]) {
      await it.untilAsleep();
      await it.clock.advance(wait);
    }
    expect(await it.result).toMatchObject({ type: "fault", fault: { kind: "unavailable" }, partial: "Hal" });
    expect(it.provider.requests).toHaveLength(3);
  });

  test("a vendor that names a time is asked again then, and not before", async () => {
    const it = open([{ fault: fault("limited", 17_000) }, { text: "Now." }]);
    await it.untilAsleep();
    await it.clock.advance(16_999);
    expect(it.provider.requests).toHaveLength(1);
    await it.clock.advance(1);
    expect(await it.result).toMatchObject({ type: "step" });
  });

  test("nobody waits longer than a minute: the person is told instead", async () => {
    const it = open([{ fault: fault("limited", 60_001) }]);
    expect(await it.result).toMatchObject({ type: "fault", fault: { kind: "limited" } });
    expect([it.provider.requests.length, it.events.length]).toEqual([1, 0]);
    const justWithin = open([{ fault: fault("limited", 60_000) }, { text: "Now." }]);
    await justWithin.untilAsleep();
    await justWithin.clock.advance(60_000);
    expect(await justWithin.result).toMatchObject({ type: "step" });
  });

  test.each(["auth", "invalid", "denied", "overflow", "config", "bug"] as const)(
    "%s is not tried again",
    async (kind) => {
      const it = open([{ fault: fault(kind) }]);
      expect(await it.result).toMatchObject({ type: "fault", fault: { kind } });
      expect(it.provider.requests).toHaveLength(1);
    },
  );

  test("a stop during the wait ends it with the reason of the stop", async () => {
    const it = open([{ fault: fault("unavailable") }]);
    await it.untilAsleep();
    it.stop.abort(new Fault("aborted", "run.stopped", "stopped"));
    expect(await it.result).toMatchObject({ type: "fault", fault: { code: "run.stopped" } });
  });

  test("a stop in mid-stream keeps what had come, and its own reason", async () => {
    const it = open([{ hang: "I was about" }]);
    while (it.events.length < 3) await new Promise((resolve) => setImmediate(resolve));
    it.stop.abort(new Fault("aborted", "run.stopped", "stopped"));
    expect(await it.result).toMatchObject({ type: "fault", fault: { code: "run.stopped" }, partial: "I was about" });
  });

  test("a stream that breaks off or throws is a fault with what had come", async () => {
    async function* cut(): AsyncGenerator<ProviderEvent> {
      yield { type: "text-delta", text: "Hal" };
    }
    async function* thrown(): AsyncGenerator<ProviderEvent> {
      yield { type: "text-delta", text: "Hal" };
      throw new Error("broken");
    }
    const never = new AbortController().signal;
    const hurried = { ...createFakeClock(), sleep: async () => undefined };
    expect(await play(cut, hurried, never).result).toMatchObject({ fault: { code: "provider.cut" }, partial: "Hal" });
    expect(await play(thrown, hurried, never).result).toMatchObject({
      fault: { kind: "bug", code: "provider.threw" },
      partial: "Hal",
    });
  });
});
