// Which budgets a call falls under, read from the settings. Pure.
import type { PeriodName } from "./calendar.ts";

/** Amounts are US dollars; those with `Tokens` count what goes in and comes out, cached or not. */
export interface PeriodLimits {
  readonly day?: number | undefined;
  readonly month?: number | undefined;
  readonly dayTokens?: number | undefined;
  readonly monthTokens?: number | undefined;
}

export interface SessionLimits extends PeriodLimits {
  readonly total?: number | undefined;
  readonly totalTokens?: number | undefined;
}

/** The section `budgets` of the config. */
export interface BudgetSettings extends PeriodLimits {
  /** The share of a budget from which on the owner is told. */
  readonly warnAt: number;
  readonly unknownPrice: "refuse" | "allow";
  /** `default` is for each agent that is not named. */
  readonly agents: Readonly<Record<string, PeriodLimits>>;
  readonly jobs: Readonly<Record<string, PeriodLimits>>;
  readonly sessions: SessionLimits;
}

export type ScopeName = "house" | "agent" | "job" | "session";

/** Whose money it is: of the house, or of one agent, job or session. */
export interface Scope {
  readonly name: ScopeName;
  /** Empty for the house. */
  readonly id: string;
}

export interface Budget {
  readonly scope: Scope;
  readonly period: PeriodName;
  readonly unit: "usd" | "tokens";
  /** Nano-dollars or tokens, a whole number. */
  readonly limit: number;
  /** Where the limit stands in the config, for example `budgets.agents.default.day`. */
  readonly path: string;
}

/** What a call must say of itself to be counted. */
export interface Spender {
  readonly agent: string;
  readonly sessionKey: string;
  readonly parent?: string | undefined;
  readonly job?: string | undefined;
}

/** Scopes that a call is counted in. What a session starts is paid from its own budget and from that of its starter. */
export function scopesOf({ agent, sessionKey, parent, job }: Spender): readonly Scope[] {
  const sessions = new Set(parent === undefined ? [sessionKey] : [sessionKey, parent]);
  return [
    { name: "house", id: "" },
    { name: "agent", id: agent },
    ...(job === undefined ? [] : [{ name: "job" as const, id: job }]),
    ...[...sessions].map((id) => ({ name: "session" as const, id })),
  ];
}

export function budgetsOf(spender: Spender, settings: BudgetSettings): readonly Budget[] {
  return scopesOf(spender).flatMap((scope) => budgetsOfScope(scope, settings));
}

export function budgetsOfScope(scope: Scope, settings: BudgetSettings): readonly Budget[] {
  const { path, limits } = limitsOf(scope, settings);
  return fields.flatMap(({ field, period, unit }) => {
    const limit = limits[field];
    if (limit === undefined) return [];
    return [{ scope, period, unit, limit: unit === "usd" ? Math.round(limit * 1e9) : limit, path: `${path}.${field}` }];
  });
}

const fields = [
  { field: "total", period: "total", unit: "usd" },
  { field: "day", period: "day", unit: "usd" },
  { field: "month", period: "month", unit: "usd" },
  { field: "totalTokens", period: "total", unit: "tokens" },
  { field: "dayTokens", period: "day", unit: "tokens" },
  { field: "monthTokens", period: "month", unit: "tokens" },
] as const;

/** What is named has its own limits and none of the default's. */
function limitsOf({ name, id }: Scope, settings: BudgetSettings): { path: string; limits: SessionLimits } {
  if (name === "house") return { path: "budgets", limits: { ...settings, total: undefined, totalTokens: undefined } };
  if (name === "session") return { path: "budgets.sessions", limits: settings.sessions };
  const table = name === "agent" ? settings.agents : settings.jobs;
  const key = Object.hasOwn(table, id) ? id : "default";
  return { path: `budgets.${name}s.${key}`, limits: (Object.hasOwn(table, key) && table[key]) || {} };
}
