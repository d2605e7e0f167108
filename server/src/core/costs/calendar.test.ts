import { expect, test } from "bun:test";
import { createRandom } from "@homarus/sdk/testing";
import { createCalendar } from "./calendar.ts";

const at = (text: string): number => Date.parse(text);
const hourMs = 3_600_000;

test.each([
  ["UTC", "2026-11-27T12:00:00Z", "2026-11-27T00:00:00Z", 24],
  ["Asia/Kathmandu", "2026-11-27T12:00:00Z", "2026-11-26T18:15:00Z", 24],
  ["Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", 23],
  ["Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", 25],
  // Midnight is left out there on that day: it begins at one o'clock.
  ["Africa/Cairo", "2024-04-26T12:00:00Z", "2024-04-25T22:00:00Z", 23],
  // Midnight comes twice there on that day: it begins with the first.
  ["America/Havana", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z", 25],
])("a day in %s at %s begins at %s and has %i hours", (zone, moment, begin, hours) => {
  const day = createCalendar(zone).periodAt("day", at(moment));
  expect(new Date(day.begin)).toEqual(new Date(begin));
  expect((day.end - day.begin) / hourMs).toBe(hours);
});

test("a month begins with its first day, the next with its end, over the end of the year", () => {
  const calendar = createCalendar("America/New_York");
  const month = calendar.periodAt("month", at("2027-01-01T04:59:59.999Z"));
  expect([month.begin, month.end]).toEqual([at("2026-12-01T05:00:00Z"), at("2027-01-01T05:00:00Z")]);
  expect(calendar.periodAt("month", month.end).begin).toBe(month.end);
});

test("all time has no end", () => {
  expect(createCalendar("UTC").periodAt("total", 5)).toMatchObject({ begin: 0, end: Number.MAX_SAFE_INTEGER });
});

test("days follow each other without a gap, and a date is that of the clocks there", () => {
  const calendar = createCalendar("Europe/Berlin");
  const days = calendar.days(at("2026-10-24T12:00:00Z"), at("2026-10-26T12:00:00Z"));
  expect(days.map((day) => calendar.dateOf(day))).toEqual(["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]);
  expect(calendar.dateBegin("2026-10-26")).toBe(days[2]);
});

test.each(["2026-02-30", "26-1-1", "tomorrow", ""])("%p is no date", (text) => {
  expect(createCalendar("UTC").dateBegin(text)).toBeUndefined();
});

test("whatever the zone and the moment, the moment lies in its day and its month", () => {
  const random = createRandom(3);
  const zones = ["Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe", "Asia/Gaza", "Africa/Casablanca", "UTC"];
  for (const zone of zones) {
    const calendar = createCalendar(zone);
    for (let round = 0; round < 60; round += 1) {
      const moment = Math.floor(at("2010-01-01T00:00:00Z") + random() * 20 * 365 * 24 * hourMs);
      for (const name of ["day", "month"] as const) {
        const { begin, end } = calendar.periodAt(name, moment);
        expect(begin <= moment && moment < end).toBe(true);
        expect(calendar.dateOf(begin - 1) < calendar.dateOf(begin)).toBe(true);
      }
    }
  }
});
