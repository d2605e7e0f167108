import { describe, expect, test } from "bun:test";
import { Fault, type ProviderEvent, type RunEventBody } from "@homarus/sdk";
import { createFakeClock, createScriptedProvider, type ScriptedStep } from "@homarus/sdk/testing";
import { type Attempt, type AttemptParts, attemptStep, type Hold, reasonOf } from "./attempt.ts";

const target = { provider: "one", model: "m1", key: "a" };

interface Wish {
  readonly script?: readonly ScriptedStep[];
  readonly stream?: AttemptParts["stream"];
  readonly hold?: (onWait: () => void) => Promise<Partial<Hold>>;
  readonly warnings?: readonly string[];
}

function open(wish: Wish = {}) {
  const provider = createScriptedProvider(wish.script ?? [{ text: "Hello" }]);
  const stop = new AbortController();
  const ends: string[] = [];
  const events: RunEventBody[] = [];
  const end = (text: string): void => {
    // The first end counts, as the costs room has it.
    if (ends.length === 0) ends.push(text);
  };
  const hold: Hold = {
    async settle(how) {
      end(how.type === "usage" ? `usage ${how.usage.input}` : `partial ${how.chars}`);
      return how.type === "usage" ? (wish.warnings ?? []) : [];
    },
    void: async () => end("void"),
  };
  const parts: AttemptParts = {
    ...{ clock: createFakeClock(0), signal: stop.signal, repair: async () => undefined, newId: () => "1" },
    watch: { answered: () => undefined, failed: () => undefined, limits: () => undefined },
    // biome-ignore lint/correctness/useYield: nothing is told on the way to this request.
    async *request({ model }, thinking) {
      const system = { stable: "", volatile: "" };
      return { request: { model, system, turns: [], tools: [], thinking, cacheKey: "k" }, tokens: 7 };
    },
    hold: async (_target, { tokens }, onWait) => ({ ...hold, ...(await wish.hold?.(onWait)), tokens }),
    stream: wish.stream ?? ((_, request, signal) => provider.stream(request, signal)),
  };
  const result = async (): Promise<Attempt> => {
    const steps = attemptStep({ target, thinking: "off", asText: false }, parts);
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
      events.push(next.value);
    }
  };
  return { result, ends, events, provider, stop, parts };
}

describe("[Y01] a call is paid", () => {
  test("by what the vendor counted, and warnings of budgets are shown", async () => {
    const it = open({ warnings: ["80 % is spent."] });
    expect(await it.result()).toMatchObject({ type: "step" });
    expect(it.ends).toEqual(["usage 10"]);
    expect(it.events.at(-1)).toEqual({ type: "progress", about: "budget", text: "80 % is spent." });
  });

  test("no further than the budget lets it write", async () => {
    const it = open({ hold: async () => ({ maxOutputTokens: 99 }) });
    await it.result();
    expect(it.provider.requests[0]?.maxOutputTokens).toBe(99);
  });

  test.each([
    ["auth", "provider.auth", "", "void"],
    ["limited", "provider.limited", "", "void"],
    ["overflow", "provider.overflow", "", "void"],
    ["unavailable", "provider.unreachable", "", "void"],
    ["unavailable", "provider.cut", "", "partial 0"],
    ["unavailable", "provider.timeout", "", "partial 0"],
    ["unavailable", "provider.unavailable", "Half", "partial 4"],
    ["aborted", "provider.aborted", "", "partial 0"],
  ] as const)("%s %s after %p ends it as %s", async (kind, code, partial, end) => {
    const it = open({ script: [{ fault: new Fault(kind, code, code), partial }] });
    expect(await it.result()).toMatchObject({ type: "fault" });
    expect(it.ends).toEqual([end]);
  });

  test("for what had come by then, when nobody listens any more", async () => {
    async function* endless(): AsyncGenerator<ProviderEvent> {
      for (;;) yield { type: "thinking-delta", text: "hm" };
    }
    const it = open({ stream: endless });
    const steps = attemptStep({ target, thinking: "off", asText: false }, it.parts);
    await steps.next();
    await steps.next();
    await steps.return({ type: "fault", fault: new Fault("aborted", "x", "x"), shown: "" });
    expect(it.ends).toEqual(["partial 4"]);
  });

  test("or it is not made: a budget without room is its fault, and nobody is asked", async () => {
    const full = new Fault("denied", "budget.day", "Nothing is left.");
    const it = open({ hold: () => Promise.reject(full) });
    expect(await it.result()).toMatchObject({ type: "fault", fault: { code: "budget.day" } });
    expect(it.provider.requests).toEqual([]);
  });

  test("after a wait for others, which is told", async () => {
    const it = open({
      async hold(onWait) {
        onWait();
        await new Promise((resolve) => setImmediate(resolve));
        return {};
      },
    });
    await it.result();
    expect(it.events[0]).toMatchObject({ type: "progress", about: "budget" });
  });
});

test("when the run was stopped, why it was stopped counts", () => {
  const stop = new AbortController();
  const own = new Fault("unavailable", "provider.cut", "cut");
  expect(reasonOf(stop.signal, own)).toBe(own);
  const reason = new Fault("aborted", "run.stopped", "stopped");
  stop.abort(reason);
  expect(reasonOf(stop.signal, own)).toBe(reason);
});
