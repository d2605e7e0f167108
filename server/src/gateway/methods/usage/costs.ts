// costs.* and budgets.status: the ledger and the budgets, in our own words. Money is US dollars.
import type { LedgerGrouping, LedgerRow, LedgerSum, Usage } from "@homarus/sdk";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { groupings, type release, type rowsOf, type summary } from "./shapes.ts";
import { totalOf, usdOf } from "./sums.ts";

const rowsDefault = 100;

interface Scoped {
  readonly provider?: string;
  readonly model?: string;
  readonly agentId?: string;
  readonly sessionKey?: string;
  readonly jobId?: string;
}

function scopeOf({ provider, model, agentId, sessionKey, jobId }: Scoped, { door }: Call) {
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(agentId === undefined ? {} : { agent: agentId }),
    ...(sessionKey === undefined ? {} : { session: door.house.sessions.resolveKey(sessionKey) }),
    ...(jobId === undefined ? {} : { job: jobId }),
  };
}

async function summarise(input: ParamsOf<typeof summary>, call: Call): Promise<unknown> {
  const by = groupingsOf(input.by);
  const { from, until, timeZone, sums, total } = await call.door.house.costs.summary({
    ...{ ...scopeOf(input, call), from: input.from, to: input.to },
    // The same name of a model at two providers is two models.
    by: by.includes("model") && !by.includes("provider") ? ["provider", ...by] : by,
  });
  return { from, to: until, timeZone, by, rows: sums.map(sumShape), total: sumShape(total) };
}

function groupingsOf(by: string | readonly string[] = []): readonly LedgerGrouping[] {
  const words = typeof by === "string" ? by.split(",").map((word) => word.trim()) : by;
  return words.map((word) => {
    const known = groupings.find((grouping) => grouping === word);
    if (!known) throw invalid(`by "${word}" is not one of ${groupings.join(", ")}`);
    return known;
  });
}

function sumShape({ group, date, calls, unpriced, usage, nanoUsd, held }: LedgerSum & { readonly date?: string }) {
  const { agent, session, job, day: _, ...same } = group;
  return {
    ...(date === undefined ? {} : { date }),
    ...same,
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(session === undefined ? {} : { sessionKey: session }),
    ...(job === undefined ? {} : { jobId: job }),
    ...{ calls, unknownPriceCalls: unpriced, tokens: tokensOf(usage), usd: usdOf(totalOf(nanoUsd)) },
    ...{ heldCalls: held.calls, heldTokens: held.tokens, heldUsd: usdOf(held.nanoUsd) },
  };
}

function tokensOf(usage: Usage) {
  return { ...usage, total: totalOf(usage) };
}

async function list(input: ParamsOf<typeof rowsOf>, call: Call): Promise<unknown> {
  const { limit = rowsDefault, offset = 0, state } = input;
  const found = await call.door.house.costs.rows({
    ...{ ...scopeOf(input, call), from: input.from, to: input.to, limit: limit + 1, offset },
    ...(state === undefined ? {} : { states: [state] }),
  });
  const more = found.length > limit ? { nextOffset: offset + limit } : {};
  return { rows: found.slice(0, limit).map(rowShape), ...more };
}

function rowShape({ agent, job, usage, nanoUsd, ...row }: LedgerRow) {
  return {
    ...{ ...row, agentId: agent, tokens: tokensOf(usage) },
    ...(job === undefined ? {} : { jobId: job }),
    ...{ usd: nanoUsd ? usdOf(totalOf(nanoUsd)) : null, nanoUsd: nanoUsd ? totalOf(nanoUsd) : null },
  };
}

async function giveBack({ id }: ParamsOf<typeof release>, { door }: Call): Promise<unknown> {
  const released = await door.house.costs.release(id);
  const nanoUsd = released.reduce((sum, row) => sum + (row.nanoUsd ? totalOf(row.nanoUsd) : 0), 0);
  return { released: released.length, usd: usdOf(nanoUsd) };
}

async function budgets(_input: unknown, { door }: Call): Promise<unknown> {
  const states = await door.house.costs.budgets();
  return {
    budgets: states.map(({ scope, limit, spent, held, unit, ...state }) => {
      const amountOf = (amount: number) => (unit === "usd" ? usdOf(amount) : amount);
      const amounts = { limit: amountOf(limit), spent: amountOf(spent), held: amountOf(held) };
      return { scope: scope.name, ...(scope.id === "" ? {} : { id: scope.id }), unit, ...amounts, ...state };
    }),
  };
}

export const handlers: Group["handlers"] = {
  "costs.summary": summarise,
  "costs.list": list,
  "costs.release": giveBack,
  "budgets.status": budgets,
};
