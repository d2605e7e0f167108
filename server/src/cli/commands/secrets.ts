// `homarus secrets`: names of secrets, new values for them, and new ones in the place of all that the house has made.
import { randomBytes } from "node:crypto";
import type { GatewayClient } from "@homarus/sdk/client";
import { listSecretsAtRest, setSecretAtRest } from "../../boot/secrets-at-rest.ts";
import { secretAsker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { read, runWith } from "../secrets/leased.ts";
import { lease, leases, unlease } from "../secrets/leases.ts";
import { wrong } from "../wrong.ts";

interface Row {
  readonly name: string;
  readonly setAt: number;
  readonly isMade: boolean;
  readonly usedBy?: readonly string[];
}

interface Value {
  readonly name: string;
  readonly value: string;
  readonly isMade: boolean;
}

type Action = (client: GatewayClient, invocation: Invocation) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [action = "list", name] = invocation.operands;
  const own = ofLeases[action];
  if (own) return await own(invocation);
  if ((action === "set" || action === "remove") && !name)
    throw wrong(`homarus secrets ${action} wants a name.`, "See: homarus secrets --help");
  // Asked for before anything is opened: nobody waits for a person with the folder held.
  const given = action === "set" ? await valueFor(name ?? "", invocation) : undefined;
  try {
    await using connected = await connect(invocation, { otherwise: "embed" });
    if (given) return await put(connected.client, given, invocation);
    return await (actions[action] ?? list)(connected.client, invocation);
  } catch (thrown) {
    // The config names a secret that is not there: without this nobody could put it there.
    if ((thrown as { kind?: unknown }).kind !== "config" || (action !== "set" && action !== "list")) throw thrown;
    return await atRest(given, invocation);
  }
}

async function valueFor(name: string, { options }: Invocation): Promise<Value> {
  if (options.generate === true) return { name, value: madeUp(), isMade: true };
  const value = (await secretAsker()(`Value of ${name}: `)).trim();
  if (value === "") throw wrong(`No value was given for ${name}.`, "Type it at the question, or pipe it in as a line.");
  return { name, value, isMade: false };
}

function madeUp(): string {
  return randomBytes(32).toString("base64url");
}

async function put(client: GatewayClient, { name, value, isMade }: Value, invocation: Invocation): Promise<number> {
  await client.request("secrets.set", { name, value, made: isMade });
  return said({ name, value, isMade }, invocation);
}

function said({ name, value, isMade }: Value, { options }: Invocation): number {
  if (options.json) printJson({ ok: true, name, ...(isMade ? { value } : {}) });
  else {
    printLine(`${name} is set. In the config: { "secret": "${name}" }`);
    if (isMade) printLine(`It is shown this once: ${value}`);
  }
  return 0;
}

async function atRest(given: Value | undefined, invocation: Invocation): Promise<number> {
  const configPath = textOption(invocation.options.config);
  if (!given) return shown(listSecretsAtRest(process.env, configPath), invocation);
  await setSecretAtRest(process.env, configPath, given);
  return said(given, invocation);
}

const list: Action = async (client, invocation) =>
  shown((await client.request<{ secrets: readonly Row[] }>("secrets.list", {})).secrets, invocation);

function shown(secrets: readonly Row[], { options }: Invocation): number {
  if (options.json) printJson({ ok: true, secrets });
  else if (secrets.length === 0) printLine("The vault is empty: homarus secrets set <name>, or import.");
  else
    printTable(
      ["NAME", "SET", "MADE", "USED BY"],
      secrets.map(({ name, setAt, isMade, usedBy = [] }) => [
        ...[name, new Date(setAt).toLocaleString(), isMade ? "by the house" : ""],
        usedBy.join(", "),
      ]),
    );
  return 0;
}

const remove: Action = async (client, { operands: [, name = ""], options }) => {
  const { removed } = await client.request<{ removed: boolean }>("secrets.remove", { name });
  if (!removed) throw wrong(`There is no secret ${name}.`, "homarus secrets list shows them.");
  if (options.json) printJson({ ok: true, removed });
  else printLine(`${name} is removed.`);
  return 0;
};

const moveIn: Action = async (client, { options }) => {
  const dryRun = options["dry-run"] === true;
  const { moved } = await client.request<{ moved: readonly { path: string; name: string }[] }>("secrets.import", {
    dryRun,
  });
  if (options.json) printJson({ ok: true, dryRun, moved });
  else if (moved.length === 0) printLine("No secret stands in the config file itself.");
  else {
    printTable(
      ["SETTING", "SECRET"],
      moved.map(({ path, name }) => [path, name]),
    );
    printLine(dryRun ? "Nothing was changed." : "They are in the vault now, and the config names them.");
  }
  return 0;
};

const rotate: Action = async (client, { operands: [, ...names], options }) => {
  if (names.length === 0 && options.all !== true)
    throw wrong("homarus secrets rotate wants names, or --all.", "--all takes everything that the house has made.");
  const { secrets } = await client.request<{ secrets: readonly Row[] }>("secrets.list", {});
  const made = secrets.filter(({ name, isMade }) => isMade && (names.length === 0 || names.includes(name)));
  const fresh = Object.fromEntries(made.map(({ name }) => [name, madeUp()]));
  const { rotated } = await client.request<{ rotated: readonly { name: string; next?: string }[] }>("secrets.rotate", {
    ...(names.length > 0 ? { names } : {}),
    ...(made.length > 0 ? { fresh } : {}),
  });
  if (options.json) {
    printJson({ ok: true, rotated, ...(made.length > 0 ? { fresh } : {}) });
    return 0;
  }
  if (rotated.length === 0) printLine("The house has made no secret yet.");
  for (const { name, next } of rotated) printLine(`${name} is new.${next === undefined ? "" : ` ${next}`}`);
  for (const [name, value] of Object.entries(fresh)) printLine(`${name}, shown this once: ${value}`);
  return 0;
};

const actions: Readonly<Record<string, Action>> = { list, remove, import: moveIn, rotate };

const ofLeases: Readonly<Record<string, (invocation: Invocation) => Promise<number>>> = {
  ...{ lease, leases, unlease, read, run: runWith },
};
