// What `homarus cost` says: money, bars, names of groups. Pure.

export interface Sum {
  readonly date?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly agentId?: string;
  readonly sessionKey?: string;
  readonly jobId?: string;
  readonly key?: string;
  readonly calls: number;
  readonly unknownPriceCalls: number;
  readonly tokens: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly total: number;
  };
  readonly usd: number;
  readonly heldUsd: number;
  readonly heldCalls: number;
}

export interface BudgetRow {
  readonly scope: string;
  readonly id?: string;
  readonly period: string;
  readonly unit: "usd" | "tokens";
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  readonly resetsAt?: number;
  readonly state: "ok" | "near" | "full";
  readonly path: string;
}

/** As many places as are needed to see something. */
export function money(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  return usd < 0.0001 ? "<$0.0001" : `$${Number(usd.toPrecision(2))}`;
}

/** 12,345 as `12.3k`. */
export function count(tokens: number): string {
  if (tokens < 1_000) return String(tokens);
  return tokens < 1_000_000 ? `${(tokens / 1_000).toFixed(1)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}

/** What calls of an unknown price cost is not known, and never taken for nothing. */
export function cost({ usd, calls, unknownPriceCalls }: Sum): string {
  if (unknownPriceCalls === 0) return money(usd);
  const unknown = `unknown (${unknownPriceCalls} ${unknownPriceCalls === 1 ? "call" : "calls"})`;
  return unknownPriceCalls === calls ? unknown : `${money(usd)} + ${unknown}`;
}

/** Of what was read, so much came from the vendor's cache. */
export function cached({ tokens }: Sum): string {
  const read = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return read === 0 ? "" : `${Math.round((tokens.cacheRead / read) * 100)} %`;
}

const groupings = ["day", "provider", "model", "agent", "session", "job", "key"];

/** The head over names of groups: what was asked for, in the order in which they are named. */
export function groupTitle(by: string): string {
  const asked = by.split(",").map((word) => word.trim());
  return groupings
    .filter((word) => asked.includes(word))
    .map((word) => word.toUpperCase())
    .join("  ");
}

export function groupName(sum: Sum): string {
  const model = sum.model === undefined ? sum.provider : `${sum.provider}/${sum.model}`;
  const names = [sum.date, model, sum.agentId, sum.sessionKey, sum.jobId, sum.key];
  return names.filter((name) => name !== undefined).join("  ") || "(none)";
}

const barWidth = 20;

/** `████████░░░░░░░░░░░░`, held amounts as `▒`. */
export function bar({ limit, spent, held }: Pick<BudgetRow, "limit" | "spent" | "held">): string {
  const cells = (amount: number) =>
    limit === 0 ? barWidth : Math.min(barWidth, Math.round((amount / limit) * barWidth));
  const full = cells(spent);
  const both = Math.max(full, cells(spent + held));
  return "█".repeat(full) + "▒".repeat(both - full) + "░".repeat(barWidth - both);
}

export function budgetLine(budget: BudgetRow): readonly string[] {
  const { scope, id, period, unit, limit, spent, held, resetsAt, state } = budget;
  const told = (amount: number) => (unit === "usd" ? money(amount) : count(amount));
  const percent = limit === 0 ? "" : ` ${Math.round((spent / limit) * 100)} %`;
  const holds = held > 0 ? `, ${told(held)} held` : "";
  return [
    id === undefined ? scope : `${scope} ${id}`,
    unit === "usd" ? period : `${period}, tokens`,
    `${bar(budget)}${percent}`,
    `${told(spent)} of ${told(limit)}${holds}`,
    resetsAt === undefined ? "" : new Date(resetsAt).toLocaleString(),
    state === "ok" ? "" : state,
  ];
}

const unitsMs = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** A date as it stands; `7d`, `24h`, `2w` as the time so long ago; undefined for other words. */
export function sinceOf(text: string, now: number): string | number | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const [, amount, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  return amount === undefined ? undefined : now - Number(amount) * unitsMs[unit as keyof typeof unitsMs];
}
