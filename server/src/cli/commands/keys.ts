// `homarus keys`: keys for programs, which may less than the gateway's token and end by themselves.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Row {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly endsAtMs?: number;
  readonly lastUsedAtMs?: number;
  readonly state: "open" | "ended" | "revoked";
}

export async function run(invocation: Invocation): Promise<number> {
  const [action = "list", name, ...more] = invocation.operands;
  if (action !== "list" && (name === undefined || more.length > 0))
    throw wrong(
      `homarus keys ${action} wants one name.`,
      more.length > 0 ? "Several scopes stand in one option: --scope operator.read,operator.write" : seeHelp,
    );
  // Wrong words are told before anything is opened.
  const wish = action === "create" ? wishOf(invocation) : {};
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  if (action === "create") return await create(client, { name: name ?? "", ...wish }, invocation);
  return await (action === "revoke" ? revoke(client, name ?? "", invocation) : list(client, invocation));
}

const seeHelp = "See: homarus keys --help";

interface Wish {
  readonly scopes?: readonly string[];
  readonly ttlMs?: number | null;
}

function wishOf({ options }: Invocation): Wish {
  const [scope, ttl] = [textOption(options.scope), textOption(options.ttl)];
  const scopes = scope?.split(/[\s,]+/).filter((word) => word !== "");
  return { ...(scopes === undefined ? {} : { scopes }), ...(ttl === undefined ? {} : { ttlMs: ttlOf(ttl) }) };
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Null: no end. */
function ttlOf(text: string): number | null {
  if (text === "none") return null;
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? 0);
  if (ms > 0 && ms <= 365 * 86_400_000) return ms;
  const hint = "Write 90s, 30m, 1h or 7d, a year (365d) at most; or none for a key without an end.";
  throw wrong(`"${text}" is no time that a key may last.`, hint, "cli.keys");
}

async function create(client: GatewayClient, wish: object, { options }: Invocation): Promise<number> {
  const made = await client.request<{ readonly key: Row; readonly secret: string }>("access.keys.create", wish);
  const { key, secret } = made;
  if (options.json) {
    printJson({ ok: true, ...made });
    return 0;
  }
  printLine(secret);
  printLine(`${key.name} may ${key.scopes.join(", ")}; ${endOf(key)}.`);
  printLine("The key is shown this once. A program gives it in the place of the gateway's token.");
  return 0;
}

function endOf({ endsAtMs }: Row): string {
  return endsAtMs === undefined ? "it has no end" : `it ends ${new Date(endsAtMs).toLocaleString()}`;
}

async function list(client: GatewayClient, { options }: Invocation): Promise<number> {
  const { keys } = await client.request<{ readonly keys: readonly Row[] }>("access.keys.list", {});
  if (options.json) printJson({ ok: true, keys });
  else if (keys.length === 0) printLine("There is no key: homarus keys create <name> makes one.");
  else
    printTable(
      ["NAME", "SCOPES", "STATE", "MADE", "ENDS", "LAST USED"],
      keys.map(({ name, scopes, state, createdAtMs, endsAtMs, lastUsedAtMs }) => [
        ...[name, scopes.map((scope) => scope.replace("operator.", "")).join(" "), state, ago(createdAtMs)],
        endsAtMs === undefined ? "never" : new Date(endsAtMs).toLocaleString(),
        lastUsedAtMs === undefined ? "never" : ago(lastUsedAtMs),
      ]),
    );
  return 0;
}

async function revoke(client: GatewayClient, name: string, { options }: Invocation): Promise<number> {
  const { key } = await client.request<{ readonly key: Row }>("access.keys.revoke", { name });
  if (options.json) printJson({ ok: true, key });
  else printLine(`The key ${name} lets nobody in any more; who was in by it is out.`);
  return 0;
}
