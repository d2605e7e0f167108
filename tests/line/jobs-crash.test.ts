// A process with jobs is killed at each of its writes, before and after it is stored; another one goes on.
import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createMemoryStore } from "@homarus/sdk/testing";
import { hour, type JobsWorld, job, jobOf, minute, openJobsWorld, spokenTo, turns } from "./jobs-world.ts";

/** A house that was spoken to, whose job is due in an hour; its process then dies at a write of the firing. */
async function killedAt(write: number, moment: "before" | "after", changes: Parameters<typeof job>[0] = {}) {
  const first = await openJobsWorld();
  await spokenTo(first);
  const { id } = await first.work.add(job(changes));
  first.kill();
  const dying = await first.restart({ dieAt: { write, moment }, script: [{ text: "The news." }] });
  await dying.pass(hour);
  const next = await dying.restart();
  await next.pass(minute);
  await next.idle();
  return { id, dying, next };
}

async function firings(world: JobsWorld, id: string): Promise<number> {
  const runs = await world.work.runs(id);
  return runs.length;
}

/** How many writes one firing makes. */
async function writesOfOne(): Promise<number> {
  const { dying } = await killedAt(Infinity, "after");
  return dying.writes();
}

describe("a kill", () => {
  test("[M05] at any write of a firing: the job is neither lost nor run a second time", async () => {
    const count = await writesOfOne();
    expect(count).toBeGreaterThan(5);
    for (let write = 1; write <= count; write += 1) {
      for (const moment of ["before", "after"] as const) {
        const { id, next } = await killedAt(write, moment);
        const at = { write, moment };
        expect({ ...at, runs: await firings(next, id) }).toEqual({ ...at, runs: 1 });
        expect({ ...at, sent: next.channel.sent.map((piece) => piece.text) }).toEqual({ ...at, sent: ["The news."] });
        const logged = await next.store.entries((await next.work.runs(id))[0]?.sessionId ?? "");
        expect({ ...at, log: logged.map((entry) => entry.body.type) }).toEqual({ ...at, log: ["user", "step"] });
        expect((await jobOf(next, id)).state).toMatchObject({
          lastStatus: "ok",
          nextRunAt: next.clock.now() + 59 * minute,
        });
      }
    }
  });

  test("[M05] at any write of a one-shot job: it comes once and is gone", async () => {
    const at = Date.UTC(2026, 0, 1) + hour;
    const count = await writesOfOne();
    for (let write = 1; write <= count; write += 1) {
      const { id, next } = await killedAt(write, "after", { schedule: { type: "at", at } });
      expect({ write, runs: await firings(next, id) }).toEqual({ write, runs: 1 });
      expect(await next.store.job(id)).toBeUndefined();
      expect(next.channel.sent).toHaveLength(1);
    }
  });

  test("[M05] between the mark and the message: the next process sends it, whatever the time is by then", async () => {
    const first = await openJobsWorld();
    await spokenTo(first);
    const { id } = await first.work.add(job());
    first.kill();
    // The mark is the first write of a firing.
    const dying = await first.restart({ dieAt: { write: 1, moment: "after" } });
    await dying.pass(hour);
    expect((await jobOf(dying, id)).state).toMatchObject({
      runningAt: dying.clock.now(),
      firing: { id: `${id}:${dying.clock.now()}` },
    });
    expect(await dying.store.openInbox()).toEqual([]);
    await dying.clock.advance(30 * minute);
    const next = await dying.restart();
    await next.pass(minute);
    expect(next.asked).toHaveLength(1);
    expect(await next.work.runs(id)).toMatchObject([{ plannedAt: Date.UTC(2026, 0, 1, 1), status: "ok" }]);
  });

  test("[M05] between the answer and the record: the next process records it and asks no model again", async () => {
    const first = await openJobsWorld();
    await spokenTo(first);
    const { id } = await first.work.add(job({ delivery: { type: "none" } }));
    first.kill();
    const counting = await first.restart();
    const before = counting.writes();
    await counting.pass(hour);
    const perFiring = counting.writes() - before;
    counting.kill();
    const dying = await counting.restart({ dieAt: { write: perFiring, moment: "before" } });
    await dying.pass(hour);
    expect(dying.asked).toHaveLength(2);
    expect((await jobOf(dying, id)).state.firing).toBeDefined();
    const next = await dying.restart();
    await next.pass(minute);
    expect(next.asked).toHaveLength(2);
    expect((await next.work.runs(id)).map((run) => run.summary)).toEqual(["Hello back.", "Hello back."]);
  });

  test("[M05] a run by hand that was asked for is carried out by the next process", async () => {
    const first = await openJobsWorld();
    await spokenTo(first);
    const { id } = await first.work.add(job());
    first.kill();
    const dying = await first.restart({ dieAt: { write: 2, moment: "before" } });
    await dying.work.run(id, "force");
    await turns();
    const next = await dying.restart();
    await next.pass(minute);
    expect(await next.work.runs(id)).toMatchObject([{ status: "ok" }]);
  });

  test("a stop of the house leaves what is under way to the next process", async () => {
    const world = await openJobsWorld({ script: [{ hang: "Thinking" }] });
    await spokenTo(await openJobsWorld({ store: world.store, clock: world.clock }));
    const { id } = await world.work.add(job());
    const answer = await world.work.run(id, "force");
    await turns();
    world.stop();
    await world.idle();
    expect(answer.type === "started" && (await answer.ended)).toBeUndefined();
    expect((await jobOf(world, id)).state.firing).toBeDefined();
    const next = await world.restart({ script: [{ text: "Done." }] });
    await next.pass(minute);
    expect(await next.work.runs(id)).toMatchObject([{ status: "ok", summary: "Done." }]);
  });

  test("while the store is away a firing waits, and goes on when it is back", async () => {
    const store = createMemoryStore();
    let isAway = false;
    const away = () => Promise.reject(new Fault("unavailable", "store.full", "The disk is full."));
    const world = await openJobsWorld({
      store: {
        ...store,
        commit: (writes, options) => (isAway ? away() : store.commit(writes, options)),
        admit: (message, at) => (isAway ? away() : store.admit(message, at)),
      },
    });
    await spokenTo(world);
    await world.keeper.start();
    const { id } = await world.work.add(job());
    await world.pass(hour - 1);
    isAway = true;
    await world.pass(10 * minute);
    expect(await world.work.runs(id)).toEqual([]);
    isAway = false;
    await world.pass(minute);
    expect(await world.work.runs(id)).toMatchObject([{ status: "ok", plannedAt: Date.UTC(2026, 0, 1, 1) }]);
    expect(world.asked).toHaveLength(1);
  });
});
