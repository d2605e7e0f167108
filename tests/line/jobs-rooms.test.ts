// The parts of the jobs room one by one, in a whole house.
import { describe, expect, test } from "bun:test";
import { Fault, type Firing, type Job, type JobInput, type Outcome } from "@homarus/sdk";
import { carry } from "../../server/src/core/jobs/carry.ts";
import { createCrew } from "../../server/src/core/jobs/crew.ts";
import { createInTurn } from "../../server/src/core/jobs/in-turn.ts";
import { createKeeper } from "../../server/src/core/jobs/keeper.ts";
import type { JobParts } from "../../server/src/core/jobs/parts.ts";
import { createJobs } from "../../server/src/core/jobs/work.ts";
import { hour, job, jobOf, minute, openJobsWorld, spokenTo, turns } from "./jobs-world.ts";

async function open(changes: Partial<JobParts> = {}) {
  const world = await openJobsWorld();
  await spokenTo(world);
  const closing = new AbortController();
  const parts = {
    ...world.jobParts,
    inTurn: createInTurn(),
    closing: closing.signal,
    onFree: () => undefined,
    ...changes,
  };
  const added = await world.work.add(job());
  const firing: Firing = { id: `${added.id}:1`, plannedAt: world.clock.now() };
  return { world, parts, closing, added, firing };
}

const replied: Outcome = { type: "replied", runId: "r", text: "Yes." };

describe("the crew", () => {
  test("marks a firing before it begins, and tells when there is room again", async () => {
    const freed: string[] = [];
    const gate = Promise.withResolvers<Outcome>();
    const it = await open({ receive: async () => ({ ended: gate.promise }) });
    const crew = createCrew({ ...it.parts, onFree: () => void freed.push("room") });
    const { ended } = await crew.fire(it.added, it.firing);
    expect((await jobOf(it.world, it.added.id)).state.firing).toEqual(it.firing);
    expect([crew.free(), crew.going(), freed]).toEqual([2, 1, []]);
    gate.resolve(replied);
    expect(await ended).toMatchObject({ status: "ok" });
    await crew.idle();
    expect([crew.free(), crew.going(), freed]).toEqual([3, 0, ["room"]]);
  });

  test("begins nothing once the house closes: what is marked is left to the next process", async () => {
    const it = await open();
    const crew = createCrew(it.parts);
    it.closing.abort();
    const { ended } = await crew.fire(it.added, it.firing);
    expect(await ended).toBeUndefined();
    expect((await jobOf(it.world, it.added.id)).state.firing).toEqual(it.firing);
  });

  test("does not begin what could not be marked", async () => {
    let received = 0;
    const it = await open();
    const store = { ...it.parts.store, commit: () => Promise.reject(new Fault("unavailable", "store.full", "Full.")) };
    const crew = createCrew({
      ...it.parts,
      store,
      receive: async () => {
        received += 1;
        return { ended: Promise.resolve(replied) };
      },
    });
    await expect(crew.fire(it.added, it.firing)).rejects.toMatchObject({ code: "store.full" });
    expect([received, crew.going()]).toEqual([0, 0]);
  });
});

describe("carrying a firing out", () => {
  test("sends the same message again until the house can take it", async () => {
    const ids: string[] = [];
    const it = await open({
      async receive(message) {
        ids.push(message.id);
        if (ids.length < 3) throw new Fault("unavailable", "store.full", "Full.");
        return { ended: Promise.resolve(replied) };
      },
    });
    const ended = carry(it.added, it.firing, it.parts);
    await turns();
    await it.world.clock.advance(1_000);
    await turns();
    await it.world.clock.advance(2_000);
    expect(await ended).toMatchObject({ status: "ok", summary: "Yes." });
    expect(ids).toEqual([it.firing.id, it.firing.id, it.firing.id]);
  });

  test("takes what the house refuses for good as its outcome", async () => {
    const it = await open({ receive: () => Promise.reject(new Fault("bug", "line.no-outcome", "Lost.")) });
    expect(await carry(it.added, it.firing, it.parts)).toMatchObject({ status: "error", error: "Lost.", fault: "bug" });
  });

  test("a job whose time zone has gone is disabled, and says so", async () => {
    const it = await open({
      cron: () => Promise.reject(new Fault("invalid", "cron.time-zone", "There is no time zone X.")),
    });
    const cron: Job = { ...it.added, schedule: { type: "cron", expression: "0 * * * *", timeZone: "X" } };
    await it.world.store.commit([{ type: "job-put", job: cron }]);
    expect(await carry(cron, it.firing, it.parts)).toMatchObject({ status: "ok" });
    expect(await jobOf(it.world, cron.id)).toMatchObject({
      enabled: false,
      state: { lastError: "There is no time zone X." },
    });
  });
});

describe("the keeper", () => {
  test("begins nothing more once it is hushed", async () => {
    const it = await open();
    const keeper = createKeeper(it.parts, it.parts.inTurn);
    await keeper.start();
    await turns();
    expect(it.world.clock.sleepers()).toBe(1);
    keeper.hush();
    await turns();
    expect(it.world.clock.sleepers()).toBe(0);
    await it.world.clock.advance(2 * hour);
    expect(it.world.asked).toEqual([]);
  });

  test("looks again a little later when the store did not answer", async () => {
    let isAway = true;
    const it = await open();
    const store = {
      ...it.parts.store,
      jobs: it.parts.store.jobs,
      nextJobAt: () =>
        isAway ? Promise.reject(new Fault("unavailable", "store.lock", "Locked.")) : it.parts.store.nextJobAt(),
    };
    const keeper = createKeeper({ ...it.parts, store }, it.parts.inTurn);
    await keeper.start();
    await it.world.pass(hour);
    isAway = false;
    await it.world.pass(10_000);
    expect(it.world.asked).toHaveLength(1);
  });
});

