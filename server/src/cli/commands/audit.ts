// `homarus audit`: the chain of what was done, and whether it is whole.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { numberOption, textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";

interface Link {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  readonly action: string;
  readonly sessionKey?: string;
  readonly hash: string;
}

interface Report {
  readonly ok: boolean;
  readonly links: number;
  readonly head: string;
  readonly broken: { readonly seq: number; readonly reason: string } | null;
  readonly unproven?: readonly { readonly seq: number; readonly name: string; readonly reason: string }[];
}

export async function run(invocation: Invocation): Promise<number> {
  const [name = "show"] = invocation.operands;
  await using connected = await connect(invocation, { otherwise: "embed" });
  const action = name === "verify" ? verify : show;
  return await action(connected.client, invocation);
}

async function show(client: GatewayClient, { options }: Invocation): Promise<number> {
  const type = textOption(options.type);
  const sessionKey = textOption(options.session);
  const found = await client.request<{ links: readonly Link[] }>("audit.links", {
    ...(type === undefined ? {} : { type }),
    ...(sessionKey === undefined ? {} : { sessionKey }),
    limit: numberOption("limit", options.limit).limit ?? 50,
  });
  if (options.json) printJson({ ok: true, ...found });
  else if (found.links.length === 0) printLine("Nothing is recorded yet.");
  else
    printTable(
      ["NO", "WHEN", "WHAT", "", "WHO", "SESSION", "HASH"],
      [...found.links]
        .reverse()
        .map((link) => [
          ...[String(link.seq), new Date(link.at).toLocaleString(), link.type, link.action, link.actor],
          ...[link.sessionKey ?? "", link.hash.slice(0, 12)],
        ]),
    );
  return 0;
}

async function verify(client: GatewayClient, { options }: Invocation): Promise<number> {
  const sessionKey = textOption(options.session);
  const report = await client.request<Report>("audit.verify", sessionKey === undefined ? {} : { sessionKey });
  if (options.json) printJson(report);
  else printReport(report);
  return report.ok ? 0 : 1;
}

function printReport({ ok, links, head, broken, unproven = [] }: Report): void {
  if (broken) printLine(`The chain is broken at link ${broken.seq}: ${reasons[broken.reason] ?? broken.reason}.`);
  else printLine(`The chain is whole: ${links} links, the last is ${head.slice(0, 16)}.`);
  for (const { seq, name, reason } of unproven)
    printLine(`Entry ${seq}, a result of ${name}: ${unprovenReasons[reason] ?? reason}.`);
  if (ok) return;
  const isUnknown = !broken && unproven.every(({ reason }) => reason === "imported" || reason === "before receipts");
  if (isUnknown)
    printLine(
      "Nothing shows that these results were changed, and nothing proves them: trust them as far as you know them.",
    );
  else printLine("Somebody or something changed what the house had written. Keep a copy of state.db before you go on.");
}

const unprovenReasons: Readonly<Record<string, string>> = {
  imported: "it came in with an imported transcript and is as it was then",
  "before receipts": "it has no receipt, and is dated before the house gave any",
  "no receipt": "it claims a call that the house has no receipt of",
  "receipt of something else": "it or its call was altered: its receipt is of something else",
};

const reasons: Readonly<Record<string, string>> = {
  gap: "one is missing or too many",
  previous: "it does not follow from the one before",
  hash: "it was altered",
};
