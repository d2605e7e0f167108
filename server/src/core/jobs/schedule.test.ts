import { describe, expect, test } from "bun:test";
import type { Schedule } from "@homarus/sdk";
import fc from "fast-check";
import { backoffMs, type CronNext, nextRun } from "./schedule.ts";

const hour = 3_600_000;
/** Every full hour of Unix time. */
const hourly: CronNext = async (_, __, after) => (Math.floor(after / hour) + 1) * hour;
const next = (schedule: Schedule, after: number, id = "a") => nextRun({ id, schedule, createdAt: 0 }, after, hourly);

describe("the next time of a job", () => {
  test("that comes once is its time, and none after", async () => {
    expect(await next({ type: "at", at: 5 }, 4)).toBe(5);
    expect(await next({ type: "at", at: 5 }, 5)).toBeUndefined();
  });

  test("[T28] that comes at intervals counts from the anchor, which is the first", async () => {
    const schedule = { type: "every", everyMs: 10, anchorAt: 103 } as const;
    expect(await Promise.all([0, 102, 103, 112, 113, 150].map((after) => next(schedule, after)))).toEqual([
      ...[103, 103, 113, 113, 123, 153],
    ]);
    expect(await next({ type: "every", everyMs: 10 }, 25)).toBe(30);
  });

  test("that is staggered is moved by the same amount each time, another for each job", async () => {
    const schedule = { type: "cron", expression: "0 * * * *", staggerMs: 300_000 } as const;
    const shifts = await Promise.all(
      ["a", "b", "c", "d"].map(async (id) => ((await next(schedule, 0, id)) ?? 0) % hour),
    );
    expect(new Set(shifts).size).toBeGreaterThan(1);
    for (const shift of shifts) expect(shift).toBeLessThan(300_000);
    const first = (await next(schedule, 0)) ?? 0;
    expect(await next(schedule, first)).toBe(first + hour);
    expect(await next(schedule, first - 1)).toBe(first);
  });

  test("is undefined when the expression has none left", async () => {
    const never = await nextRun(
      { id: "a", createdAt: 0, schedule: { type: "cron", expression: "x" } },
      0,
      async () => undefined,
    );
    expect(never).toBeUndefined();
  });

  test("always lies ahead, never goes back, and none is skipped", async () => {
    const schedules = fc.oneof(
      fc.record({ type: fc.constant("at" as const), at: fc.nat(10_000_000) }),
      fc.record({
        ...{ type: fc.constant("every" as const), everyMs: fc.integer({ min: 1, max: 100_000 }) },
        anchorAt: fc.nat(10_000_000),
      }),
      fc.record({
        ...{ type: fc.constant("cron" as const), expression: fc.constant("0 * * * *") },
        staggerMs: fc.nat(3 * hour),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        schedules,
        fc.nat(20_000_000),
        fc.nat(1_000_000),
        fc.string(),
        async (schedule, from, gap, id) => {
          const first = await next(schedule, from, id);
          if (first === undefined) return expect(await next(schedule, from + gap, id)).toBeUndefined();
          expect(first).toBeGreaterThan(from);
          expect(await next(schedule, from + Math.min(gap, first - from - 1), id)).toBe(first);
          expect((await next(schedule, from + gap, id)) ?? Infinity).toBeGreaterThanOrEqual(first);
        },
      ),
    );
  });
});

test("the pause after failures grows to an hour", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 99].map(backoffMs)).toEqual([
    ...[0, 30_000, 60_000, 300_000, 900_000, 3_600_000, 3_600_000, 3_600_000],
  ]);
});
