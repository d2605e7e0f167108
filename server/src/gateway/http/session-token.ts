// Tokens that a login gives to a browser: signed, with an end, and all taken back at once when the owner changes the
// secret, since the key they are signed with follows from it. Source: RFC 7519, HS256.
import { createHmac } from "node:crypto";
import { sign, verify } from "hono/jwt";
import { ownerScopes } from "../caller.ts";
import type { Door } from "../door.ts";
import type { GatewayAuth } from "../settings.ts";

const algorithm = "HS256";
const audience = "homarus-gateway";

export interface SessionClaims {
  /** Unix seconds. */
  readonly iat: number;
  readonly exp: number;
  readonly scopes: readonly string[];
}

export async function signSession(door: Door, claims: SessionClaims): Promise<string> {
  return sign({ ...claims, aud: audience }, await keyOf(door), algorithm);
}

/** The scopes of a token that this gateway signed and that has not ended; undefined for anything else. */
export async function sessionScopes(door: Door, token: string): Promise<readonly string[] | undefined> {
  try {
    const claims = await verify(token, await keyOf(door), { alg: algorithm, exp: false, nbf: false, iat: false });
    const isOver = typeof claims.exp !== "number" || claims.exp * 1000 <= door.clock.now();
    if (isOver || claims.aud !== audience || !Array.isArray(claims.scopes)) return undefined;
    return ownerScopes.filter((scope) => (claims.scopes as unknown[]).includes(scope));
  } catch {
    // Not a token of ours, or one that was tampered with: the caller refuses it like any wrong secret.
    return undefined;
  }
}

async function keyOf(door: Door): Promise<string> {
  const values = door.house.store.values("gateway");
  const kept = await values.get("session-key");
  const own = typeof kept === "string" ? kept : Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  if (kept !== own) await values.set("session-key", own);
  return createHmac("sha256", own).update(secretOf(door.settings.auth)).digest("hex");
}

function secretOf(auth: GatewayAuth): string {
  if (auth.mode === "token") return auth.token;
  return auth.mode === "password" ? auth.password : auth.mode;
}
