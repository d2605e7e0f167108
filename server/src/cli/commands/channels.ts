// `homarus channels`: how the channels are, setting one up with its secret, and letting it go.
import type { GatewayClient } from "@homarus/sdk/client";
import { catalogEntries } from "../../boot/process.ts";
import { editConfig } from "../../boot/settings.ts";
import { secretAsker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { numberOption } from "../options.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Account {
  readonly accountId: string;
  readonly name?: string;
  readonly connected: boolean;
  readonly lastError?: string;
  readonly lastInboundAt?: number;
}

interface Status {
  readonly channelOrder: readonly string[];
  readonly channelLabels: Readonly<Record<string, string>>;
  readonly channelAccounts: Readonly<Record<string, readonly Account[]>>;
}

interface Facts {
  readonly raw: string;
  readonly exists: boolean;
  readonly hash: string;
}

type Action = (client: GatewayClient, invocation: Invocation, channel: string) => Promise<number>;

const known = catalogEntries.filter((entry) => entry.kind === "channel");

export async function run(invocation: Invocation): Promise<number> {
  const [name = "status", channel = ""] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(`There is no \`homarus channels ${name}\`.`, `It is one of ${Object.keys(actions).join(", ")}.`);
  if (name !== "status" && !known.some((entry) => entry.id === channel)) {
    const words = channel === "" ? `\`homarus channels ${name}\` wants a channel.` : `There is no channel ${channel}.`;
    throw wrong(words, `This build has: ${known.map((entry) => entry.id).join(", ")}.`);
  }
  // A channel runs in a gateway that stays: one that is made for a moment would only show it beginning.
  const otherwise = name === "status" ? "refuse" : "embed";
  await using connected = await connect(invocation, { otherwise });
  return await action(connected.client, invocation, channel);
}

const status: Action = async (client, { options }) => {
  const found = await client.request<Status>("channels.status", {});
  if (options.json) {
    printJson({ ok: true, ...found });
    return 0;
  }
  const rows = found.channelOrder.flatMap((id) =>
    (found.channelAccounts[id] ?? []).map((account) => [id, account.accountId, ...wordsOf(account)]),
  );
  if (rows.length > 0) printTable(["CHANNEL", "ACCOUNT", "STATE", "NAME", "HEARD"], rows);
  const others = known.filter((entry) => !found.channelOrder.includes(entry.id));
  for (const { id, title } of others) printLine(`${title} is not set up: homarus channels login ${id}`);
  return 0;
};

function wordsOf({ connected, lastError, name, lastInboundAt }: Account): readonly string[] {
  const state = lastError ?? (connected ? "connected" : "connecting");
  return [state, name ?? "", lastInboundAt === undefined ? "never" : ago(lastInboundAt)];
}

/** Puts the secrets into the vault and their names into the config file, which starts the channel, and waits until it is in or says why not. */
const login: Action = async (client, { options }, channel) => {
  const secrets = known.find((entry) => entry.id === channel)?.secrets ?? [];
  const facts = await client.request<Facts>("config.get", {});
  const ask = secretAsker();
  let raw = facts.raw;
  for (const field of secrets) {
    const secret = (await ask(`${field} of ${channel}: `)).trim();
    if (secret === "") throw wrong(`No ${field} was given.`, "Paste it at the question, or pipe it in as a line.");
    const name = `${channel}/${field.replaceAll(".", "/")}`;
    // The value goes into the vault, its name into the file.
    await client.request("secrets.set", { name, value: secret });
    raw = editConfig(raw, ["channels", channel, ...field.split(".")], { secret: name });
  }
  raw = editConfig(raw, ["channels", channel, "enabled"], true);
  await client.request("config.set", { raw, ...(facts.exists ? { baseHash: facts.hash } : {}) });
  const account = await arrival(client, channel, (numberOption("timeout", options.timeout).timeout ?? 15) * 1000);
  const isIn = account?.connected === true;
  if (options.json) printJson({ ok: isIn, channel, account: account ?? null });
  else if (isIn) printLine(`${channel} is connected${account.name === undefined ? "" : ` as ${account.name}`}.`);
  else
    printLine(
      account?.lastError ?? `${channel} is set up and has not answered yet. Look again: homarus channels status`,
    );
  return isIn ? 0 : 1;
};

async function arrival(client: GatewayClient, channel: string, waitMs: number): Promise<Account | undefined> {
  const until = Date.now() + waitMs;
  for (;;) {
    const found = await client.request<Status>("channels.status", {});
    const account = found.channelAccounts[channel]?.[0];
    if (account?.connected || account?.lastError !== undefined || Date.now() >= until) return account;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const logout: Action = async (client, { options }, channel) => {
  const { cleared } = await client.request<{ cleared: boolean }>("channels.logout", { channel });
  if (options.json) printJson({ ok: true, channel, cleared });
  else printLine(cleared ? `${channel} is let go: its settings and its secret are taken out.` : "It was not set up.");
  return 0;
};

/** On and off by the settings: a restart remembers it. */
function switching(method: "channels.start" | "channels.stop", words: string): Action {
  return async (client, { options }, channel) => {
    const answer = await client.request<object>(method, { channel });
    if (options.json) printJson({ ok: true, ...answer });
    else printLine(`${channel} is ${words}.`);
    return 0;
  };
}

const actions: Readonly<Record<string, Action>> = {
  ...{ status, login, logout },
  ...{ start: switching("channels.start", "started"), stop: switching("channels.stop", "stopped; its settings stay") },
};