describe("what may be done to jobs", () => {
  const refused = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "taken",
      (thrown) => thrown,
    );

  test("what can never run is refused, and nothing is kept", async () => {
    const { world } = await open();
    const { work } = createJobs(world.jobParts);
    const past: JobInput = job({ schedule: { type: "at", at: world.clock.now() - hour } });
    expect(await refused(work.add(past))).toMatchObject({
      code: "job.past",
      hint: expect.stringContaining("2026-01-01T00:00"),
    });
    const never = job({ schedule: { type: "cron", expression: "0 0 31 2 *" } });
    expect(await refused(work.add(never))).toMatchObject({ code: "job.never" });
    expect(
      await refused(work.add(job({ enabled: false, schedule: { type: "cron", expression: "61 * * * *" } }))),
    ).toMatchObject({
      code: "cron.expression",
    });
    expect(await refused(work.add(job({ name: "" })))).toMatchObject({ code: "job.name" });
    expect(await work.list({ includeDisabled: true })).toHaveLength(1);
  });

  test("a time that has only just passed is now", async () => {
    const { world } = await open();
    await world.keeper.start();
    const { id } = await world.work.add(job({ schedule: { type: "at", at: world.clock.now() - 5_000 } }));
    await turns();
    expect(await world.work.runs(id)).toMatchObject([{ status: "ok" }]);
  });

  test("an unknown job is refused with the one that may be meant", async () => {
    const { world, added } = await open();
    expect(await refused(world.work.update("Look rund", {}))).toMatchObject({
      ...{ kind: "invalid", code: "job.unknown", hint: `Did you mean ${added.id} (Look round)?` },
    });
    expect(await refused(world.work.run("none", "force"))).toMatchObject({ code: "job.unknown" });
    expect([await world.work.remove("none"), await world.work.find("none"), await world.work.runs("none")]).toEqual([
      ...[false, undefined, []],
    ]);
  });

  test("a patch that would break the job changes nothing", async () => {
    const { world, added } = await open();
    expect(
      await refused(world.work.update(added.id, { name: "New", schedule: { type: "every", everyMs: 1 } })),
    ).toMatchObject({
      code: "job.schedule",
    });
    expect(await world.work.find(added.id)).toEqual(added);
  });

  test("to disable a job takes its time away, to enable it gives it a new one", async () => {
    const { world, added } = await open();
    await world.keeper.start();
    expect((await world.work.update(added.id, { enabled: false })).state.nextRunAt).toBeUndefined();
    await world.pass(2 * hour + minute);
    expect(world.asked).toEqual([]);
    const enabled = await world.work.update(added.id, { enabled: true });
    expect(enabled.state.nextRunAt).toBe(Date.UTC(2026, 0, 1, 3));
    expect(await world.work.update(added.id, { name: "New" })).toMatchObject({ state: enabled.state });
    await world.pass(hour);
    expect(world.asked).toHaveLength(1);
  });

  test("a spent one-shot job is not enabled again without a new time", async () => {
    const { world } = await open();
    await world.keeper.start();
    const schedule = { type: "at", at: world.clock.now() + minute } as const;
    const { id } = await world.work.add(job({ schedule, deleteAfterRun: false }));
    await world.pass(2 * minute);
    expect(await refused(world.work.update(id, { enabled: true }))).toMatchObject({ code: "job.past" });
    const again = await world.work.update(id, {
      enabled: true,
      schedule: { type: "at", at: world.clock.now() + minute },
    });
    expect(again.state.nextRunAt).toBe(world.clock.now() + minute);
  });

  test("changes made at the same time all count", async () => {
    const { world, added } = await open();
    await Promise.all([
      world.work.update(added.id, { name: "New" }),
      world.work.update(added.id, { description: "D" }),
      world.work.update(added.id, { enabled: false }),
    ]);
    expect(await world.work.find(added.id)).toMatchObject({ name: "New", description: "D", enabled: false });
  });

  test("the list has the next to come first, and the log at most what is asked for", async () => {
    const { world } = await open();
    await world.work.add(job({ name: "Soon", schedule: { type: "every", everyMs: minute } }));
    await world.work.add(job({ name: "Off", enabled: false }));
    expect((await world.work.list()).map((item) => item.name)).toEqual(["Soon", "Look round"]);
    expect((await world.work.list({ includeDisabled: true })).map((item) => item.name)).toEqual([
      "Soon",
      "Look round",
      "Off",
    ]);
    const { id } = await world.work.add(job({ name: "Often" }));
    for (let count = 0; count < 3; count += 1) await world.run(id);
    expect(await world.work.runs(id, 2)).toHaveLength(2);
    expect(await world.work.runs(undefined)).toHaveLength(3);
    expect(await world.work.status()).toMatchObject({ jobs: 4, running: 0, nextRunAt: world.clock.now() + minute });
  });

  test("every change is told", async () => {
    const { world, added } = await open();
    world.changes.length = 0;
    await world.work.update(added.id, { name: "New" });
    await world.run(added.id);
    await world.work.remove(added.id);
    expect(world.changes).toMatchObject([
      { action: "updated", jobId: added.id, job: { name: "New" }, nextRunAt: added.state.nextRunAt },
      { action: "started", jobId: added.id, runAt: world.clock.now() },
      { action: "finished", jobId: added.id, run: { status: "ok" }, nextRunAt: added.state.nextRunAt },
      { action: "removed", jobId: added.id },
    ]);
  });
});
