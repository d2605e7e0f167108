import { describe, expect, test } from "bun:test";
import type { Job, JobState, Outcome } from "@homarus/sdk";
import { newJob } from "./change.ts";
import { conclude, type Ended, speechOf, verdictOf } from "./ending.ts";
import { aimOf, beginWrites, firingMessage, forcedFiring, freshSession, plannedFiring } from "./firing.ts";
import { given } from "./given.ts";

const now = Date.UTC(2026, 0, 1);
const made = (changes: Partial<Job> = {}, state: JobState = {}): Job => ({
  ...newJob(
    { name: "Look", schedule: { type: "every", everyMs: 60_000 }, says: { type: "turn", text: "News?" } },
    "j",
    now,
  ),
  ...changes,
  state,
});
const ended = (changes: Partial<Ended> = {}): Ended => ({
  ...{ firing: { id: "j:1", plannedAt: now }, verdict: { status: "ok", text: "Yes." }, delivery: "queued" },
  ...{ isAlerted: false, sessionKey: "s", runAt: now, durationMs: 5, now: now + 5, next: { at: now + 60_000 } },
  ...changes,
});

describe("what an outcome means for a job", () => {
  const cases: readonly (readonly [Outcome, object])[] = [
    [
      { type: "replied", runId: "r", text: "Hi" },
      { status: "ok", runId: "r", text: "Hi" },
    ],
    [
      { type: "steered", runId: "r" },
      { status: "ok", runId: "r" },
    ],
    [
      { type: "refused", reason: "empty" },
      { status: "skipped", error: "The message was refused: empty." },
    ],
    [
      { type: "failed", runId: "r", fault: { kind: "bug", code: "x", message: "null is not a function" } },
      {
        ...{ status: "error", error: "null is not a function", fault: "bug", runId: "r" },
        apology: "Sorry, something broke on my side.",
      },
    ],
    [
      { type: "failed", fault: { kind: "aborted", code: "run.stopped", message: "Stopped." } },
      { status: "error", error: "Stopped.", fault: "aborted" },
    ],
  ];
  test.each(cases)("%j", (outcome, verdict) => {
    expect(verdictOf(outcome)).toEqual(verdict as ReturnType<typeof verdictOf>);
  });
});

describe("what is passed on", () => {
  test("is the answer, to the job's address", () => {
    const job = made({ delivery: { type: "announce", channel: "telegram", place: "1" } });
    expect(speechOf(job, { status: "ok", text: " Yes. " }, now)).toMatchObject({
      text: "Yes.",
      address: { place: "1" },
    });
    expect(speechOf(job, { status: "ok" }, now)).toBeUndefined();
  });

  test("is word of failures from the second on, or as set, and of what was skipped only when asked", () => {
    const failed = { status: "error", apology: "No." } as const;
    const skipped = { status: "skipped", error: "Refused." } as const;
    const alert = { channel: "telegram", place: "9" };
    expect(speechOf(made({ alert }), failed, now)).toBeUndefined();
    expect(speechOf(made({ alert }, { consecutiveErrors: 1 }), failed, now)?.address).toMatchObject({ place: "9" });
    expect(speechOf(made({ alert: { after: 1 } }), failed, now)).toMatchObject({ isAlert: true });
    expect(speechOf(made({ alert: { after: 1 } }, { lastAlertAt: now - 1000 }), failed, now)).toBeUndefined();
    expect(speechOf(made({ alert: { after: 1 } }), skipped, now)).toBeUndefined();
    expect(speechOf(made(), skipped, now)).toBeUndefined();
    expect(speechOf(made({ alert: { after: 1, skipped: true } }), skipped, now)?.text).toBe(
      "The job Look failed: Refused.",
    );
    const failures = { type: "announce", channel: "fake", place: "ops" } as const;
    expect(speechOf(made({ delivery: { type: "announce", place: "1", failures } }), failed, now)?.address).toEqual(
      failures,
    );
  });
});

