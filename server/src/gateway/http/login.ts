// Who asks over HTTP: whoever bears the gateway's secret, or a device's token, in the Authorization header, or is named
// by a proxy that the owner trusts.
import { allows, ownerScopes, type Role, type Scope, scopeBits } from "../caller.ts";
import type { Caller, Door } from "../door.ts";
import type { Address } from "../handshake/address.ts";
import { overText, refusedKey } from "../handshake/keys.ts";
import { checkSecret, isOwnSecret, looksSigned } from "../handshake/secret.ts";
import { settled } from "../handshake/user.ts";
import type { Turned } from "./answer.ts";
import { cameByKey } from "./keyed.ts";
import type { Visitor } from "./room.ts";
import { sessionScopes } from "./session-token.ts";

export interface Login {
  readonly type: "in";
  readonly scopes: readonly string[];
  readonly deviceId?: string;
  /** The key that was offered. */
  readonly keyId?: string;
  readonly from: Address;
}

export function bearerOf(headers: Headers): string {
  return /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim() ?? "";
}

/** Never tells which of the things it looked at was wrong. Every path that is not for everybody asks here. */
export async function login(door: Door, secret: string, visitor: Visitor): Promise<Login | Turned> {
  const verdict = await admitted(door, secret, visitor);
  const { address } = visitor;
  // Who asks without a login at all has not tried to come in.
  if (verdict.type === "in") door.logins.came({ client: "http", address, ...verdict });
  else if (secret !== "") door.logins.refused({ client: "http", address, reason: verdict.message });
  return verdict;
}

async function admitted(door: Door, secret: string, visitor: Visitor): Promise<Login | Turned> {
  const { keeper, settings } = door;
  // A page of another site can make a browser ask, with the login that its proxy already has for it.
  if (!visitor.isOriginAllowed) return { type: "out", status: 403, message: "origin not allowed" };
  const { isLocal } = visitor;
  const user = await settled(visitor.user);
  if (settings.auth.mode === "none" && !isLocal)
    return {
      type: "out",
      status: 401,
      message: "unauthorized: this gateway asks for no login, and serves its own machine",
    };
  const byItsKey = await byKey(door, secret, visitor);
  if (byItsKey) return byItsKey;
  if (user) return { type: "in", scopes: ownerScopes, from: visitor };
  const now = door.clock.now();
  const waitMs = keeper.guesses.waitMs("secret", visitor, now);
  const verdict = waitMs > 0 ? "locked" : checkSecret(settings.auth, { token: secret, password: secret }, { isLocal });
  if (verdict === "ok") {
    keeper.guesses.passed("secret", visitor);
    return { type: "in", scopes: ownerScopes, from: visitor };
  }
  const scopes = looksSigned(secret) ? await sessionScopes(door, secret) : undefined;
  if (scopes) return { type: "in", scopes, from: visitor };
  return (await byDevice(door, secret, visitor)) ?? refusal(door, secret, { visitor, verdict, waitMs });
}

/** Whoever offers a key is held to it, also where another login would let more in. Undefined for what is no key. */
async function byKey(door: Door, secret: string, visitor: Visitor): Promise<Login | Turned | undefined> {
  const { keeper, settings, clock } = door;
  const checked = isOwnSecret(settings.auth, secret) ? undefined : await keeper.keys.check(secret);
  if (!checked) return undefined;
  if (checked.type === "good") {
    const { id, scopes } = checked.key;
    cameByKey(visitor, id);
    return { type: "in", scopes, keyId: id, from: visitor };
  }
  keeper.keys.refused(...refusedKey(checked, visitor));
  const now = clock.now();
  const waitMs = keeper.guesses.waitMs("key", visitor, now);
  if (waitMs > 0) return tooOften(waitMs);
  keeper.guesses.failed("key", visitor, now);
  const why = checked.type === "over" ? overText(checked.key, checked.by) : "there is no such key";
  return { type: "out", status: 401, message: `unauthorized: ${why}` };
}

/** A device's token is taken also while guesses at the gateway's secret have locked its address. */
async function byDevice({ keeper, clock }: Door, token: string, visitor: Visitor): Promise<Login | undefined> {
  if (token === "" || keeper.guesses.waitMs("device", visitor, clock.now()) > 0) return undefined;
  const device = await keeper.devices.ofToken(token);
  return device && { type: "in", ...device, from: visitor };
}

interface Failed {
  readonly visitor: Visitor;
  readonly verdict: "missing" | "wrong" | "locked";
  readonly waitMs: number;
}

function refusal({ keeper, clock }: Door, secret: string, { visitor, verdict, waitMs }: Failed): Turned {
  // While the one is locked, what is offered can only be a guess at the other.
  if (secret !== "") keeper.guesses.failed(verdict === "locked" ? "device" : "secret", visitor, clock.now());
  if (verdict === "locked") return tooOften(waitMs);
  const message =
    secret === "" ? "unauthorized: send the gateway token as a Bearer token" : "unauthorized: the token is not valid";
  return { type: "out", status: 401, message };
}

function tooOften(retryAfterMs: number): Turned {
  return { type: "out", status: 429, message: "too many failed authentication attempts", retryAfterMs };
}

export interface CallerFacts {
  readonly clientId: string;
  readonly mode: string;
  readonly displayName?: string;
}

/** A caller without a socket: it hears no events. */
export function callerOf({ scopes, deviceId, keyId, from }: Login, facts: CallerFacts): Caller {
  const role: Role = "operator";
  return {
    ...{
      role,
      granted: scopeBits(scopes),
      protocol: 4,
      isOpen: false,
      deviceId,
      keyId,
      hasToolEvents: false,
      member: undefined,
    },
    from,
    connectionId: crypto.randomUUID(),
    clientId: facts.clientId,
    mode: facts.mode,
    displayName: facts.displayName,
    strayed: () => undefined,
  };
}

/** Undefined lets the request go on. For doors that call no method, which looks at its scope by itself. */
export function lacking(door: Door, caller: Caller, scope: Scope): Turned | undefined {
  if (allows(caller.granted, scope)) return undefined;
  door.keeper.keys.overreached(caller, scope);
  const message =
    caller.keyId === undefined
      ? `missing scope: ${scope}`
      : `missing scope: ${scope} (this key was made without it: homarus keys create <name> --scope ${scope})`;
  return { type: "out", status: 403, message };
}

/** Undefined lets the request go on. For what is asked of the house without a call of a method, which counts by itself. */
export function excess(door: Door, caller: Caller): Turned | undefined {
  const error = door.calls.refusal(caller);
  if (error === undefined) return undefined;
  return { type: "out", status: 429, message: error.message, retryAfterMs: error.retryAfterMs ?? 0 };
}
