// Shapes of the methods about tokens and cost. Source: recorded answers of releases 2026.2.17 and 2026.5.7.
import { anything, list, name, open, optional, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const range = { startDate: optional(text), endDate: optional(text) };
export const cost = open({ ...range, days: optional(whole(1, 366)) });
export const usage = open({ ...range, key: optional(name), limit: optional(whole(1)) });
export const one = open({ key: name, limit: optional(whole(1)) });

const totals = open({ input: whole(0), output: whole(0), totalTokens: whole(0), missingCostEntries: whole(0) });

export const shapes: Group["shapes"] = {
  "usage.status": { params: undefined, result: open({ updatedAt: whole(0), providers: list(anything) }) },
  "usage.cost": {
    params: cost,
    result: open({ updatedAt: whole(0), days: whole(1), daily: list(open({ date: name })), totals }),
  },
  "sessions.usage": {
    params: usage,
    result: open({ updatedAt: whole(0), startDate: name, endDate: name, sessions: list(anything), totals }),
  },
  "sessions.usage.timeseries": { params: one, result: open({ points: list(open({ timestamp: whole(0) })) }) },
  "sessions.usage.logs": { params: one, result: open({ logs: list(open({ timestamp: whole(0), role: name })) }) },
};
