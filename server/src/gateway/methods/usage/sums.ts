// Sums of the ledger and counts of messages, as clients draw them: by day, model and session. Pure.
// A call whose price is unknown is counted as missing; nothing of it is in any cost.
import { addUsage, type Entry, type LedgerSum, noUsage, type Usage } from "@homarus/sdk";

/** UTC day. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function totalOf({ input, output, cacheRead, cacheWrite }: Usage): number {
  return input + output + cacheRead + cacheWrite;
}

export function usdOf(nanoUsd: number): number {
  return nanoUsd / 1e9;
}

export function totalsOf(sums: readonly LedgerSum[]) {
  const usage = sums.reduce((sum, item) => addUsage(sum, item.usage), noUsage);
  const cost = sums.reduce((sum, item) => addUsage(sum, item.nanoUsd), noUsage);
  return {
    ...{ input: usage.input, output: usage.output, cacheRead: usage.cacheRead, cacheWrite: usage.cacheWrite },
    ...{ totalTokens: totalOf(usage), totalCost: usdOf(totalOf(cost)) },
    ...{ inputCost: usdOf(cost.input), outputCost: usdOf(cost.output) },
    ...{ cacheReadCost: usdOf(cost.cacheRead), cacheWriteCost: usdOf(cost.cacheWrite) },
    missingCostEntries: sums.reduce((count, item) => count + item.unpriced, 0),
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

export function byDay(sums: readonly LedgerSum[]) {
  return groupedBy(sums, ({ group }) => dayOf(group.day ?? 0))
    .map(([date, own]) => ({ date, ...totalsOf(own) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

export function byModel(sums: readonly LedgerSum[]) {
  return groupedBy(sums, ({ group }) => `${group.provider}/${group.model}`).map(([, own]) => ({
    ...{ provider: own[0]?.group.provider ?? "", model: own[0]?.group.model ?? "" },
    ...{ count: callsIn(own), totals: totalsOf(own) },
  }));
}

export function callsIn(sums: readonly LedgerSum[]): number {
  return sums.reduce((count, { calls }) => count + calls, 0);
}

export function messageCounts(entries: readonly Entry[]) {
  const count = (type: Entry["body"]["type"]) => entries.filter(({ body }) => body.type === type).length;
  const errors = entries.filter(({ body }) => body.type === "tool-result" && body.result.isError === true).length;
  const counts = { user: count("user"), assistant: count("step"), toolCalls: count("tool-start") };
  return { total: counts.user + counts.assistant, ...counts, toolResults: count("tool-result"), errors };
}
