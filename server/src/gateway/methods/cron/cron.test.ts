import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import fc from "fast-check";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";
import { jobInput } from "./jobs-in.ts";
import { cronJob } from "./jobs-out.ts";
import type { CronAdd } from "./shapes.ts";

const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

const wish = {
  name: "Morning",
  schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
  sessionTarget: "isolated",
  wakeMode: "now",
  payload: { kind: "agentTurn", message: "The weather?", timeoutSeconds: 90, thinking: "xhigh" },
  delivery: { mode: "announce", channel: "telegram", to: "7" },
};

describe("[G21] cron", () => {
  test("a job is added, listed, changed, run, looked back on and removed", async () => {
    await using it = await open();
    const client = await it.connect();
    const added = (await client.call("cron.add", wish)).payload;
    expect(added).toMatchObject({ ...wish, enabled: true, state: { nextRunAtMs: expect.any(Number) } });
    expect((await client.event("cron")).payload).toMatchObject({ jobId: added.id, action: "added" });
    expect((await client.call("cron.list")).payload).toMatchObject({
      jobs: [{ id: added.id }],
      total: 1,
      hasMore: false,
    });
    const patch = { enabled: false, payload: { kind: "agentTurn", message: "Rain?" } };
    const updated = (await client.call("cron.update", { id: added.id, patch })).payload;
    expect(updated).toMatchObject({ enabled: false, payload: { kind: "agentTurn", message: "Rain?" } });
    expect((await client.call("cron.list")).payload.jobs).toEqual([]);
    expect((await client.call("cron.list", { includeDisabled: true })).payload.jobs).toHaveLength(1);
    expect((await client.call("cron.run", { jobId: added.id })).payload).toMatchObject({ ok: true, ran: true });
    expect((await client.call("cron.run", { jobId: added.id, mode: "due" })).payload).toMatchObject({
      ran: false,
      reason: "not-due",
    });
    const { entries } = (await client.call("cron.runs", { id: added.id })).payload;
    expect(entries).toMatchObject([{ jobId: added.id, action: "finished", status: "ok", summary: "Done." }]);
    expect((await client.call("cron.status")).payload).toMatchObject({ enabled: true, jobs: 1 });
    expect((await client.call("cron.remove", { id: added.id })).payload).toEqual({ ok: true, removed: true });
    expect((await client.call("cron.remove", { id: added.id })).payload.removed).toBe(false);
    const told = client.frames.filter((frame) => frame.event === "cron").map((frame) => frame.payload.action);
    expect(told).toEqual(["added", "updated", "started", "finished", "removed"]);
  });

  test("a list is narrowed by kind and by how the last run went, and is brief where that is asked for", async () => {
    await using it = await open();
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const { id } = (await client.call("cron.add", wish)).payload;
    const hourly = { ...wish, name: "Hourly", schedule: { kind: "every", everyMs: 3_600_000 } };
    await client.call("cron.add", hourly);
    const names = async (params: object) =>
      (await client.call("cron.list", params)).payload.jobs.map((job: { name: string }) => job.name);
    expect(await names({ scheduleKind: "cron" })).toEqual(["Morning"]);
    expect(await names({ scheduleKind: "stream" })).toEqual([]);
    expect(await names({ scheduleKind: "all", trigger: "unconditional", sortBy: "name" })).toEqual([
      "Hourly",
      "Morning",
    ]);
    expect(await names({ trigger: "conditional" })).toEqual([]);
    await client.call("cron.run", { id });
    expect(await names({ lastRunStatus: "ok" })).toEqual(["Morning"]);
    expect(await names({ lastRunStatus: "unknown" })).toEqual(["Hourly"]);
    const [brief] = (await client.call("cron.list", { compact: true, scheduleKind: "cron" })).payload.jobs;
    expect(brief).toMatchObject({ id, name: "Morning", scheduleKind: "cron", lastRunStatus: "ok", lastRunError: null });
    expect(brief.payload).toBeUndefined();
  });

  test("one that is not there is named, with where to look", async () => {
    await using it = await open();
    const client = await it.connect();
    const { message } = (await client.call("cron.run", { id: "nothing" })).error;
    expect(message).toBe("unknown cron job id: nothing (see cron.list, or homarus cron list, for those there are)");
  });

  test("what can never be is refused with the place, and nothing is kept", async () => {
    await using it = await open();
    const client = await it.connect();
    const wrong: readonly (readonly [object, string])[] = [
      [{ ...wish, schedule: { kind: "at", at: "tomorrow" } }, "invalid schedule.at"],
      [{ ...wish, sessionTarget: "moon" }, "invalid sessionTarget"],
      [{ ...wish, schedule: { kind: "weekly" } }, "at /schedule/kind: must be equal to constant"],
      [{ ...wish, payload: { kind: "agentTurn" } }, "must have required property 'message'"],
      [{ ...wish, bogus: 1 }, "unexpected property 'bogus'"],
    ];
    for (const [params, text] of wrong) expect((await client.call("cron.add", params)).error.message).toContain(text);
    expect((await client.call("cron.update", { id: "x", patch: {} })).error.code).toBe("INVALID_REQUEST");
    expect((await client.call("cron.remove", {})).error.message).toContain("missing id");
    expect((await client.call("cron.list", { includeDisabled: true })).payload.jobs).toEqual([]);
  });

  test("lists and runs come in pages", async () => {
    await using it = await open();
    const client = await it.connect();
    for (const name of ["a", "b", "c"]) await client.call("cron.add", { ...wish, name });
    const page = (await client.call("cron.list", { limit: 2, sortBy: "name" })).payload;
    expect(page).toMatchObject({ jobs: [{ name: "a" }, { name: "b" }], total: 3, hasMore: true, nextOffset: 2 });
    expect((await client.call("cron.list", { query: "C" })).payload.jobs).toMatchObject([{ name: "c" }]);
  });
});

