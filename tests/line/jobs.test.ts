import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { hour, job, jobOf, minute, openJobsWorld, spokenTo, turns } from "./jobs-world.ts";
import { say } from "./world.ts";

const iso = (at: number | undefined): string => new Date(at ?? 0).toISOString();

describe("a job at its time", () => {
  test("[M01] [T27] a cron job comes at its time in its own time zone, also over the change to summer time", async () => {
    const clock = createFakeClock(Date.UTC(2026, 2, 29, 4, 58));
    const world = await openJobsWorld({ clock });
    await spokenTo(world);
    await world.keeper.start();
    const schedule = { type: "cron", expression: "0 7 * * *", timeZone: "Europe/Berlin" } as const;
    const { id } = await world.work.add(job({ schedule }));
    // Clocks went forward in the night before: seven o'clock is five in UTC, and was six the day before.
    expect(iso((await jobOf(world, id)).state.nextRunAt)).toBe("2026-03-29T05:00:00.000Z");
    await world.pass(minute);
    expect(world.asked).toHaveLength(0);
    await world.pass(minute);
    expect(world.asked).toHaveLength(1);
    expect(await world.work.runs(id)).toMatchObject([{ status: "ok", plannedAt: Date.UTC(2026, 2, 29, 5) }]);
    expect(iso((await jobOf(world, id)).state.nextRunAt)).toBe("2026-03-30T05:00:00.000Z");
    const next = { type: "cron", expression: "0 7 * * *", timeZone: "America/New_York" } as const;
    await world.work.update(id, { schedule: next });
    expect(iso((await jobOf(world, id)).state.nextRunAt)).toBe("2026-03-29T11:00:00.000Z");
  });

  test("[M02] [T28] an interval counts from its anchor, and each time is planned anew after it ran", async () => {
    const world = await openJobsWorld();
    const begin = world.clock.now();
    await spokenTo(world);
    await world.keeper.start();
    const { id } = await world.work.add(
      job({ schedule: { type: "every", everyMs: 10 * minute, anchorAt: begin - minute } }),
    );
    await world.pass(30 * minute);
    const runs = await world.work.runs(id);
    expect(runs.map((run) => (run.plannedAt - begin) / minute)).toEqual([29, 19, 9]);
    expect(runs.map((run) => ((run.nextRunAt ?? 0) - begin) / minute)).toEqual([39, 29, 19]);
    expect(world.asked).toHaveLength(3);
    expect((await world.work.status()).nextRunAt).toBe(begin + 39 * minute);
  });

  test("[Y08] what is due waits while the house is short of memory, and comes once there is room", async () => {
    let hasRoom = false;
    const world = await openJobsWorld({ hasRoom: () => hasRoom });
    await spokenTo(world);
    await world.keeper.start();
    const { id } = await world.work.add(job({ schedule: { type: "at", at: world.clock.now() + minute } }));
    await world.pass(10 * minute);
    expect([world.asked.length, (await world.work.runs(id)).length]).toEqual([0, 0]);
    hasRoom = true;
    world.keeper.wake();
    await world.pass(minute);
    expect(world.asked).toHaveLength(1);
  });

  test("[M02] [T29] a one-shot job comes once, and is then removed", async () => {
    const world = await openJobsWorld();
    await spokenTo(world);
    await world.keeper.start();
    const { id } = await world.work.add(job({ schedule: { type: "at", at: world.clock.now() + hour } }));
    await world.pass(3 * hour);
    expect(world.asked).toHaveLength(1);
    expect(await world.store.job(id)).toBeUndefined();
    expect(await world.work.runs(id)).toMatchObject([{ status: "ok", summary: "Hello back." }]);
    expect(world.changes.map((change) => change.action)).toEqual(["added", "started", "finished", "removed"]);
  });

  test("[T29] a one-shot job that is to stay is disabled, as is one that failed", async () => {
    const world = await openJobsWorld({
      script: (request) =>
        JSON.stringify(request.turns).includes("break")
          ? { fault: { kind: "config", code: "model.none", message: "No model." } }
          : { text: "Fine." },
    });
    await spokenTo(world);
    await world.keeper.start();
    const schedule = { type: "at", at: world.clock.now() + hour } as const;
    const stays = await world.work.add(job({ schedule, deleteAfterRun: false }));
    const fails = await world.work.add(job({ schedule, says: { type: "turn", text: "break" } }));
    await world.pass(3 * hour);
    expect(await jobOf(world, stays.id)).toMatchObject({ enabled: false, state: { lastStatus: "ok" } });
    expect(await jobOf(world, fails.id)).toMatchObject({
      ...{ enabled: false, state: { lastStatus: "error", lastError: "No model.", lastFault: "config" } },
    });
    expect(await world.work.list()).toEqual([]);
    expect(await world.work.list({ includeDisabled: true })).toHaveLength(2);
  });

  test("[T30] an isolated job begins with no history each time; a note joins the main conversation", async () => {
    const requests: ModelRequest[] = [];
    const world = await openJobsWorld({
      script: (request) => {
        requests.push(structuredClone(request));
        return { text: "Noted." };
      },
    });
    await spokenTo(world);
    await world.keeper.start();
    requests.length = 0;
    const isolated = await world.work.add(job({ name: "Alone" }));
    await world.pass(2 * hour);
    expect(requests.map((request) => request.turns.length)).toEqual([1, 1]);
    const runs = await world.work.runs(isolated.id);
    expect(runs[0]?.sessionKey).toBe(`agent:main:cron:${isolated.id}`);
    expect(runs[0]?.sessionId).not.toBe(runs[1]?.sessionId);
    await world.work.remove(isolated.id);
    requests.length = 0;
    await world.work.add(job({ name: "Together", says: { type: "note", text: "Water the plants" } }));
    await world.pass(hour);
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(requests[0]?.turns)).toContain("hello");
    expect(JSON.stringify(requests[0]?.turns.at(-1))).toContain("[job Together] Water the plants");
    expect((await world.store.session("agent:main:main"))?.last).toMatchObject({ channel: "fake", place: "chat" });
  });

  test("model, thinking and tools of a turn hold for its run, and its use is in the log", async () => {
    const requests: ModelRequest[] = [];
    const world = await openJobsWorld({
      script: (request) => {
        requests.push(structuredClone(request));
        return { text: "Done." };
      },
    });
    await world.keeper.start();
    const says = { type: "turn", text: "Look", model: "big", thinking: "high", tools: ["look"] } as const;
    const { id } = await world.work.add(job({ says }));
    expect(await world.run(id)).toMatchObject({
      status: "ok",
      provider: "scripted",
      model: "big",
      usage: { output: 5 },
    });
    expect(requests[0]).toMatchObject({ model: "big", thinking: "high" });
    expect(requests[0]?.tools.map((tool) => tool.name)).toEqual(["look"]);
  });

  test("what was missed while the house was down comes once, late, and says so", async () => {
    const world = await openJobsWorld();
    await spokenTo(world);
    const { id } = await world.work.add(job());
    world.stop();
    await world.clock.advance(5 * hour + minute);
    const next = await world.restart();
    await next.pass(minute);
    expect(next.asked).toHaveLength(1);
    expect(next.asked[0]).toContain("This was due at 2026-01-01T01:00:00.000Z.");
    expect(iso((await jobOf(next, id)).state.nextRunAt)).toBe("2026-01-01T06:00:00.000Z");
  });

  test("a job that fails is left alone longer each time, and its pause ends when it goes well", async () => {
    let isBroken = true;
    const world = await openJobsWorld({
      script: () =>
        isBroken ? { fault: { kind: "config", code: "model.none", message: "No model." } } : { text: "Well." },
    });
    await spokenTo(world);
    await world.keeper.start();
    world.channel.sent.length = 0;
    const { id } = await world.work.add(job({ schedule: { type: "every", everyMs: 10_000 } }));
    await world.pass(2 * hour);
    const runs = [...(await world.work.runs(id))].reverse();
    expect(runs.map((run) => ((run.nextRunAt ?? 0) - run.at) / 1000)).toEqual([30, 60, 300, 900, 3600, 3600]);
    expect((await jobOf(world, id)).state.consecutiveErrors).toBe(6);
    expect(world.channel.sent.map((piece) => piece.text)).toEqual(["The job Look round failed: No model."]);
    isBroken = false;
    await world.pass(hour);
    const { state } = await jobOf(world, id);
    expect([state.consecutiveErrors, state.lastStatus, state.lastError]).toEqual([0, "ok", undefined]);
    expect((state.nextRunAt ?? 0) - world.clock.now()).toBeLessThanOrEqual(10_000);
  });

  test("no more than three run at the same time; the others follow", async () => {
    const gates: (() => void)[] = [];
    const world = await openJobsWorld({
      script: (request) =>
        request.turns.length > 1 ? { text: "Done." } : { calls: [{ id: "c", name: "act", input: {} }] },
      execute: async () => {
        await new Promise<void>((resolve) => void gates.push(resolve));
        return { content: [{ type: "text", text: "ok" }] };
      },
      agent: { timeoutMs: 10 * hour },
    });
    await world.keeper.start();
    for (let index = 0; index < 5; index += 1) await world.work.add(job({ delivery: { type: "none" } }));
    const forced = await world.work.add(job({ schedule: { type: "every", everyMs: 100 * hour } }));
    await world.pass(hour);
    expect(gates).toHaveLength(3);
    const answer = await world.work.run(forced.id, "force");
    await turns();
    expect([answer.type, gates.length, (await world.work.status()).running]).toEqual(["started", 3, 4]);
    gates[0]?.();
    await turns();
    expect(gates).toHaveLength(4);
    for (let index = 1; index < 6; index += 1) {
      gates[index]?.();
      await turns();
    }
    await world.idle();
    expect(await world.work.runs(undefined)).toHaveLength(6);
  });

  test("a house without jobs holds no timer and asks no cron maths", async () => {
    const world = await openJobsWorld();
    await world.keeper.start();
    await turns();
    expect([world.clock.sleepers(), world.cronCalls(), world.writes()]).toEqual([0, 0, 0]);
    const { id } = await world.work.add(job());
    await turns();
    expect([world.clock.sleepers(), world.cronCalls()]).toEqual([1, 0]);
    await world.work.remove(id);
    await turns();
    expect(world.clock.sleepers()).toBe(0);
  });

  test("a clock that is set forward is noticed within a minute", async () => {
    const clock = createFakeClock();
    let ahead = 0;
    const world = await openJobsWorld({ clock: { ...clock, now: () => clock.now() + ahead } });
    await world.keeper.start();
    await world.work.add(job());
    await turns();
    ahead = 2 * hour;
    await clock.advance(minute);
    await turns();
    expect(world.asked).toHaveLength(1);
  });
});

