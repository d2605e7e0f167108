// The gateway's own login (token, password, or the user whom a proxy names): checking it in constant time, and wording
// its refusals.
import type { GatewayAuth } from "../settings.ts";
import type { User } from "./user.ts";

export interface Offered {
  readonly token?: string;
  readonly password?: string;
}

export type SecretVerdict = "ok" | "missing" | "wrong";

/** Takes as long as what was offered is long, whatever the secret is: nothing of it shows in the time. */
export function sameSecret(offered: string, secret: string): boolean {
  let difference = offered.length ^ secret.length;
  for (let index = 0; index < offered.length; index += 1) {
    difference |= offered.charCodeAt(index) ^ secret.charCodeAt(index % Math.max(1, secret.length));
  }
  return difference === 0;
}

/** What of a peer counts for its login, once it is known. */
export interface Known {
  readonly isLocal: boolean;
  readonly user?: User;
}

/** A user by header needs no secret. In mode `trusted-proxy` the token serves programs of this machine only. */
export function checkSecret(auth: GatewayAuth, offered: Offered, known: Known): SecretVerdict {
  if (auth.mode === "none" || known.user !== undefined) return "ok";
  if (auth.mode === "trusted-proxy" && !known.isLocal) return "missing";
  const [given, secret] = auth.mode === "password" ? [offered.password, auth.password] : [offered.token, auth.token];
  if (given === undefined || given === "") return "missing";
  return secret !== "" && sameSecret(given, secret) ? "ok" : "wrong";
}

/** The owner's own token may look like anything. */
export function isOwnSecret(auth: GatewayAuth, offered: string): boolean {
  return "token" in auth && auth.token !== "" && sameSecret(offered, auth.token);
}

/** The error text that clients of protocol 3 know, with the next step in brackets. */
export function secretRefusal(
  auth: GatewayAuth,
  verdict: "missing" | "wrong",
  { isPersonal, isLocal }: { readonly isPersonal: boolean; readonly isLocal: boolean },
): { message: string; code: string } {
  if (auth.mode === "trusted-proxy" && !isLocal) {
    const message = "unauthorized: no user named by a trusted proxy (open the gateway through its proxy)";
    return { message, code: "AUTH_UNAUTHORIZED" };
  }
  const what = auth.mode === "password" ? "password" : "token";
  const step = isPersonal
    ? `enter the gateway ${what} on this page`
    : `set gateway.remote.${what} to match gateway.auth.${what}`;
  const how = verdict === "missing" ? "missing" : "mismatch";
  return {
    message: `unauthorized: gateway ${what} ${how} (${step})`,
    code: `AUTH_${what.toUpperCase()}_${how.toUpperCase()}`,
  };
}

/** Three parts of base64url: what POST /api/login gives. Whether it is one is verified elsewhere. */
export function looksSigned(secret: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
}
