import { describe, expect, test } from "bun:test";
import { Fault, type FaultKind, type ThinkingLevel } from "@homarus/sdk";
import { createAsking, type Next } from "./asking.ts";
import { createRests, type Rest } from "./rests.ts";

const fault = (kind: FaultKind, code = `provider.${kind}`, retryAt?: number) =>
  new Fault(kind, code, code, retryAt === undefined ? {} : { retryAt });

interface Wish {
  readonly models?: readonly string[];
  readonly keys?: readonly string[];
  readonly byHand?: boolean;
  readonly thinking?: ThinkingLevel;
  readonly known?: Readonly<Record<string, Rest>>;
  readonly patienceMs?: number;
}

function open(wish: Wish = {}) {
  const kept: { all: Readonly<Record<string, Rest>> } = { all: wish.known ?? {} };
  const rests = createRests(kept.all, (all) => {
    kept.all = all;
  });
  const models = (wish.models ?? ["a/1", "b/2"]).map((name) => {
    const [provider = "", model = ""] = name.split("/");
    return { provider, model };
  });
  const asking = createAsking({
    chain: { models, byHand: wish.byHand ?? false },
    ...{ thinking: wish.thinking ?? "high", ceilings: new Map(), rests, patienceMs: wish.patienceMs ?? 300_000 },
    ...{ keys: () => wish.keys ?? ["k"], toolless: new Set(), lacksTools: () => false },
  });
  const told = (next: Next): string => {
    if (next.type === "try") return `${next.target.provider}/${next.target.model}#${next.target.key} ${next.thinking}`;
    return next.type === "wait" ? `wait until ${next.until}` : `stop ${next.fault.kind}`;
  };
  return {
    ...{ rests, kept, asking },
    next: (now: number) => told(asking.next(now)),
    fails(now: number, how: Fault) {
      const next = asking.next(now);
      if (next.type !== "try") throw new Error(`nobody to fail: ${told(next)}`);
      asking.failed(next.target, how, now);
      return told(next);
    },
  };
}

