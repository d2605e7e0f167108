// access.keys.*: the owner makes keys for programs, sees them and takes them back. The key itself is told once.
import { Fault } from "@homarus/sdk";
import { type Scope, scopeBits } from "../../caller.ts";
import { type AccessKey, keyLimits, type OverBy } from "../../handshake/keys.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

const known: readonly Scope[] = [
  ...(["operator.read", "operator.write", "operator.approvals", "operator.pairing"] as const),
  ...(["operator.talk", "operator.admin"] as const),
];
const usual = { scopes: ["operator.read"], ttlMs: 86_400_000 } as const;

async function create(input: ParamsOf<typeof params.creating>, { door, caller }: Call): Promise<unknown> {
  const { name, scopes = usual.scopes, ttlMs = usual.ttlMs } = input;
  // One that ends could make one that does not.
  if (caller.keyId !== undefined)
    throw new Fault("denied", "key.by-key", "A key makes no other keys.", {
      hint: "Make it with the gateway's own login: homarus keys create",
    });
  checkName(name);
  checkScopes(scopes);
  if (ttlMs !== null && (ttlMs < 1000 || ttlMs > keyLimits.longestMs))
    throw new Fault("invalid", "key.ttl", `A key lets in for a second at least and a year at most, not ${ttlMs} ms.`, {
      hint: "Choose a time such as 1h or 7d, or say none for a key without an end.",
    });
  const wish = { name, scopes: known.filter((scope) => scopes.includes(scope)), ttlMs: ttlMs ?? undefined };
  const { secret, key } = await door.keeper.keys.create(wish, whoIs({ caller }));
  return { key: rowOf(key), secret };
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return;
  throw new Fault("invalid", "key.name", "The name of a key is of letters, digits, dots, dashes and underscores.", {
    hint: "For example: homarus keys create backup-script",
  });
}

/** A key without any right would be of no use, and is a mistake. */
function checkScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => !(known as readonly string[]).includes(scope));
  if (unknown === undefined && scopeBits(scopes) !== 0) return;
  const message = unknown === undefined ? "A key wants at least one scope." : `There is no scope ${unknown}.`;
  throw new Fault("invalid", "key.scope", message, { hint: `Known are ${known.join(", ")}.` });
}

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  const keys = await door.keeper.keys.list();
  return { keys: keys.map(({ key, usedAt, by }) => rowOf(key, usedAt, by)) };
}

async function revoke({ name }: ParamsOf<typeof params.one>, { door, caller }: Call): Promise<unknown> {
  return { key: rowOf(await door.keeper.keys.revoke(name, whoIs({ caller })), undefined, "revoked") };
}

/** Without the hash: clients need not see it. */
function rowOf({ name, scopes, createdAt, endsAt, revokedAt }: AccessKey, usedAt?: number, by?: OverBy) {
  return {
    ...{ name, scopes, createdAtMs: createdAt, state: by ?? "open" },
    ...(endsAt === undefined ? {} : { endsAtMs: endsAt }),
    ...(revokedAt === undefined ? {} : { revokedAtMs: revokedAt }),
    ...(usedAt === undefined ? {} : { lastUsedAtMs: usedAt }),
  };
}

export const handlers: Group["handlers"] = {
  ...{ "access.keys.create": create, "access.keys.list": list, "access.keys.revoke": revoke },
};
