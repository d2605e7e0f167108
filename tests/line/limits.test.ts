// Limits and the emergency stop, through the whole line.
import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, type ScriptedStep } from "@homarus/sdk/testing";
import { createHalt } from "../../server/src/core/halt/halt.ts";
import { createLimits } from "../../server/src/core/limits/limits.ts";
import { noLimits, openWorld, say, type World, type WorldOptions } from "./world.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const elsewhere = (session: string) => ({ origin: "program" as const, session: `agent:main:${session}` });

function limited(runs: number, options: WorldOptions = {}): World {
  const base = openWorld(options);
  return openWorld({
    ...options,
    store: base.store,
    clock: base.clock,
    parts: { limits: createLimits(() => ({ ...noLimits, runs }), base.clock) },
  });
}

describe("the house's limit", () => {
  test("[T07] [M10] so many runs go at once, the others wait their turn and are told so", async () => {
    let going = 0;
    let most = 0;
    const script = (): ScriptedStep => ({ text: "Done." });
    const world = limited(2, {
      script: (_, call) => (call <= 6 ? { calls: [{ id: `c${call}`, name: "act", input: {} }] } : script()),
      execute: async () => {
        going += 1;
        most = Math.max(most, going);
        await settle();
        await settle();
        going -= 1;
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const all = await Promise.all(
      ["a", "b", "c", "d", "e", "f"].map((name) => world.line.receive(say("go", elsewhere(name)))),
    );
    const outcomes = await Promise.all(all.map(({ ended }) => ended));
    expect(outcomes.every(({ type }) => type === "replied")).toBe(true);
    expect(most).toBe(2);
    expect(world.events.some((event) => event.type === "progress" && event.about === "queue")).toBe(true);
  });

  test("[K07] a run that waits for its owner's yes gives its place to others", async () => {
    const script = (_: unknown, call: number): ScriptedStep =>
      call === 1 ? { calls: [{ id: "c1", name: "act", input: {} }] } : { text: `Answer ${call}.` };
    const world = limited(1, {
      script,
      agent: { policy: { profile: "full", lists: [], rules: [], approvals: [{ mode: "always" }], unattended: "deny" } },
    });
    const parked = await world.line.receive(say("please"));
    while ((await world.parts.approvals.waiting()).length === 0) await settle();
    const other = await world.line.receive(say("hello", elsewhere("other")));
    expect(await other.ended).toMatchObject({ type: "replied" });
    const [one] = await world.parts.approvals.waiting();
    await world.parts.approvals.decide(one?.id ?? "", { type: "allowed", scope: "once", by: "Pat", channel: "web" });
    expect(await parked.ended).toMatchObject({ type: "replied" });
  });

  test("a run that waits for its turn can be stopped", async () => {
    const world = limited(1, { script: [{ hang: "…" }, { text: "Never." }] });
    const first = await world.line.receive(say("go", elsewhere("a")));
    const second = await world.line.receive(say("go", elsewhere("b")));
    while (world.line.runs.active().length < 2) await settle();
    world.line.runs.abort("agent:main:b");
    expect(await second.ended).toMatchObject({ type: "failed", fault: { code: "run.stopped" } });
    world.line.runs.abort("agent:main:a");
    await first.ended;
  });
});

describe("a message that nobody waits for", () => {
  test("[T09] [M12] is tried again after 5, 10, 20, 40 and 80 seconds before it is given up", async () => {
    let tries = 0;
    const down = openWorld({
      agent: { timeoutMs: 86_400_000 },
      // biome-ignore lint/correctness/useYield: a vendor that is down says nothing.
      stream: async function* () {
        tries += 1;
        throw new Fault("unavailable", "p.down", "The vendor is down.");
      },
    });
    const waits: number[] = [];
    const { ended } = await down.line.receive(say("hook", { origin: "hook", session: "agent:main:hook" }));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    for (let step = 0; step < 5_000 && !isOver; step += 1) {
      await settle();
      await down.clock.advance(1_000);
    }
    for (const event of down.events)
      if (event.type === "progress" && event.text.endsWith("I try again.")) waits.push((event.until ?? 0) - event.at);
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000]);
    expect(await ended).toMatchObject({ type: "failed", fault: { code: "p.down" } });
    expect(tries).toBeGreaterThanOrEqual(6);
  });
});

describe("the emergency stop", () => {
  function open(script: WorldOptions["script"] = [{ hang: "…" }]) {
    const base = openWorld();
    let world: World | undefined;
    const halt = createHalt({
      ...{ store: base.store, clock: base.clock, digest: (text) => `d${text}`, emit: () => undefined },
      random: (bytes) => new Uint8Array(bytes).fill(1),
      stopRuns: () => world?.line.runs.abortAll() ?? 0,
    });
    world = openWorld({ store: base.store, clock: base.clock, ...(script ? { script } : {}), parts: { halt } });
    return { world, halt };
  }

  test("stops every run and lets none begin; only the code lets it go on", async () => {
    const { world, halt } = open();
    const code = await halt.newCode();
    const first = await world.line.receive(say("work"));
    while (world.line.runs.active().length === 0) await settle();
    const stop = await world.line.receive(say("/stop all"));
    expect(await stop.ended).toMatchObject({ text: expect.stringContaining("Everything is stopped (1 run)") });
    expect(await first.ended).toMatchObject({ type: "failed", fault: { code: "run.stopped" } });
    for (const origin of ["person", "job", "hook"] as const) {
      const { ended } = await world.line.receive(say("more", { origin }));
      expect(await ended).toMatchObject({ type: "refused", reason: "stopped" });
    }
    const wrong = await world.line.receive(say("/resume AAAA-AAAA"));
    expect(await wrong.ended).toMatchObject({ type: "failed", fault: { kind: "denied", code: "halt.code" } });
    expect(halt.state()).toMatchObject({ by: "Pat" });
    await (await world.line.receive(say(`/resume ${code.toLowerCase()}`))).ended;
    expect(halt.state()).toBeUndefined();
    expect(
      (await world.store.auditPage(0, 99)).filter(({ type }) => type === "stop").map(({ action }) => action),
    ).toEqual(["stops everything", "lets everything go on"]);
  });

  test("a stop that could not be stored holds, says so, and is stored when it is said again", async () => {
    const store = createMemoryStore();
    let isFull = true;
    const open = () =>
      createHalt({
        ...{ clock: createFakeClock(5), digest: (text) => text, emit: () => undefined, stopRuns: () => 2 },
        random: (bytes) => new Uint8Array(bytes),
        store: {
          values: store.values,
          commit: async (writes) => (isFull ? Promise.reject(new Error("full")) : store.commit(writes)),
        },
      });
    const halt = open();
    await expect(halt.stop("Pat", "web")).rejects.toMatchObject({ kind: "unavailable", code: "halt.unwritten" });
    expect(halt.state()).toEqual({ since: 5, by: "Pat" });
    isFull = false;
    expect(await halt.stop("Sam", "web")).toBe(2);
    expect(await halt.stop("Sam", "web")).toBe(2);
    const next = open();
    await next.load();
    expect(next.state()).toEqual({ since: 5, by: "Pat" });
    expect(await store.auditPage(0, 9)).toHaveLength(1);
    isFull = true;
    const other = open();
    await store.values("house").remove("halt");
    await expect(other.stop("Pat", "web")).rejects.toMatchObject({ code: "halt.unwritten" });
    isFull = false;
    await expect(other.resume("nope", "x", "y")).rejects.toMatchObject({ code: "halt.code" });
    expect(await store.auditPage(0, 9)).toHaveLength(2);
  });

  test("too many wrong codes close that way until a new one is made on the machine", async () => {
    const { halt } = open();
    const code = await halt.newCode();
    await halt.stop("Pat", "web");
    for (let tries = 0; tries < 5; tries += 1)
      await expect(halt.resume("nope", "x", "y")).rejects.toMatchObject({ code: "halt.code" });
    await expect(halt.resume(code, "x", "y")).rejects.toMatchObject({ hint: expect.stringContaining("new code") });
    const next = await halt.newCode();
    await halt.resume(next, "Pat", "web");
    await expect(halt.resume(next, "Pat", "web")).rejects.toMatchObject({ code: "halt.none" });
  });

  test("a house that was stopped stays so after a restart", async () => {
    const { world, halt } = open();
    await halt.stop("Pat", "web");
    const next = createHalt({
      ...{ store: world.store, clock: world.clock, digest: (text) => text, emit: () => undefined },
      ...{ random: (bytes) => new Uint8Array(bytes), stopRuns: () => 0 },
    });
    await next.load();
    expect(next.state()).toMatchObject({ by: "Pat" });
  });

  test("a group and another session stop nothing, and a group resumes nothing, with the code either", async () => {
    const { world, halt } = open();
    for (const other of [{ place: { id: "g", type: "group" as const } }, { origin: "agent" as const }]) {
      const { ended } = await world.line.receive(say("/stop all", other));
      expect(await ended).toMatchObject({ type: "failed", fault: { kind: "denied" } });
    }
    expect(halt.state()).toBeUndefined();
    const code = await halt.newCode();
    await halt.stop("Pat", "web");
    const { ended } = await world.line.receive(say(`/resume ${code}`, { place: { id: "g", type: "group" } }));
    expect((await ended)?.type).not.toBe("answered");
    expect(halt.state()).toMatchObject({ by: "Pat" });
  });
});
