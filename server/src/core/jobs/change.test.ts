import { describe, expect, test } from "bun:test";
import type { JobInput } from "@homarus/sdk";
import { changedJob, changesTimes, newJob } from "./change.ts";
import { checkJob } from "./check.ts";

const input: JobInput = {
  ...{ name: " Look round ", schedule: { type: "every", everyMs: 60_000 }, says: { type: "turn", text: "News?" } },
};
const now = Date.UTC(2026, 0, 1);
const made = (changes: Partial<JobInput> = {}) => newJob({ ...input, ...changes }, "j1", now);
const refusal = (changes: Partial<JobInput>) => {
  try {
    checkJob(made(changes), ["main", "ops"], now);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("a new job", () => {
  test("has defaults that follow from what it says and when", () => {
    expect(made()).toEqual({
      ...{ id: "j1", name: "Look round", enabled: true, wake: "now", target: "isolated", state: {} },
      ...{ schedule: { type: "every", everyMs: 60_000, anchorAt: now }, says: { type: "turn", text: "News?" } },
      ...{ delivery: { type: "announce" }, createdAt: now, updatedAt: now },
    });
    const note = made({ schedule: { type: "at", at: now + 1 }, says: { type: "note", text: "Plants" } });
    expect(note).toMatchObject({ target: "main", deleteAfterRun: true });
    expect(note.delivery).toBeUndefined();
  });

  test("keeps what it was given", () => {
    const given: Partial<JobInput> = {
      ...{ description: "d", agent: "ops", sessionKey: "s", enabled: false, deleteAfterRun: false },
      wake: "next-heartbeat",
      ...{ target: { session: "work" }, delivery: { type: "none" }, alert: { after: 3 }, extra: { a: 1 } },
      schedule: { type: "every", everyMs: 1000, anchorAt: 5 },
    };
    expect(made(given)).toMatchObject(given);
  });
});

describe("a patch", () => {
  test("changes what it names, clears what is null, and leaves the rest", () => {
    const before = made({ description: "d", agent: "ops", alert: false, extra: { a: 1 } });
    const after = changedJob(
      before,
      { name: "New ", description: null, agent: null, alert: null, extra: null },
      now + 5,
    );
    expect(after).toEqual({
      ...{ id: "j1", name: "New", enabled: true, wake: "now", target: "isolated", state: {} },
      ...{ schedule: before.schedule, says: before.says, delivery: { type: "announce" } },
      ...{ createdAt: now, updatedAt: now + 5 },
    });
  });

  test("changes words of the same type in part, and takes those of the other only whole", () => {
    const before = made({ says: { type: "turn", text: "News?", model: "big", tools: ["look"] } });
    const said = changedJob(before, { says: { type: "turn", model: null, thinking: "high" } }, now).says;
    expect(said).toEqual({ type: "turn", text: "News?", thinking: "high", tools: ["look"] });
    expect(changedJob(before, { says: { type: "note", text: "Plants" } }, now).says).toEqual({
      type: "note",
      text: "Plants",
    });
    expect(() => changedJob(before, { says: { type: "note" } }, now)).toThrow("needs its text");
  });

  test("changes a delivery in part", () => {
    const before = made({ delivery: { type: "announce", channel: "telegram", place: "1" } });
    const after = changedJob(before, { delivery: { place: "2", channel: null } }, now);
    expect(after.delivery).toEqual({ type: "announce", place: "2" });
    expect(changedJob(before, { delivery: null }, now).delivery).toBeUndefined();
    expect(
      changedJob(made({ says: { type: "note", text: "x" } }), { delivery: { type: "none" } }, now).delivery,
    ).toEqual({
      type: "none",
    });
  });

  test("moves the next time only when it may", () => {
    const before = made();
    expect(changesTimes(before, { name: "x", enabled: true })).toBe(false);
    expect(changesTimes(before, { enabled: false })).toBe(true);
    expect(changesTimes(before, { schedule: before.schedule })).toBe(true);
  });
});

describe("a job that can never run is refused with the nearest fix:", () => {
  const cases: readonly (readonly [string, Partial<JobInput>, object])[] = [
    ["no name", { name: "  " }, { code: "job.name" }],
    ["an agent that is not there", { agent: "opps" }, { code: "job.agent", hint: "Did you mean ops?" }],
    ["an agent like none", { agent: "zzzzzzz" }, { code: "job.agent", hint: "There are main, ops." }],
    ["no words", { says: { type: "turn", text: " " } }, { code: "job.words" }],
    ["a note elsewhere", { says: { type: "note", text: "x" }, target: "isolated" }, { code: "job.target" }],
    ["a turn in the main session", { target: "main" }, { code: "job.target" }],
    ["a session without a name", { target: { session: " " } }, { code: "job.target" }],
    ["too short an interval", { schedule: { type: "every", everyMs: 999 } }, { code: "job.schedule" }],
    ["a broken interval", { schedule: { type: "every", everyMs: 1500.5 } }, { code: "job.schedule" }],
    ["an interval of centuries", { schedule: { type: "every", everyMs: 1e15 } }, { code: "job.schedule" }],
    ["a time in microseconds", { schedule: { type: "at", at: now * 1000 } }, { code: "job.schedule" }],
    ["a time that is none", { schedule: { type: "at", at: Number.NaN } }, { code: "job.schedule" }],
    ["an anchor that is none", { schedule: { type: "every", everyMs: 1000, anchorAt: -1 } }, { code: "job.schedule" }],
    [
      "a wide stagger",
      { schedule: { type: "cron", expression: "* * * * *", staggerMs: 1e9 } },
      { code: "job.schedule" },
    ],
    ["no time to run", { says: { type: "turn", text: "x", timeoutMs: 0 } }, { code: "job.timeout" }],
    ["a web address", { delivery: { type: "webhook", url: "https://a.example" } }, { code: "job.webhook" }],
    ["an alert to a web address", { alert: { type: "webhook" } }, { code: "job.webhook" }],
    [
      "failures to a web address",
      { delivery: { type: "none", failures: { type: "webhook" } } },
      { code: "job.webhook" },
    ],
  ];
  test.each(cases)("%s", (_, changes, fault) => {
    expect(refusal(changes)).toMatchObject({ kind: "invalid", hint: expect.any(String), ...fault });
  });

  test("and one that can is not", () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ agent: "ops", target: { session: "work" } })).toBeUndefined();
  });

  test("an agent that is gone does not stand in the way of other changes", () => {
    const before = made({ agent: "gone" });
    expect(() => checkJob(changedJob(before, { name: "x" }, now), ["main"], now, before)).not.toThrow();
  });
});
