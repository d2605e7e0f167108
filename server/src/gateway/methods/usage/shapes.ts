// Shapes of the methods about tokens and cost. Source of usage.* and sessions.usage*: recorded answers of releases
// 2026.2.17 and 2026.5.7; costs.* and budgets.status are ours.
import {
  anything,
  flag,
  list,
  name,
  oneOf,
  open,
  optional,
  orNull,
  type Shape,
  text,
  told,
  whole,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const range = { startDate: optional(text), endDate: optional(text) };
export const cost = open({ ...range, days: optional(whole(1, 366)) });
export const usage = open({ ...range, key: optional(name), limit: optional(whole(1)) });
export const one = open({ key: name, limit: optional(whole(1)) });

const totals = open({ input: whole(0), output: whole(0), totalTokens: whole(0), missingCostEntries: whole(0) });

const moment = told({ anyOf: [name, whole(0)] } as Shape<string | number>, "A date of the house's zone, or Unix ms.");
const scoped = {
  ...{ from: optional(moment), to: optional(moment), provider: optional(name), model: optional(name) },
  ...{ agentId: optional(name), sessionKey: optional(name), jobId: optional(name) },
};

export const groupings = ["provider", "model", "agent", "session", "job", "key", "day"] as const;

export const summary = open({
  ...scoped,
  by: optional(
    told(
      { anyOf: [name, list(oneOf(...groupings))] } as Shape<string | readonly string[]>,
      "A list, or words with commas: provider, model, agent, session, job, key, day.",
    ),
  ),
});

export const rowsOf = open({
  ...scoped,
  state: optional(oneOf("held", "settled", "void")),
  limit: optional(whole(1, 1_000)),
  offset: optional(whole(0)),
});

export const release = open({ id: optional(name) });

const amount: Shape<number> = { type: "number", minimum: 0 };
const tokens = open({ input: whole(0), output: whole(0), cacheRead: whole(0), cacheWrite: whole(0), total: whole(0) });
const sum = open({ calls: whole(0), unknownPriceCalls: whole(0), tokens, usd: amount, heldUsd: amount });

const budget = open({
  scope: oneOf("house", "agent", "job", "session"),
  id: optional(name),
  period: oneOf("day", "month", "total"),
  unit: oneOf("usd", "tokens"),
  limit: amount,
  spent: amount,
  held: amount,
  resetsAt: optional(whole(0)),
  state: oneOf("ok", "near", "full"),
  path: name,
});

const row = open({
  ...{ id: name, at: whole(0), runId: name, agentId: name, sessionKey: name, provider: name, model: name },
  ...{ state: oneOf("held", "settled", "void"), tokens, usd: orNull(amount), estimated: optional(flag) },
});

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
  "costs.summary": {
    params: summary,
    result: open({ from: whole(0), to: whole(0), timeZone: name, rows: list(sum), total: sum }),
  },
  "costs.list": { params: rowsOf, result: open({ rows: list(row), nextOffset: optional(whole(1)) }) },
  "costs.release": { params: release, result: open({ released: whole(0), usd: amount }) },
  "budgets.status": { params: undefined, result: open({ budgets: list(budget) }) },
};