describe("who is asked next", () => {
  test("one stumble is no reason to change the model; a second is", () => {
    const it = open();
    expect(it.fails(0, fault("unavailable"))).toStartWith("a/1");
    expect(it.next(0)).toBe("wait until 1000");
    expect(it.fails(1_000, fault("unavailable"))).toStartWith("a/1");
    expect(it.next(1_000)).toStartWith("b/2");
  });

  test("[A28] a vendor that asks to wait is left at once for the next of the chain", () => {
    const it = open();
    it.fails(0, fault("limited", "provider.limited", 60_000));
    expect(it.next(0)).toStartWith("b/2");
  });

  test("[A31] another key of the same model comes before another model", () => {
    const it = open({ keys: ["k1", "k2"] });
    expect(it.fails(0, fault("limited", "provider.limited", 60_000))).toBe("a/1#k1 high");
    expect(it.fails(0, fault("auth", "provider.auth"))).toBe("a/1#k2 high");
    expect(it.next(0)).toBe("b/2#k1 high");
  });

  test("a vendor that is overloaded is so for all its keys", () => {
    const it = open({ keys: ["k1", "k2"] });
    it.fails(0, fault("limited", "provider.overloaded"));
    expect(it.next(0)).toBe("b/2#k1 high");
  });

  test("when all rest by the vendors' word, the earliest is waited for, within the patience", () => {
    const it = open({ patienceMs: 50_000 });
    it.fails(0, fault("limited", "provider.limited", 40_000));
    it.fails(0, fault("limited", "provider.limited", 30_000));
    expect(it.next(0)).toBe("wait until 30000");
    expect(it.next(30_000)).toStartWith("b/2");
    it.fails(30_000, fault("limited", "provider.limited", 90_000));
    expect(it.next(30_000)).toBe("wait until 40000");
    it.fails(40_000, fault("limited", "provider.limited", 95_000));
    expect(it.next(40_000)).toBe("stop limited");
  });

  test("one that rests by our own guess is asked when nobody else is left", () => {
    const it = open({ models: ["a/1"], byHand: true });
    for (const now of [0, 1_000, 3_000, 7_000]) it.fails(now, fault("unavailable", "provider.unreachable"));
    expect(it.next(7_000)).toBe("stop unavailable");
    const later = open({ models: ["a/1"], known: it.kept.all });
    expect(later.next(7_500)).toStartWith("a/1");
  });

  test("a rest outlives the process: the next one begins with who does not rest", () => {
    const it = open();
    it.fails(0, fault("limited", "provider.quota"));
    const later = open({ known: it.kept.all });
    expect(later.next(5_000)).toStartWith("b/2");
    expect(later.next(31 * 60_000)).toStartWith("a/1");
  });

  test("an answer clears what its target was blamed for", () => {
    const it = open();
    it.fails(0, fault("limited", "provider.limited"));
    it.asking.answered({ provider: "a", model: "1", key: "k" });
    expect([it.next(0), it.kept.all]).toEqual(["a/1#k high", {}]);
  });

  test("[A35] a level of thinking that is refused is lowered until it is taken, and stays lowered", () => {
    const it = open();
    it.fails(0, fault("invalid", "provider.thinking"));
    expect(it.next(0)).toBe("a/1#k medium");
    it.fails(0, fault("invalid", "provider.thinking"));
    it.fails(0, fault("invalid", "provider.thinking"));
    expect(it.next(0)).toBe("a/1#k off");
    it.fails(0, fault("invalid", "provider.thinking"));
    expect(it.next(0)).toBe("b/2#k high");
  });

  test("[A26] a model that turns out to have no tool calls is asked again in text, and so from then on", () => {
    const it = open();
    it.fails(0, fault("invalid", "provider.no-tools"));
    expect(it.asking.next(0)).toMatchObject({ type: "try", target: { provider: "a" }, asText: true });
    it.fails(0, fault("invalid", "provider.no-tools"));
    expect(it.next(0)).toStartWith("b/2");
  });

  test.each(["auth", "config", "invalid", "bug"] as const)("[A29] %s is not asked again, and others are", (kind) => {
    const it = open();
    it.fails(0, fault(kind));
    expect(it.next(0)).toStartWith("b/2");
    for (const now of [0, 1_000, 3_000, 7_000]) it.fails(now, fault("unavailable", "provider.unreachable"));
    expect(it.next(7_000)).toBe(`stop ${kind}`);
  });

  test("the last word tells what each of them said", () => {
    const it = open();
    it.fails(0, fault("auth", "provider.auth"));
    it.fails(0, fault("config", "provider.not-found"));
    const next = it.asking.next(0);
    expect(next.type === "stop" && next.fault.message).toBe(
      "provider.auth No other answered either (a/1: provider.auth; b/2: provider.not-found).",
    );
  });

  test("the last word is of the model that was wanted, also where another provider has one of that name", () => {
    const rest = {
      until: 9_999_999,
      at: 0,
      kind: "limited",
      code: "provider.limited",
      times: 1,
      isTold: true,
    } as const;
    const it = open({ models: ["b/1", "a/1"], known: { b: rest } });
    it.fails(0, fault("auth", "provider.auth"));
    const next = it.asking.next(0);
    expect(next.type === "stop" && next.fault.code).toBe("provider.limited");
  });

  test("no plan of faults goes on for ever", () => {
    for (const kind of ["unavailable", "limited", "auth", "invalid", "config", "bug", "denied"] as const) {
      const it = open({ keys: ["k1", "k2"] });
      let now = 0;
      let tries = 0;
      for (; tries < 100; tries += 1) {
        const next = it.asking.next(now);
        if (next.type === "stop") break;
        if (next.type === "wait") now = next.until;
        else it.asking.failed(next.target, fault(kind), now);
      }
      expect([kind, tries < 100]).toEqual([kind, true]);
    }
  });
});
