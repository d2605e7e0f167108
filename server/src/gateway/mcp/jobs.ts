// Jobs in the words of the house-level tools, and back into params of the method table. Pure.
import { invalid } from "../refusal.ts";

/** A row of `cron.list`, as far as it is told on. */
export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly schedule: { readonly kind: string; readonly at?: string; readonly everyMs?: number; readonly expr?: string };
  readonly payload: { readonly kind: string; readonly message?: string; readonly text?: string };
  readonly state: { readonly nextRunAtMs?: number; readonly lastRunAtMs?: number; readonly lastStatus?: string };
}

export function toldJob({ id, name, enabled, schedule, payload, state }: JobRow) {
  const { nextRunAtMs, lastRunAtMs, lastStatus } = state;
  return {
    ...{ job: id, name, says: payload.message ?? payload.text ?? "", schedule: toldSchedule(schedule) },
    is_enabled: enabled,
    ...(nextRunAtMs === undefined ? {} : { next: new Date(nextRunAtMs).toISOString() }),
    ...(lastRunAtMs === undefined ? {} : { last: new Date(lastRunAtMs).toISOString() }),
    ...(lastStatus === undefined ? {} : { last_status: lastStatus }),
  };
}

function toldSchedule({ kind, at, everyMs = 0, expr }: JobRow["schedule"]): string {
  if (kind === "at") return `once at ${at}`;
  return kind === "every" ? `every ${everyMs / 1_000} s` : `cron ${expr}`;
}

export interface JobWish {
  readonly name: string;
  readonly message: string;
  readonly at?: string;
  readonly every?: string;
  readonly cron?: string;
  readonly time_zone?: string;
  readonly session?: string;
  readonly agent?: string;
  readonly channel?: string;
  readonly to?: string;
}

/** Params of `cron.add`. Throws `invalid` for a wish that names no schedule, or several. */
export function jobParams(wish: JobWish, agent: string) {
  const { name, message, session = "isolated", channel, to } = wish;
  const isPlaced = channel !== undefined || to !== undefined;
  return {
    ...{ name, schedule: scheduleOf(wish), sessionTarget: session, wakeMode: "now", agentId: wish.agent ?? agent },
    // The main session is told; everywhere else the agent is asked.
    payload: session === "main" ? { kind: "systemEvent", text: message } : { kind: "agentTurn", message },
    ...(isPlaced
      ? { delivery: { mode: "announce", channel: channel ?? "last", ...(to === undefined ? {} : { to }) } }
      : {}),
  };
}

function scheduleOf({ at, every, cron, time_zone: tz }: JobWish) {
  if ([at, every, cron].filter((way) => way !== undefined).length !== 1)
    throw invalid("a job has one schedule: give `at`, `every` or `cron`");
  if (at !== undefined) return { kind: "at", at };
  if (every !== undefined) return { kind: "every", everyMs: durationOf(every) };
  return { kind: "cron", expr: cron, ...(tz === undefined ? {} : { tz }) };
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationOf(text: string): number {
  const [, count, unit = ""] = /^(\d+)\s*([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (!(ms > 0)) throw invalid(`"${text}" is no duration: write it like 90s, 30m, 2h or 1d`);
  return ms;
}
