// Who asks over HTTP: whoever bears the gateway's secret, or a device's token, in the Authorization header.
import { ownerScopes, type Role, scopeBits } from "../caller.ts";
import type { Caller, Door } from "../door.ts";
import { checkSecret } from "../handshake/secret.ts";
import type { Visitor } from "./room.ts";
import { sessionScopes } from "./session-token.ts";

export interface Login {
  readonly type: "in";
  readonly scopes: readonly string[];
  readonly deviceId?: string;
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

/** Never tells which of the things it looked at was wrong. */
export async function login(door: Door, secret: string, visitor: Visitor): Promise<Login | Turned> {
  const { keeper, settings, clock } = door;
  if (!visitor.isOriginAllowed) return { type: "out", status: 403, message: "origin not allowed" };
  const now = clock.now();
  const waitMs = visitor.isLocal ? 0 : keeper.guesses.waitMs(visitor.address, now);
  if (waitMs > 0)
    return { type: "out", status: 429, message: "too many failed authentication attempts", retryAfterMs: waitMs };
  if (checkSecret(settings.auth, { token: secret, password: secret }) === "ok") {
    keeper.guesses.passed(visitor.address);
    return { type: "in", scopes: ownerScopes };
  }
  const scopes = looksSigned(secret) ? await sessionScopes(door, secret) : undefined;
  if (scopes) return { type: "in", scopes };
  const device = secret === "" ? undefined : await keeper.devices.ofToken(secret);
  if (device) return { type: "in", ...device };
  if (secret !== "" && !visitor.isLocal) keeper.guesses.failed(visitor.address, now);
  const message =
    secret === "" ? "unauthorized: send the gateway token as a Bearer token" : "unauthorized: the token is not valid";
  return { type: "out", status: 401, message };
}

/** Three parts of base64url: what POST /api/login gives. */
function looksSigned(secret: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
}

export interface CallerFacts {
  readonly clientId: string;
  readonly mode: string;
  readonly displayName?: string;
}

/** A caller without a socket: it hears no events. */
export function callerOf({ scopes, deviceId }: Login, facts: CallerFacts): Caller {
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
    connectionId: crypto.randomUUID(),
    clientId: facts.clientId,
    mode: facts.mode,
    displayName: facts.displayName,
    strayed: () => undefined,
  };
}

/** The answer to a visitor who may not come in. */
export function turnedAway({ status, message, retryAfterMs }: Turned): Response {
  const headers = {
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
  };
  return Response.json({ ok: false, error: { type: "unauthorized", message } }, { status, headers });
}
