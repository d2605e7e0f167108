// usage.* and sessions.usage*: what was spent, read from the ledger; what was said, from the sessions' logs. Days are UTC.
import type { Entry, LedgerRow, LedgerSum, Session } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import { historyMessages } from "../chat/history.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";
import { byDay, byModel, callsIn, dayOf, groupedBy, messageCounts, totalOf, totalsOf, usdOf } from "./sums.ts";

const dayMs = 86_400_000;
const daysDefault = 30;
/** Rows of the ledger read at once. */
const page = 200;

interface Range {
  readonly from: number;
  readonly until: number;
}

function rangeOf(
  input: { readonly startDate?: string; readonly endDate?: string; readonly days?: number },
  now: number,
): Range {
  const until = (input.endDate === undefined ? startOfDay(now) : dayStart(input.endDate)) + dayMs;
  const days = input.days ?? daysDefault;
  const from = input.startDate === undefined ? until - days * dayMs : dayStart(input.startDate);
  if (from >= until) throw invalid("startDate must not be after endDate");
  return { from, until };
}

function startOfDay(at: number): number {
  return at - (at % dayMs);
}

function dayStart(date: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw invalid(`invalid date "${date}" (use YYYY-MM-DD)`);
  return at;
}

interface Read {
  readonly session: Session;
  readonly entries: readonly Entry[];
  readonly sums: readonly LedgerSum[];
}

/** Sums of the ledger by session, model and day. */
function readLedger(door: Door, { from, until }: Range, key?: string): Promise<readonly LedgerSum[]> {
  const days = Array.from({ length: Math.round((until - from) / dayMs) + 1 }, (_, day) => from + day * dayMs);
  const by = ["session", "agent", "provider", "model", "day"] as const;
  return door.house.store.ledgerSums({ from, until, days, by, ...(key === undefined ? {} : { session: key }) });
}

/** Sessions that were active in the range, newest first, with their entries of it. */
async function readSessions(door: Door, { from, until }: Range, sums: readonly LedgerSum[]): Promise<Read[]> {
  const own = new Map(groupedBy(sums, ({ group }) => group.session ?? ""));
  const found: Read[] = [];
  for (const session of await door.house.store.sessions({ since: from })) {
    const entries = (await door.house.store.entries(session.id)).filter(({ at }) => at >= from && at < until);
    if (entries.length > 0) found.push({ session, entries, sums: own.get(session.key) ?? [] });
  }
  return found;
}

/** What vendors let their customer still spend is not asked for; what the owner lets the house spend is known. */
async function status(_input: unknown, { door }: Call): Promise<unknown> {
  const budgets = (await door.house.costs.budgets()).filter(({ scope }) => scope.name === "house");
  const windows = budgets.map(({ period, limit, spent, held, resetsAt }) => ({
    label: period,
    usedPercent: limit === 0 ? 100 : Math.min(100, ((spent + held) / limit) * 100),
    ...(resetsAt === undefined ? {} : { resetAt: resetsAt }),
  }));
  const providers = windows.length === 0 ? [] : [{ provider: "budgets", displayName: "Budgets", windows }];
  return { updatedAt: door.clock.now(), providers };
}

async function cost(input: ParamsOf<typeof params.cost>, { door }: Call): Promise<unknown> {
  const now = door.clock.now();
  const range = rangeOf(input, now);
  const sums = await readLedger(door, range);
  const days = Math.round((range.until - range.from) / dayMs);
  return { updatedAt: now, days, daily: byDay(sums), totals: totalsOf(sums) };
}

async function usage(input: ParamsOf<typeof params.usage>, { door }: Call): Promise<unknown> {
  const now = door.clock.now();
  const range = rangeOf(input, now);
  const key = input.key === undefined ? undefined : door.house.sessions.resolveKey(input.key);
  const isMeant = (name: string | undefined) => key === undefined || name === key;
  const sums = (await readLedger(door, range, key)).filter(({ group }) => isMeant(group.session));
  const reads = (await readSessions(door, range, sums)).filter(({ session }) => isMeant(session.key));
  const shown = reads.slice(0, input.limit ?? 50);
  return {
    updatedAt: now,
    startDate: dayOf(range.from),
    endDate: dayOf(range.until - 1),
    sessions: shown.map(sessionUsage),
    totals: totalsOf(sums),
    aggregates: aggregates(reads, sums),
  };
}

function sessionUsage({ session, entries, sums }: Read) {
  const times = entries.map((entry) => entry.at);
  const last = entries.findLast(({ body }) => body.type === "step" && body.provider !== "house")?.body;
  const [firstActivity, lastActivity] = [Math.min(...times), Math.max(...times)];
  return {
    ...{ key: session.key, sessionId: session.id, updatedAt: session.updatedAt, agentId: session.agent },
    ...(session.label === undefined ? {} : { label: session.label }),
    ...(last?.type === "step" ? { modelProvider: last.provider, model: last.model } : {}),
    usage: {
      ...{ sessionId: session.id, firstActivity, lastActivity, durationMs: lastActivity - firstActivity },
      activityDates: [...new Set(times.map(dayOf))].sort(),
      dailyBreakdown: byDay(sums).map(({ date, totalTokens, totalCost }) => ({
        ...{ date, tokens: totalTokens, cost: totalCost },
      })),
      dailyMessageCounts: dailyCounts(entries),
      dailyModelUsage: dailyModels(sums),
      ...{ messageCounts: messageCounts(entries), modelUsage: byModel(sums), ...totalsOf(sums) },
    },
  };
}

