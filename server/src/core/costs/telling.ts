// What the owner is told of budgets, once for each period and limit: that one comes near its end, that one stops work.
import type { Fault } from "@homarus/sdk";
import type { Calendar } from "./calendar.ts";
import { type Line, nearText } from "./words.ts";

export interface TellingParts {
  calendar(): Calendar;
  warnAt(): number;
  notice(text: string): void;
}

export interface Telling {
  /** A call asks for these budgets. What was near its end before this process began was told then. */
  meet(lines: readonly Line[]): void;
  /** Gives what was told. */
  near(lines: readonly Line[]): readonly string[];
  full(line: Line, fault: Fault): void;
}

export function createTelling({ calendar, warnAt, notice }: TellingParts): Telling {
  const isNear = ({ budget, counter }: Line) => counter.spent[budget.unit] >= budget.limit * warnAt();
  const keyOf = (what: "near" | "full", { budget }: Line) => `${what} ${budget.path} ${budget.limit}`;
  const isNew = (what: "near" | "full", line: Line): boolean => {
    const told = line.counter.told ?? new Set();
    line.counter.told = told;
    const key = keyOf(what, line);
    const isFirst = !told.has(key);
    told.add(key);
    return isFirst;
  };
  return {
    meet(lines) {
      const fresh = lines.filter(({ counter }) => counter.told === undefined);
      for (const line of fresh) {
        line.counter.told ??= new Set();
        if (isNear(line)) line.counter.told.add(keyOf("near", line));
      }
    },
    near: (lines) =>
      lines
        .filter((line) => isNear(line) && isNew("near", line))
        .map((line) => {
          const text = nearText(line, calendar());
          notice(text);
          return text;
        }),
    full(line, fault) {
      if (isNew("full", line)) notice([fault.message, fault.hint].filter(Boolean).join(" "));
    },
  };
}
