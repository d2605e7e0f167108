// `homarus cron`: jobs, listed, made, changed, run, looked back on and removed.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { numberOption, textOption } from "../options.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly schedule: Readonly<Record<string, unknown>>;
  readonly state: { readonly nextRunAtMs?: number; readonly lastStatus?: string; readonly lastError?: string };
}

interface Run {
  readonly ts: number;
  readonly status?: string;
  readonly durationMs?: number;
  readonly summary?: string;
  readonly error?: string;
}

type Action = (client: GatewayClient, invocation: Invocation, operand: string) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "", operand = ""] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(
      `There is no \`homarus cron ${name}\`.`,
      `It is one of ${Object.keys(actions).join(", ")}.`,
      "cli.words",
    );
  if (operand === "" && name !== "list" && name !== "status")
    throw wrong(
      `\`homarus cron ${name}\` wants a job.`,
      name === "add" ? 'Give it a name: homarus cron add "Morning" …' : "`homarus cron list` shows their ids.",
      "cli.words",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, invocation, operand);
}

const list: Action = async (client, { options }) => {
  const { jobs } = await client.request<{ jobs: readonly Row[] }>("cron.list", { includeDisabled: true });
  if (options.json) printJson({ ok: true, jobs });
  else if (jobs.length === 0)
    printLine('No job yet. Make one: homarus cron add "Morning" --cron "0 7 * * *" --message "…"');
  else
    printTable(
      ["ID", "NAME", "WHEN", "NEXT", "LAST"],
      jobs.map((job) => [job.id, job.name, whenText(job.schedule), nextText(job), lastText(job)]),
    );
  return 0;
};

function whenText(schedule: Row["schedule"]): string {
  if (schedule.kind === "at") return `at ${schedule.at}`;
  if (schedule.kind === "every") return `every ${Number(schedule.everyMs) / 1000} s`;
  return `${schedule.expr}${schedule.tz === undefined ? "" : ` (${schedule.tz})`}`;
}

function nextText({ enabled, state }: Row): string {
  if (!enabled) return "disabled";
  return state.nextRunAtMs === undefined ? "never" : new Date(state.nextRunAtMs).toLocaleString();
}

function lastText({ state }: Row): string {
  return state.lastError ? `${state.lastStatus}: ${state.lastError}`.slice(0, 60) : (state.lastStatus ?? "");
}

const status: Action = async (client, { options }) => {
  const found = await client.request<{ jobs: number; nextWakeAtMs: number | null }>("cron.status", {});
  const next =
    found.nextWakeAtMs === null ? "none is to come" : `next ${new Date(found.nextWakeAtMs).toLocaleString()}`;
  if (options.json) printJson({ ok: true, ...found });
  else printLine(`${found.jobs} ${found.jobs === 1 ? "job" : "jobs"}; ${next}.`);
  return 0;
};

const add: Action = async (client, { options }, name) => {
  const message = textOption(options.message);
  const note = textOption(options.note);
  if ((message === undefined) === (note === undefined))
    throw wrong(
      "A job says one thing.",
      "Give --message (a turn of its own) or --note (words for the main conversation).",
      "cli.words",
    );
  const job = await client.request<Row>("cron.add", {
    ...{ name, schedule: scheduleOf(options), wakeMode: "now" },
    sessionTarget: textOption(options.session) ?? (note === undefined ? "isolated" : "main"),
    payload:
      note === undefined ? { kind: "agentTurn", message, ...modelOf(options) } : { kind: "systemEvent", text: note },
    ...deliveryOf(options),
    ...(options.agent === undefined ? {} : { agentId: options.agent }),
    ...(options["delete-after-run"] ? { deleteAfterRun: true } : {}),
  });
  if (options.json) printJson({ ok: true, job });
  else printLine(`${job.name} is set (${job.id}); next ${nextText(job)}.`);
  return 0;
};

type Options = Invocation["options"];

function modelOf(options: Options) {
  const { model, thinking } = options;
  return { ...(model === undefined ? {} : { model }), ...(thinking === undefined ? {} : { thinking }) };
}

function deliveryOf(options: Options) {
  const channel = textOption(options.channel);
  const to = textOption(options.to);
  if (options.silent) return { delivery: { mode: "none" } };
  if (channel === undefined && to === undefined) return {};
  return { delivery: { mode: "announce", channel: channel ?? "last", ...(to === undefined ? {} : { to }) } };
}