function dailyModels(sums: readonly LedgerSum[]) {
  return sums.map(({ group, calls, usage: used, nanoUsd }) => ({
    ...{ date: dayOf(group.day ?? 0), provider: group.provider, model: group.model },
    ...{ tokens: totalOf(used), cost: usdOf(totalOf(nanoUsd)), count: calls },
  }));
}

function dailyCounts(entries: readonly Entry[]) {
  return groupedBy(entries, (entry) => dayOf(entry.at)).map(([date, own]) => ({ date, ...messageCounts(own) }));
}

function aggregates(reads: readonly Read[], sums: readonly LedgerSum[]) {
  const entries = reads.flatMap((read) => read.entries);
  const tools = groupedBy(
    entries.flatMap(({ body }) => (body.type === "tool-start" ? [body.name] : [])),
    (name) => name,
  ).map(([name, calls]) => ({ name, count: calls.length }));
  return {
    messages: messageCounts(entries),
    tools: { totalCalls: tools.reduce((sum, tool) => sum + tool.count, 0), uniqueTools: tools.length, tools },
    byModel: byModel(sums),
    byProvider: groupedBy(sums, ({ group }) => group.provider ?? "").map(([provider, own]) => ({
      ...{ provider, count: callsIn(own), totals: totalsOf(own) },
    })),
    byAgent: groupedBy(sums, ({ group }) => group.agent ?? "").map(([agentId, own]) => ({
      ...{ agentId, totals: totalsOf(own) },
    })),
    byChannel: [],
    daily: byDay(sums),
  };
}

async function sessionOf(door: Door, key: string): Promise<Session> {
  const session = await door.house.store.session(door.house.sessions.resolveKey(key));
  if (!session) throw invalid(`No session found: ${key}`);
  return session;
}

/** Its newest calls that are settled, oldest first; not those of sessions that it started. */
async function callsOf(door: Door, { key }: Session, limit: number): Promise<readonly LedgerRow[]> {
  const own: LedgerRow[] = [];
  for (let offset = 0; own.length < limit; offset += page) {
    const rows = await door.house.store.ledgerRows({ session: key, states: ["settled"], limit: page, offset });
    own.push(...rows.filter((row) => row.sessionKey === key));
    if (rows.length < page) break;
  }
  return own.slice(0, limit).reverse();
}

async function timeseries(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const session = await sessionOf(door, input.key);
  let [cumulativeTokens, cumulativeCost] = [0, 0];
  const points = (await callsOf(door, session, input.limit ?? 200)).map(({ at, usage: used, nanoUsd }) => {
    const [totalTokens, nano] = [totalOf(used), nanoUsd ? totalOf(nanoUsd) : 0];
    cumulativeTokens += totalTokens;
    cumulativeCost += nano;
    const { input: asked, output, cacheRead, cacheWrite } = used;
    return {
      ...{ timestamp: at, input: asked, output, cacheRead, cacheWrite, totalTokens, cost: usdOf(nano) },
      ...{ cumulativeTokens, cumulativeCost: usdOf(cumulativeCost) },
    };
  });
  return { sessionId: session.id, points };
}

async function logs(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const limit = input.limit ?? 50;
  const session = await sessionOf(door, input.key);
  const entries = await door.house.store.entries(session.id, { last: limit * 2 });
  const costs = costsOf(await callsOf(door, session, limit * 2));
  return {
    logs: historyMessages(session.id, entries)
      .slice(-limit)
      .map(({ timestamp, role, content, usage: used, provider, model }) => ({
        ...{ timestamp, role, content: content.map(wordsOf).join("\n") },
        ...spentOn({ provider, model, usage: used }, costs),
      })),
  };
}

function wordsOf(block: Readonly<Record<string, unknown>>): string {
  return typeof block.text === "string" ? block.text : `[${String(block.type)}]`;
}

/** A step of the log and its call in the ledger know each other by model and tokens. */
function costsOf(rows: readonly LedgerRow[]): ReadonlyMap<string, number> {
  const priced = rows.filter((row) => row.nanoUsd !== null);
  return new Map(priced.map((row) => [callName(row, row.usage), totalOf(row.nanoUsd ?? row.usage)]));
}

function callName(of: { readonly provider?: unknown; readonly model?: unknown }, used: LedgerRow["usage"]): string {
  return JSON.stringify([of.provider, of.model, used.input, used.output, used.cacheRead, used.cacheWrite]);
}

function spentOn(
  message: { readonly provider: unknown; readonly model: unknown; readonly usage: unknown },
  costs: ReadonlyMap<string, number>,
): { tokens?: number; cost?: number } {
  if (!message.usage) return {};
  const used = message.usage as LedgerRow["usage"];
  const nanoUsd = costs.get(callName(message, used));
  return { tokens: totalOf(used), ...(nanoUsd === undefined ? {} : { cost: usdOf(nanoUsd) }) };
}

export const handlers: Group["handlers"] = {
  "usage.status": status,
  "usage.cost": cost,
  "sessions.usage": usage,
  "sessions.usage.timeseries": timeseries,
  "sessions.usage.logs": logs,
};
