// `homarus egress`: which hosts programs in a sandbox may reach.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Rule {
  readonly host: string;
  readonly action: string;
  readonly from: string;
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly agents?: readonly string[];
}

type Action = (client: GatewayClient, invocation: Invocation) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "list", host] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(
      `There is no \`homarus egress ${name}\`.`,
      "It is one of list, allow, ask, deny, remove, explain.",
      "cli.egress",
    );
  if (name !== "list" && host === undefined)
    throw wrong("Name a host.", `homarus egress ${name} api.example.com`, "cli.egress");
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, invocation);
}

const list: Action = async (client, { options }) => {
  const found = await client.request<{ rules: readonly Rule[] }>("egress.rules", {});
  if (options.json) printJson({ ok: true, ...found });
  else if (found.rules.length === 0)
    printLine("Programs in a sandbox reach nothing. Allow a host: homarus egress allow registry.npmjs.org");
  else
    printTable(
      ["HOST", "", "METHODS", "PATHS", "AGENTS", "FROM"],
      found.rules.map(({ host, action, methods, paths, agents, from }) => [
        ...[host, action, methods?.join(",") ?? "all", paths?.join(" ") ?? "all", agents?.join(",") ?? "all", from],
      ]),
    );
  return 0;
};

const add =
  (action: "allow" | "ask" | "deny"): Action =>
  async (client, { operands, options }) => {
    const [, host = ""] = operands;
    const { once } = await client.request<{ once: boolean }>("egress.allow", { host, action, ...limitsOf(options) });
    const words = { allow: "may be reached", ask: "is asked for", deny: "is denied" } as const;
    if (options.json) printJson({ ok: true, host, action, once });
    else printLine(`${host} ${words[action]}${once ? " for ten minutes" : " from now on"}.`);
    return 0;
  };

function limitsOf(options: Invocation["options"]) {
  const [method, path, agent] = [options.method, options.path, options.agent].map(textOption);
  return {
    ...(method === undefined ? {} : { methods: method.split(",").map((word) => word.trim().toUpperCase()) }),
    ...(path === undefined ? {} : { paths: [path] }),
    ...(agent === undefined ? {} : { agents: [agent] }),
    ...(options.private === true ? { private: true } : {}),
    ...(options.once === true ? { once: true } : {}),
  };
}

const remove: Action = async (client, { operands, options }) => {
  const [, host = ""] = operands;
  const { removed } = await client.request<{ removed: number }>("egress.remove", { host });
  if (removed === 0)
    throw wrong(`No rule of the config names ${host}.`, "homarus egress list shows them.", "cli.egress");
  if (options.json) printJson({ ok: true, removed });
  else
    printLine(`${removed === 1 ? "The rule" : `${removed} rules`} for ${host} ${removed === 1 ? "is" : "are"} gone.`);
  return 0;
};

const explain: Action = async (client, { operands, options }) => {
  const [, url = ""] = operands;
  const [method, agentId] = [options.method, options.agent].map(textOption);
  const answer = await client.request<{ decision: string; reason: string; hint?: string }>("egress.explain", {
    ...{ url, ...(method === undefined ? {} : { method }), ...(agentId === undefined ? {} : { agentId }) },
  });
  if (options.json) printJson({ ok: true, ...answer });
  else {
    const words: Readonly<Record<string, string>> = { allow: "Allowed", ask: "Asked for first", deny: "Denied" };
    printLine(`${words[answer.decision]}. ${answer.reason}`);
    if (answer.hint) printLine(answer.hint);
  }
  return 0;
};

const actions: Readonly<Record<string, Action>> = {
  ...{ list, remove, explain },
  ...{ allow: add("allow"), ask: add("ask"), deny: add("deny") },
};
