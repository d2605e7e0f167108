// When days and months begin, on the clocks of one time zone. Pure; summer time makes days of 23 and 25 hours.

export type PeriodName = "day" | "month" | "total";

/** Unix ms: from `begin` up to, and without, `end`. */
export interface Period {
  readonly name: PeriodName;
  readonly begin: number;
  readonly end: number;
}

export interface Calendar {
  readonly timeZone: string;
  /** The period that holds this time; `total` is all time. */
  periodAt(name: PeriodName, at: number): Period;
  /** Begins of the days from the one that holds `from` to the one that holds the last moment before `until`, and its end. */
  days(from: number, until: number): readonly number[];
  /** YYYY-MM-DD. */
  dateOf(at: number): string;
  /** When that date begins; undefined where there is no such date. */
  dateBegin(date: string): number | undefined;
}

type Fields = readonly [year: number, month: number, day: number];

/** No zone is further from the meridian than 14 hours; one changed sides, and a day was left out. */
const widestMs = 15 * 3_600_000;

export function createCalendar(timeZone: string): Calendar {
  const { fieldsAt, beginOf } = createZone(timeZone);
  const kept = new Map<PeriodName, Period>([["total", { name: "total", begin: 0, end: Number.MAX_SAFE_INTEGER }]]);
  const periodAt = (name: PeriodName, at: number): Period => {
    const known = kept.get(name);
    if (known && at >= known.begin && at < known.end) return known;
    const [year, month, day] = fieldsAt(at);
    const [first, next]: [Fields, Fields] =
      name === "day"
        ? [
            [year, month, day],
            [year, month, day + 1],
          ]
        : [
            [year, month, 1],
            [year, month + 1, 1],
          ];
    const period = { name, begin: beginOf(first), end: beginOf(next) };
    kept.set(name, period);
    return period;
  };
  return {
    timeZone,
    periodAt,
    days(from, until) {
      const begins = [periodAt("day", from).begin];
      while ((begins.at(-1) ?? until) < until) begins.push(periodAt("day", begins.at(-1) ?? until).end);
      return begins;
    },
    dateOf: (at) =>
      fieldsAt(at)
        .map((field, index) => String(field).padStart(index === 0 ? 4 : 2, "0"))
        .join("-"),
    dateBegin(date) {
      const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? []).map(Number);
      if (year === undefined || month === undefined || day === undefined) return undefined;
      const isReal = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(date);
      return isReal ? beginOf([year, month, day]) : undefined;
    },
  };
}

interface Zone {
  fieldsAt(at: number): Fields;
  /** The first moment of a date: where midnight is left out or comes twice, what the clocks show decides. */
  beginOf(fields: Fields): number;
}

function createZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23" },
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const partsAt = (at: number): ReadonlyMap<string, number> =>
    new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const fieldsAt = (at: number): Fields => {
    const parts = partsAt(at);
    return [parts.get("year") ?? 0, parts.get("month") ?? 0, parts.get("day") ?? 0];
  };
  const offsetAt = (at: number): number => {
    const parts = partsAt(at);
    const [hour, minute, second] = ["hour", "minute", "second"].map((name) => parts.get(name) ?? 0);
    const shown = Date.UTC(...dateArguments(fieldsAt(at)), hour, minute, second);
    return shown - (at - (((at % 1000) + 1000) % 1000));
  };
  const beginOf = (fields: Fields): number => {
    const midnight = Date.UTC(...dateArguments(fields));
    const offsets = [offsetAt(midnight - widestMs), offsetAt(midnight + widestMs)];
    const candidates = offsets.map((offset) => midnight - offset).sort((a, b) => a - b);
    return candidates.find((at) => Date.UTC(...dateArguments(fieldsAt(at))) >= midnight) ?? candidates[1] ?? midnight;
  };
  return { fieldsAt, beginOf };
}

function dateArguments([year, month, day]: Fields): [number, number, number] {
  return [year, month - 1, day];
}
