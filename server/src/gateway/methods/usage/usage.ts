// usage.* and sessions.usage*: what was spent, read from the sessions' logs.
import type { Entry, Session } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import { historyMessages } from "../chat/history.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";
import { byDay, byModel, dayOf, groupedBy, messageCounts, type Step, stepsOf, totalsOf } from "./sums.ts";

const dayMs = 86_400_000;
const daysDefault = 30;

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
  readonly steps: readonly Step[];
}

/** Sessions that were active in the range, newest first, with their entries of it. */
async function readSessions(door: Door, { from, until }: Range, limit?: number): Promise<Read[]> {
  const active = await door.house.store.sessions({ since: from });
  const found: Read[] = [];
  for (const session of active) {
    const entries = (await door.house.store.entries(session.id)).filter(({ at }) => at >= from && at < until);
    if (entries.length > 0) found.push({ session, entries, steps: stepsOf(entries) });
    if (limit !== undefined && found.length >= limit) break;
  }
  return found;
}

/** What a vendor lets its customer still spend is not asked for: no provider here tells it. */
async function status(_input: unknown, { door }: Call): Promise<unknown> {
  return { updatedAt: door.clock.now(), providers: [] };
}

async function cost(input: ParamsOf<typeof params.cost>, { door }: Call): Promise<unknown> {
  const now = door.clock.now();
  const range = rangeOf(input, now);
  const steps = (await readSessions(door, range)).flatMap((read) => read.steps);
  const days = Math.round((range.until - range.from) / dayMs);
  return { updatedAt: now, days, daily: byDay(steps), totals: totalsOf(steps) };
}

async function usage(input: ParamsOf<typeof params.usage>, { door }: Call): Promise<unknown> {
  const now = door.clock.now();
  const range = rangeOf(input, now);
  const all = await readSessions(door, range);
  const key = input.key === undefined ? undefined : door.house.sessions.resolveKey(input.key);
  const reads = key === undefined ? all : all.filter(({ session }) => session.key === key);
  const shown = reads.slice(0, input.limit ?? 50);
  const steps = reads.flatMap((read) => read.steps);
  return {
    updatedAt: now,
    startDate: dayOf(range.from),
    endDate: dayOf(range.until - 1),
    sessions: shown.map(sessionUsage),
    totals: totalsOf(steps),
    aggregates: aggregates(reads, steps),
  };
}

function sessionUsage({ session, entries, steps }: Read) {
  const times = entries.map((entry) => entry.at);
  const last = steps.at(-1);
  const [firstActivity, lastActivity] = [Math.min(...times), Math.max(...times)];
  return {
    ...{ key: session.key, sessionId: session.id, updatedAt: session.updatedAt, agentId: session.agent },
    ...(session.label === undefined ? {} : { label: session.label }),
    ...(last === undefined ? {} : { modelProvider: last.provider, model: last.model }),
    usage: {
      ...{ sessionId: session.id, firstActivity, lastActivity, durationMs: lastActivity - firstActivity },
      activityDates: [...new Set(times.map(dayOf))].sort(),
      dailyBreakdown: byDay(steps).map(({ date, totalTokens }) => ({ date, tokens: totalTokens, cost: 0 })),
      dailyMessageCounts: dailyCounts(entries),
      ...{ messageCounts: messageCounts(entries), modelUsage: byModel(steps), ...totalsOf(steps) },
    },
  };
}

function dailyCounts(entries: readonly Entry[]) {
  return groupedBy(entries, (entry) => dayOf(entry.at)).map(([date, own]) => ({ date, ...messageCounts(own) }));
}

function aggregates(reads: readonly Read[], steps: readonly Step[]) {
  const entries = reads.flatMap((read) => read.entries);
  const tools = groupedBy(
    entries.flatMap(({ body }) => (body.type === "tool-start" ? [body.name] : [])),
    (name) => name,
  ).map(([name, calls]) => ({ name, count: calls.length }));
  const sums = (key: "provider", groups: [string, Step[]][]) =>
    groups.map(([name, own]) => ({ [key]: name, count: own.length, totals: totalsOf(own) }));
  return {
    messages: messageCounts(entries),
    tools: { totalCalls: tools.reduce((sum, tool) => sum + tool.count, 0), uniqueTools: tools.length, tools },
    byModel: byModel(steps),
    byProvider: sums(
      "provider",
      groupedBy(steps, (step) => step.provider),
    ),
    byAgent: groupedBy(reads, ({ session }) => session.agent).map(([agentId, own]) => ({
      ...{ agentId, totals: totalsOf(own.flatMap((read) => read.steps)) },
    })),
    byChannel: [],
    daily: byDay(steps),
  };
}

async function entriesOf(
  door: Door,
  key: string,
  last: number,
): Promise<{ session: Session; entries: readonly Entry[] }> {
  const session = await door.house.store.session(door.house.sessions.resolveKey(key));
  if (!session) throw invalid(`No session found: ${key}`);
  return { session, entries: await door.house.store.entries(session.id, { last }) };
}

async function timeseries(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const { session, entries } = await entriesOf(door, input.key, (input.limit ?? 200) * 4);
  let cumulativeTokens = 0;
  const points = stepsOf(entries).map(({ at, usage: { input: asked, output, cacheRead, cacheWrite } }) => {
    const totalTokens = asked + output + cacheRead + cacheWrite;
    cumulativeTokens += totalTokens;
    return {
      timestamp: at,
      input: asked,
      output,
      cacheRead,
      cacheWrite,
      totalTokens,
      cost: 0,
      cumulativeTokens,
      cumulativeCost: 0,
    };
  });
  return { sessionId: session.id, points };
}

async function logs(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const { session, entries } = await entriesOf(door, input.key, (input.limit ?? 50) * 2);
  const messages = historyMessages(session.id, entries).slice(-(input.limit ?? 50));
  return {
    logs: messages.map(({ timestamp, role, content }) => ({
      ...{ timestamp, role: role === "toolResult" ? "toolResult" : role },
      content: content
        .map((block) => (typeof block.text === "string" ? block.text : `[${String(block.type)}]`))
        .join("\n"),
    })),
  };
}

export const handlers: Group["handlers"] = {
  "usage.status": status,
  "usage.cost": cost,
  "sessions.usage": usage,
  "sessions.usage.timeseries": timeseries,
  "sessions.usage.logs": logs,
};
