// `homarus cost`: what models cost, by what is asked, and how the budgets stand.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import {
  type BudgetRow,
  budgetLine,
  cached,
  cost,
  count,
  groupName,
  groupTitle,
  money,
  type Sum,
  sinceOf,
} from "../cost/words.ts";
import { numberOption, textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Summary {
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
  readonly rows: readonly Sum[];
  readonly total: Sum;
}

interface Call {
  readonly id: string;
  readonly at: number;
  readonly provider: string;
  readonly model: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly tokens: Sum["tokens"];
  readonly usd: number | null;
  readonly estimated?: boolean;
}

type Action = (client: GatewayClient, invocation: Invocation) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "summary"] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(`There is no \`homarus cost ${name}\`.`, "It is one of calls, budgets, release, or none.", "cli.cost");
  const range = rangeOf(invocation);
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, { ...invocation, options: { ...invocation.options, ...range } });
}

/** `from` where the options say a beginning. */
function rangeOf({ options }: Invocation): { readonly from?: string } {
  const since = textOption(options.since);
  if (since === undefined) return {};
  const from = sinceOf(since, Date.now());
  if (from === undefined)
    throw wrong(`"${since}" is no beginning.`, "Write a date (2026-11-01), or 24h, 7d, 4w.", "cli.cost");
  return { from: String(from) };
}

const summary: Action = async (client, { options }) => {
  const by = textOption(options.by);
  const from = momentOf(options.from);
  const ask = (params: object) => client.request<Summary>("costs.summary", params);
  const month = await ask({ ...from, by: by ?? "model" });
  const { budgets } = await client.request<{ budgets: readonly BudgetRow[] }>("budgets.status", {});
  if (options.json) {
    printJson({ ok: true, ...month, budgets });
    return 0;
  }
  if (Object.keys(from).length === 0) printTotal("Today", (await ask({ from: todayIn(month.timeZone) })).total);
  printTotal(
    Object.keys(from).length === 0 ? "This month" : `Since ${new Date(month.from).toLocaleString()}`,
    month.total,
  );
  if (month.rows.length > 0) {
    printLine();
    printSums(by ?? "model", month.rows);
  }
  if (budgets.length > 0) {
    printLine();
    printBudgets(budgets);
  }
  return 0;
};

function momentOf(from: string | boolean | undefined): { readonly from?: string | number } {
  if (typeof from !== "string") return {};
  return { from: /^\d+$/.test(from) ? Number(from) : from };
}

/** The date there, as the Swedes write it: 2026-11-30. */
function todayIn(timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(Date.now());
}

function printTotal(title: string, total: Sum): void {
  const held = total.heldCalls > 0 ? `, and ${money(total.heldUsd)} held` : "";
  printLine(`${title}: ${cost(total)}${held} for ${callsOf(total.calls)}, ${count(total.tokens.total)} tokens.`);
}

function callsOf(number: number): string {
  return `${number} ${number === 1 ? "call" : "calls"}`;
}

function printSums(by: string, rows: readonly Sum[]): void {
  printTable(
    [groupTitle(by), "CALLS", "IN", "OUT", "FROM CACHE", "COST"],
    rows.map((row) => {
      const { input, output, cacheRead, cacheWrite } = row.tokens;
      const numbers = [String(row.calls), count(input + cacheRead + cacheWrite), count(output)];
      return [groupName(row), ...numbers, cached(row), cost(row)];
    }),
  );
}

function printBudgets(budgets: readonly BudgetRow[]): void {
  printTable(["BUDGET", "FOR", "USED", "", "BEGINS ANEW", ""], budgets.map(budgetLine));
}

const budgetsOnly: Action = async (client, { options }) => {
  const { budgets } = await client.request<{ budgets: readonly BudgetRow[] }>("budgets.status", {});
  if (options.json) printJson({ ok: true, budgets });
  else if (budgets.length === 0) printLine("No budget is set. Set one: homarus config set budgets.day 5");
  else printBudgets(budgets);
  return 0;
};

const calls: Action = async (client, { options }) => {
  const found = await client.request<{ rows: readonly Call[]; nextOffset?: number }>("costs.list", {
    ...{ ...momentOf(options.from), state: "settled" },
    limit: numberOption("limit", options.limit).limit ?? 20,
  });
  if (options.json) printJson({ ok: true, ...found });
  else
    printTable(
      ["WHEN", "MODEL", "AGENT", "SESSION", "TOKENS", "COST", ""],
      found.rows.map((row) => [
        ...[new Date(row.at).toLocaleString(), `${row.provider}/${row.model}`, row.agentId, row.sessionKey],
        ...[count(row.tokens.total), row.usd === null ? "unknown" : money(row.usd)],
        row.estimated ? "estimated" : "",
      ]),
    );
  return 0;
};

const release: Action = async (client, { operands, options }) => {
  const [, id] = operands;
  const found = await client.request<{ released: number; usd: number }>(
    "costs.release",
    id === undefined ? {} : { id },
  );
  if (options.json) printJson({ ok: true, ...found });
  else if (found.released === 0) printLine("Nothing is held but by calls that are under way.");
  else printLine(`${money(found.usd)} for ${callsOf(found.released)} cut off by a crash is given back.`);
  return 0;
};

const actions: Readonly<Record<string, Action>> = { summary, calls, budgets: budgetsOnly, release };