test("whatever a client says of a job it reads again, in its own words", () => {
  const schedule = fc.oneof(
    fc.record(
      { kind: fc.constant("every"), everyMs: fc.integer({ min: 1000 }), anchorMs: fc.nat() },
      { requiredKeys: ["kind", "everyMs"] },
    ),
    fc.record(
      { kind: fc.constant("cron"), expr: fc.constant("0 7 * * *"), tz: fc.constant("UTC") },
      { requiredKeys: ["kind", "expr"] },
    ),
    fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((at) => ({ kind: "at", at: at.toISOString() })),
  );
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const delivery = fc.record(
    { mode: fc.constantFrom("none", "announce"), channel: word, to: word, bestEffort: fc.boolean() },
    { requiredKeys: ["mode"] },
  );
  const failureAlert = fc.oneof(
    fc.constant(false),
    fc.record({ after: fc.integer({ min: 1 }), channel: word }, { requiredKeys: [] }),
  );
  const payload = fc.oneof(
    fc.record({ kind: fc.constant("systemEvent"), text: word }),
    fc.record(
      {
        kind: fc.constant("agentTurn"),
        message: word,
        model: word,
        thinking: fc.constantFrom("low", "minimal", "xhigh"),
        timeoutSeconds: fc.nat().map((n) => n + 1),
        lightContext: fc.boolean(),
        toolsAllow: fc.array(word),
      },
      { requiredKeys: ["kind", "message"] },
    ),
  );
  const whole = fc.record(
    {
      name: word,
      schedule,
      sessionTarget: fc.constantFrom("main", "isolated", "session:attic"),
      wakeMode: fc.constantFrom("now", "next-heartbeat"),
      payload,
      delivery,
      failureAlert,
      description: word,
      deleteAfterRun: fc.boolean(),
    },
    { requiredKeys: ["name", "schedule", "sessionTarget", "wakeMode", "payload"] },
  );
  fc.assert(
    fc.property(whole, (said) => {
      const input = jobInput(said as unknown as CronAdd);
      const target = input.target ?? "main";
      const job = {
        ...input,
        id: "j",
        enabled: true,
        target,
        wake: input.wake ?? "now",
        state: {},
        createdAt: 1,
        updatedAt: 1,
      } as const;
      expect(cronJob(job)).toMatchObject(said);
    }),
  );
});