describe("what a firing leaves", () => {
  test("is one change of the job and one line of its log, in one list", () => {
    const { job, run, writes } = conclude(
      made({}, { firing: { id: "j:1", plannedAt: now }, runningAt: now }),
      made(),
      ended(),
    );
    expect(job?.state).toEqual({
      ...{ nextRunAt: now + 60_000, lastRunAt: now, lastStatus: "ok", lastDurationMs: 5 },
      ...{ consecutiveErrors: 0, consecutiveSkips: 0, lastDelivery: "queued" },
    });
    expect(run).toMatchObject({ jobId: "j", jobName: "Look", status: "ok", summary: "Yes.", nextRunAt: now + 60_000 });
    expect(writes.map((write) => write.type)).toEqual(["job-put", "job-run"]);
  });

  test("of a job that is gone is its line alone", () => {
    const { job, writes } = conclude(undefined, made(), ended());
    expect(job).toBeUndefined();
    expect(writes.map((write) => write.type)).toEqual(["job-remove", "job-run"]);
  });

  test("of one whose schedule has no time left, or cannot be read any more, is that it is disabled", () => {
    const spent = conclude(made(), made(), ended({ next: { at: undefined } })).job;
    expect([spent?.enabled, spent?.state.nextRunAt]).toEqual([false, undefined]);
    const unreadable = conclude(
      made(),
      made(),
      ended({ next: { at: undefined, error: "There is no time zone X." } }),
    ).job;
    expect([unreadable?.enabled, unreadable?.state.lastError]).toEqual([false, "There is no time zone X."]);
  });

  test("keeps the beginning of a long answer", () => {
    const { run } = conclude(made(), made(), ended({ verdict: { status: "ok", text: "a".repeat(5_000) } }));
    expect(run.summary).toHaveLength(2_000);
  });

  test("counts what was skipped, and remembers when somebody was told", () => {
    const verdict = { status: "skipped", error: "Refused." } as const;
    const state = conclude(made({}, { consecutiveSkips: 2 }), made(), ended({ verdict, isAlerted: true })).job?.state;
    expect(state).toMatchObject({ consecutiveSkips: 3, lastStatus: "skipped", lastAlertAt: now + 5 });
  });
});

describe("a firing", () => {
  const rules = { agents: ["main", "ops"], defaultAgent: "main" };

  test("[T30] goes to the main session, to one of the job's own, or to one that is named", () => {
    expect(aimOf(made({ target: "main" }), rules)).toEqual({ agent: "main", sessionKey: "agent:main:main" });
    expect(aimOf(made({ agent: "ops" }), rules)).toEqual({ agent: "ops", sessionKey: "agent:ops:cron:j" });
    expect(aimOf(made({ agent: "gone" }), rules).agent).toBe("main");
    expect(aimOf(made({ target: { session: "work" } }), rules).sessionKey).toBe("agent:main:work");
    expect(aimOf(made({ target: { session: "agent:ops:x" } }), rules).sessionKey).toBe("agent:ops:x");
  });

  test("has an id that follows from its time, or one of its own when it was asked for by hand", () => {
    const job = made({}, { nextRunAt: 77 });
    expect(plannedFiring(job)).toEqual({ id: "j:77", plannedAt: 77 });
    expect(forcedFiring(job, 5, () => "new")).toEqual({ id: "j:new", plannedAt: 5, forced: true });
  });

  test("is marked together with its fresh session, whose settings stay", () => {
    const before = {
      ...freshSession(aimOf(made(), rules), undefined, { id: "s1", now: 1 }),
      model: "big",
      title: "Old",
    };
    const fresh = freshSession(aimOf(made(), rules), before, { id: "s2", now });
    expect(fresh).toMatchObject({ key: "agent:main:cron:j", id: "s2", model: "big", createdAt: now });
    expect(fresh.title).toBeUndefined();
    const firing = plannedFiring(made({}, { nextRunAt: 77 }));
    expect(beginWrites(made(), firing, fresh, now)).toMatchObject([
      { type: "job-put", job: { state: { firing, runningAt: now } } },
      { type: "session-put", session: { id: "s2" } },
    ]);
    expect(beginWrites(made(), firing, undefined, now)).toHaveLength(1);
  });

  test("is a message from the job that no command can be read from", () => {
    const job = made({ says: { type: "turn", text: "/stop", model: "big", timeoutMs: 9 } });
    const message = firingMessage(job, { id: "j:1", plannedAt: now }, aimOf(job, rules), now);
    expect(message).toMatchObject({
      ...{ id: "j:1", channel: "job", origin: "job", text: "[job Look] /stop", session: "agent:main:cron:j" },
      ...{ peer: { id: "j", name: "Look" }, options: { model: "big", timeoutMs: 9 } },
    });
    expect(firingMessage(job, { id: "j:1", plannedAt: now - 3_600_000 }, aimOf(job, rules), now).text).toContain(
      "due at",
    );
  });
});

test("fields that are undefined are left out", () => {
  expect(Object.keys(given({ a: 1, b: undefined, c: null }))).toEqual(["a", "c"]);
});
