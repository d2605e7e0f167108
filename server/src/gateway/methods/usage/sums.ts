// Sums over the steps of sessions, as clients draw them: by day, model and session. Pure.
// Prices are not part of this build: what a step cost is unknown, and is counted as unknown, never as nothing.
import type { Entry, Usage } from "@homarus/sdk";

export interface Step {
  /** Unix ms. */
  readonly at: number;
  readonly provider: string;
  readonly model: string;
  readonly usage: Usage;
}

export function stepsOf(entries: readonly Entry[]): Step[] {
  return entries.flatMap(({ at, body }) =>
    body.type === "step" && body.provider !== "house"
      ? [{ at, provider: body.provider, model: body.model, usage: body.usage }]
      : [],
  );
}

/** UTC day. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function totalsOf(steps: readonly Step[]) {
  const sum = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  for (const { usage } of steps) {
    sum.input += usage.input;
    sum.output += usage.output;
    sum.cacheRead += usage.cacheRead;
    sum.cacheWrite += usage.cacheWrite;
  }
  return {
    ...sum,
    totalTokens: sum.input + sum.output + sum.cacheRead + sum.cacheWrite,
    ...{ totalCost: 0, inputCost: 0, outputCost: 0, cacheReadCost: 0, cacheWriteCost: 0 },
    missingCostEntries: steps.length,
  };
}

export function groupedBy<Item>(items: readonly Item[], key: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups];
}

export function byDay(steps: readonly Step[]) {
  return groupedBy(steps, (step) => dayOf(step.at))
    .map(([date, own]) => ({ date, ...totalsOf(own) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

export function byModel(steps: readonly Step[]) {
  return groupedBy(steps, (step) => `${step.provider}/${step.model}`).map(([, own]) => ({
    ...{ provider: own[0]?.provider ?? "", model: own[0]?.model ?? "", count: own.length, totals: totalsOf(own) },
  }));
}

export function messageCounts(entries: readonly Entry[]) {
  const count = (type: Entry["body"]["type"]) => entries.filter(({ body }) => body.type === type).length;
  const errors = entries.filter(({ body }) => body.type === "tool-result" && body.result.isError === true).length;
  const counts = { user: count("user"), assistant: count("step"), toolCalls: count("tool-start") };
  return { total: counts.user + counts.assistant, ...counts, toolResults: count("tool-result"), errors };
}
