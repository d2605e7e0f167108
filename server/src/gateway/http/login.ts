// Who asks over HTTP: whoever bears the gateway's secret, or a device's token, in the Authorization header, or is named
// by a proxy that the owner trusts.
import { ownerScopes, type Role, scopeBits } from "../caller.ts";
import type { Caller, Door } from "../door.ts";
import type { Address } from "../handshake/address.ts";
import { checkSecret, looksSigned } from "../handshake/secret.ts";
import { settled } from "../handshake/user.ts";
import type { Visitor } from "./room.ts";
import { sessionScopes } from "./session-token.ts";

export interface Login {
  readonly type: "in";
  readonly scopes: readonly string[];
  readonly deviceId?: string;
  readonly from: Address;
}

export interface Turned {
  readonly type: "out";
  /** HTTP status. */
  readonly status: 401 | 403 | 429;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export function bearerOf(headers: Headers): string {
  return /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim() ?? "";
}

/** Never tells which of the things it looked at was wrong. Every path that is not for everybody asks here. */
export async function login(door: Door, secret: string, visitor: Visitor): Promise<Login | Turned> {
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
  if (verdict === "locked")
    return { type: "out", status: 429, message: "too many failed authentication attempts", retryAfterMs: waitMs };
  const message =
    secret === "" ? "unauthorized: send the gateway token as a Bearer token" : "unauthorized: the token is not valid";
  return { type: "out", status: 401, message };
}

export interface CallerFacts {
  readonly clientId: string;
  readonly mode: string;
  readonly displayName?: string;
}

/** A caller without a socket: it hears no events. */
export function callerOf({ scopes, deviceId, from }: Login, facts: CallerFacts): Caller {
  const role: Role = "operator";
  return {
    ...{
      role,
      granted: scopeBits(scopes),
      protocol: 4,
      isOpen: false,
      deviceId,
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

/** Undefined lets the request go on. For what is asked of the house without a call of a method, which counts by itself. */
export function excess(door: Door, caller: Caller): Turned | undefined {
  const error = door.calls.refusal(caller);
  if (error === undefined) return undefined;
  return { type: "out", status: 429, message: error.message, retryAfterMs: error.retryAfterMs ?? 0 };
}

/** The answer to a visitor who may not come in, or has to wait. */
export function turnedAway({ status, message, retryAfterMs }: Turned): Response {
  const headers = {
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
  };
  const type = status === 429 ? "rate_limited" : "unauthorized";
  return Response.json({ ok: false, error: { type, message } }, { status, headers });
}