function scheduleOf(options: Options): Readonly<Record<string, unknown>> {
  const [at, every, cron] = [options.at, options.every, options.cron].map(textOption);
  if ([at, every, cron].filter((way) => way !== undefined).length !== 1)
    throw wrong(
      "A job has one schedule.",
      'Give one of --at 2030-01-31T07:00, --every 30m or --cron "0 7 * * *".',
      "cli.words",
    );
  if (at !== undefined) return { kind: "at", at: instantOf(at) };
  if (every !== undefined) return { kind: "every", everyMs: durationOf(every) };
  const tz = textOption(options.tz);
  return { kind: "cron", expr: cron, ...(tz === undefined ? {} : { tz }) };
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `2h`, `1d`. */
function durationOf(text: string): number {
  const [, count, unit = ""] = /^(\d+)\s*([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (!(ms > 0)) throw wrong(`"${text}" is no duration.`, "Write it like 90s, 30m, 2h or 1d.", "cli.words");
  return ms;
}

/** A time of this machine's clock, or `+20m` from now. */
function instantOf(text: string): string {
  const at = text.startsWith("+") ? Date.now() + durationOf(text.slice(1)) : new Date(text).getTime();
  if (Number.isNaN(at)) throw wrong(`"${text}" is no time.`, "Write it like 2030-01-31T07:00 or +20m.", "cli.words");
  return new Date(at).toISOString();
}

const switchTo =
  (enabled: boolean): Action =>
  async (client, { options }, id) => {
    const job = await client.request<Row>("cron.update", { id, patch: { enabled } });
    if (options.json) printJson({ ok: true, job });
    else printLine(enabled ? `${job.name} is on; next ${nextText(job)}.` : `${job.name} is off.`);
    return 0;
  };

const edit: Action = async (client, { options }, id) => {
  const message = textOption(options.message);
  const hasSchedule = ["at", "every", "cron"].some((way) => options[way] !== undefined);
  const name = textOption(options.name);
  const patch = {
    ...(name === undefined ? {} : { name }),
    ...(message === undefined ? {} : { payload: { kind: "agentTurn", message, ...modelOf(options) } }),
    ...(hasSchedule ? { schedule: scheduleOf(options) } : {}),
    ...deliveryOf(options),
  };
  if (Object.keys(patch).length === 0)
    throw wrong("Nothing to change.", "Give --name, --message, a schedule or --to.", "cli.words");
  const job = await client.request<Row>("cron.update", { id, patch });
  if (options.json) printJson({ ok: true, job });
  else printLine(`${job.name} is changed; next ${nextText(job)}.`);
  return 0;
};

const runNow: Action = async (client, { options }, id) => {
  const answer = await client.request<{ ran: boolean; reason?: string }>("cron.run", { id, mode: "force" });
  if (options.json) printJson({ ...answer, ok: true });
  else
    printLine(answer.ran ? "It runs. `homarus cron runs` shows how it ended." : `It does not run: ${answer.reason}.`);
  return answer.ran ? 0 : 1;
};

const runs: Action = async (client, { options }, id) => {
  const limit = numberOption("limit", options.limit);
  const { entries } = await client.request<{ entries: readonly Run[] }>("cron.runs", { id, ...limit });
  if (options.json) printJson({ ok: true, runs: entries });
  else if (entries.length === 0) printLine("It has not run yet.");
  else
    printTable(
      ["ENDED", "STATUS", "TOOK", "WHAT"],
      entries.map((entry) => [
        ago(entry.ts),
        entry.status ?? "",
        `${Math.round((entry.durationMs ?? 0) / 100) / 10} s`,
        (entry.error ?? entry.summary ?? "").replace(/\s+/g, " ").slice(0, 70),
      ]),
    );
  return 0;
};

const remove: Action = async (client, { options }, id) => {
  const { removed } = await client.request<{ removed: boolean }>("cron.remove", { id });
  if (options.json) printJson({ ok: removed, removed });
  else printLine(removed ? "The job is removed." : `There is no job ${id}.`);
  return removed ? 0 : 1;
};

const actions: Readonly<Record<string, Action>> = {
  ...{ list, status, add, edit, enable: switchTo(true), disable: switchTo(false) },
  ...{ run: runNow, runs, remove },
};