describe("a job by hand", () => {
  test("is run whatever its time, or only when it is due, and never twice at once", async () => {
    const world = await openJobsWorld({ script: [{ hang: "Thinking" }] });
    const { id } = await world.work.add(job());
    expect(await world.work.run(id, "due")).toEqual({ type: "not-due" });
    const answer = await world.work.run(id, "force");
    expect(answer.type).toBe("started");
    expect(await world.work.run(id, "force")).toEqual({ type: "already-running" });
    expect((await jobOf(world, id)).state.runningAt).toBe(world.clock.now());
    expect(await world.work.status()).toMatchObject({ jobs: 1, running: 1 });
  });

  test("runs the planned time itself when it is due, so that it does not come again", async () => {
    const world = await openJobsWorld();
    const { id } = await world.work.add(job());
    await world.clock.advance(hour);
    const answer = await world.work.run(id, "due");
    expect(answer).toMatchObject({ type: "started", messageId: `${id}:${world.clock.now()}` });
    await world.idle();
    await world.keeper.start();
    await turns();
    expect(world.asked).toHaveLength(1);
  });

  test("a time that is set while it is under way stands", async () => {
    const gate = Promise.withResolvers<void>();
    const world = await openJobsWorld({
      script: (request) =>
        request.turns.length > 1 ? { text: "Done." } : { calls: [{ id: "c", name: "act", input: {} }] },
      execute: async () => {
        await gate.promise;
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    await world.keeper.start();
    const { id } = await world.work.add(job({ schedule: { type: "at", at: world.clock.now() + hour } }));
    await world.pass(hour);
    const at = world.clock.now() + 5 * hour;
    await world.work.update(id, { schedule: { type: "at", at } });
    gate.resolve();
    await world.idle();
    expect(await jobOf(world, id)).toMatchObject({ enabled: true, state: { nextRunAt: at, lastStatus: "ok" } });
  });

  test("one that is removed while it is under way ends quietly, and its log is kept", async () => {
    const gate = Promise.withResolvers<void>();
    const world = await openJobsWorld({
      script: (request) =>
        request.turns.length > 1 ? { text: "Done." } : { calls: [{ id: "c", name: "act", input: {} }] },
      execute: async () => {
        await gate.promise;
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const { id } = await world.work.add(job());
    const answer = await world.work.run(id, "force");
    await turns();
    expect(await world.work.remove(id)).toBe(true);
    gate.resolve();
    expect(answer.type === "started" && (await answer.ended)).toMatchObject({ status: "ok", delivery: "none" });
    expect(await world.store.job(id)).toBeUndefined();
    expect(await world.work.runs(id)).toHaveLength(1);
    expect(world.changes.map((change) => change.action)).toEqual(["added", "started", "removed", "finished"]);
  });

  test("a note that comes while the agent works joins that work", async () => {
    const gate = Promise.withResolvers<void>();
    const inTool = Promise.withResolvers<void>();
    const world = await openJobsWorld({
      script: (request) =>
        request.turns.length > 1 ? { text: "Both." } : { calls: [{ id: "c", name: "act", input: {} }] },
      execute: async () => {
        inTool.resolve();
        await gate.promise;
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const { ended } = await world.line.receive(say("work"));
    await inTool.promise;
    const { id } = await world.work.add(job({ says: { type: "note", text: "Water the plants" } }));
    const answer = await world.work.run(id, "force");
    await turns();
    gate.resolve();
    expect(answer.type === "started" && (await answer.ended)).toMatchObject({ status: "ok", delivery: "none" });
    expect(await ended).toMatchObject({ type: "replied", text: "Both." });
    expect(world.asked.at(-1)).toContain("Water the plants");
  });
});
