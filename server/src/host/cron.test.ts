import { describe, expect, test } from "bun:test";
import type { Fault } from "@homarus/sdk";
import fc from "fast-check";
import { cronNext } from "./cron.ts";

const at = (text: string): number => Date.parse(text);

/** The next so many times from an instant, as ISO texts without seconds. */
function times(expression: string, zone: string | undefined, from: string, count: number): string[] {
  const found: string[] = [];
  for (let after = at(from); found.length < count; ) {
    const next = cronNext(expression, zone, after);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().slice(0, 16));
    after = next;
  }
  return found;
}

function faultOf(expression: string, zone?: string): Partial<Fault> {
  try {
    cronNext(expression, zone, 0);
  } catch (thrown) {
    return thrown as Fault;
  }
  throw new Error("it was read");
}

describe("[T27] the next time of a cron expression", () => {
  test("is that of its time zone, on both sides of summer time", () => {
    expect(times("0 7 * * *", "Europe/Berlin", "2026-03-28T00:00Z", 2)).toEqual([
      "2026-03-28T06:00",
      "2026-03-29T05:00",
    ]);
    expect(times("0 7 * * *", "America/New_York", "2026-10-31T12:00Z", 2)).toEqual([
      ...["2026-11-01T12:00", "2026-11-02T12:00"],
    ]);
    expect(times("30 9 * * *", "Asia/Kolkata", "2026-03-28T00:00Z", 1)).toEqual(["2026-03-28T04:00"]);
  });

  test("that summer time skips comes right after the gap", () => {
    expect(times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    expect(times("30 2,14 * * *", "Europe/Berlin", "2026-03-28T14:00Z", 1)).toEqual(["2026-03-29T01:00"]);
  });

  test("that the end of summer time repeats comes once; what comes at intervals goes on with the clock", () => {
    expect(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    expect(times("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15Z", 3)).toEqual([
      ...["2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"],
    ]);
  });

  test("may be given with seconds, by nickname, or on leap days", () => {
    expect(cronNext("*/10 * * * * *", "UTC", at("2026-01-01T00:00:01Z"))).toBe(at("2026-01-01T00:00:10Z"));
    expect(times("@daily", "UTC", "2026-01-01T00:00Z", 1)).toEqual(["2026-01-02T00:00"]);
    expect(times("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", 2)).toEqual(["2028-02-29T00:00", "2032-02-29T00:00"]);
  });

  test("is never the instant itself, and is undefined when there is none", () => {
    expect(cronNext("0 7 * * *", "UTC", at("2026-01-01T07:00Z"))).toBe(at("2026-01-02T07:00Z"));
    expect(cronNext("0 7 * * *", "UTC", at("2026-01-01T07:00Z") - 1)).toBe(at("2026-01-01T07:00Z"));
    expect(cronNext("0 0 31 2 *", "UTC", 0)).toBeUndefined();
  });

  test("goes on, and skips none, whatever the expression and the zone", () => {
    const field = (least: number, most: number) =>
      fc.oneof(fc.constant("*"), fc.integer({ min: least, max: most }).map(String), fc.constantFrom("*/5", "*/7"));
    const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
    const instants = fc.integer({ min: at("2020-01-01T00:00Z"), max: at("2035-01-01T00:00Z") });
    fc.assert(
      fc.property(
        expressions,
        zones,
        instants,
        fc.integer({ min: 0, max: 40 * 86_400_000 }),
        (parts, zone, from, gap) => {
          const next = cronNext(parts.join(" "), zone, from) as number;
          expect(next).toBeGreaterThan(from);
          const between = from + Math.min(gap, next - from - 1);
          expect(cronNext(parts.join(" "), zone, between)).toBe(next);
          expect(cronNext(parts.join(" "), zone, from + gap)).toBeGreaterThanOrEqual(next);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("an expression that cannot be read", () => {
  test("is refused with what is wrong and how it is to be", () => {
    expect(faultOf("0 7 * *")).toMatchObject({
      ...{ kind: "invalid", code: "cron.expression", hint: expect.stringContaining("Give five fields") },
      message: 'The cron expression "0 7 * *" cannot be read: it has 4 fields.',
    });
    expect(faultOf("61 * * * *").message).toContain("minute: 61");
    for (const text of ["", "every day", "2027-01-01T00:00:00", "@never", "* * * * * * * *", "a b c d e"])
      expect(faultOf(text)).toMatchObject({ kind: "invalid", code: "cron.expression" });
  });

  test("names the nearest time zone", () => {
    expect(faultOf("0 7 * * *", "Europe/Berln")).toMatchObject({
      ...{ kind: "invalid", code: "cron.time-zone", hint: "Did you mean Europe/Berlin?" },
    });
    expect(faultOf("0 7 * * *", "Middle of Nowhere").hint).toContain("for example Europe/Berlin");
    expect(faultOf("0 7 * * *", "").code).toBe("cron.time-zone");
  });
});
