// `homarus approvals`: what waits for the owner's yes, and what stands.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Approval {
  readonly id: string;
  readonly code: string;
  readonly request: {
    readonly kind: string;
    readonly name: string;
    readonly preview: string;
    readonly reason: string;
    readonly sessionKey: string;
  };
  readonly expiresAt: number;
  readonly decision?: { readonly type: string; readonly by: string; readonly channel: string };
}

interface Rule {
  readonly id: string;
  readonly text: string;
  readonly agent: string;
  readonly by: string;
  readonly createdAt: number;
}

type Action = (client: GatewayClient, invocation: Invocation) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "list"] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(
      `There is no \`homarus approvals ${name}\`.`,
      "It is one of list, approve, deny, rules, forget.",
      "cli.approvals",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, invocation);
}

const list: Action = async (client, { options }) => {
  const found = await client.request<{ approvals: readonly Approval[] }>("approvals.list", {
    all: options.all === true,
  });
  if (options.json) printJson({ ok: true, ...found });
  else if (found.approvals.length === 0) printLine("Nothing waits for you.");
  else
    printTable(
      ["CODE", "WHAT", "WHY", "SESSION", "UNTIL"],
      found.approvals.map(({ code, request, expiresAt, decision }) => [
        ...[code, request.preview.split("\n")[0]?.slice(0, 60) ?? "", request.reason.slice(0, 60), request.sessionKey],
        decision ? `${decision.type} by ${decision.by}` : new Date(expiresAt).toLocaleTimeString(),
      ]),
    );
  return 0;
};

const decide =
  (decision: "allow" | "deny"): Action =>
  async (client, { operands, options }) => {
    const [, id] = operands;
    if (id === undefined) throw wrong("Say which one.", "homarus approvals list shows the codes.", "cli.approvals");
    const scope = textOption(options.for) ?? "once";
    if (!["once", "session", "always"].includes(scope))
      throw wrong(`--for ${scope} is none of once, session, always.`, "Leave it away for this once.", "cli.approvals");
    const note = textOption(options.note);
    const decided = await client.request<Approval>("approvals.decide", {
      ...{ id, decision, scope },
      ...(note === undefined ? {} : { note }),
      ...inputOf(textOption(options.input)),
    });
    if (options.json) printJson({ ok: true, approval: decided });
    else printLine(`${decision === "allow" ? "Allowed" : "Refused"}: ${decided.request.preview}`);
    return 0;
  };

function inputOf(text: string | undefined): { readonly input?: unknown } {
  if (text === undefined) return {};
  try {
    return { input: JSON.parse(text) };
  } catch (cause) {
    throw Object.assign(wrong("--input is no JSON.", 'Write it like --input \'{"command":"ls"}\'.', "cli.approvals"), {
      cause,
    });
  }
}

const rules: Action = async (client, { options }) => {
  const found = await client.request<{ rules: readonly Rule[] }>("approvals.rules", {});
  if (options.json) printJson({ ok: true, ...found });
  else if (found.rules.length === 0) printLine("No yes stands: each question is asked anew.");
  else
    printTable(
      ["RULE", "AGENT", "WHAT", "SINCE", "BY"],
      found.rules.map(({ id, agent, text, createdAt, by }) => [
        ...[id, agent, text.split("\n")[0]?.slice(0, 80) ?? "", new Date(createdAt).toLocaleString(), by],
      ]),
    );
  return 0;
};

const forget: Action = async (client, { operands, options }) => {
  const [, id] = operands;
  if (id === undefined) throw wrong("Say which rule.", "homarus approvals rules shows them.", "cli.approvals");
  const { removed } = await client.request<{ removed: boolean }>("approvals.rules.remove", { id });
  if (!removed) throw wrong(`There is no rule ${id}.`, "homarus approvals rules shows them.", "cli.approvals");
  if (options.json) printJson({ ok: true, removed });
  else printLine("Forgotten: from now on you are asked again.");
  return 0;
};

const actions: Readonly<Record<string, Action>> = {
  ...{ list, rules, forget },
  approve: decide("allow"),
  deny: decide("deny"),
};
