// The gateway's own secret (token or password): comparing it in constant time, wording its refusals, and slowing down
// whoever guesses from afar.
import type { GatewayAuth } from "../settings.ts";
import { limits } from "../settings.ts";

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

export function checkSecret(auth: GatewayAuth, offered: Offered): SecretVerdict {
  if (auth.mode === "none") return "ok";
  const [given, secret] = auth.mode === "token" ? [offered.token, auth.token] : [offered.password, auth.password];
  if (given === undefined || given === "") return "missing";
  return secret !== "" && sameSecret(given, secret) ? "ok" : "wrong";
}

/** The error text that clients of protocol 3 know, with the next step in brackets. */
export function secretRefusal(
  auth: GatewayAuth,
  verdict: "missing" | "wrong",
  isPersonal: boolean,
): { message: string; code: string } {
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

interface Failures {
  count: number;
  since: number;
  lockedUntil: number;
}

const rememberedAddresses = 1000;

/** Counts refused secrets by address. Connections from this machine are never counted: see the handshake. */
export class GuessLimit {
  readonly #failures = new Map<string, Failures>();

  /** Ms until this address may try again; 0 when it may now. */
  waitMs(address: string, now: number): number {
    return Math.max(0, (this.#failures.get(address)?.lockedUntil ?? 0) - now);
  }

  failed(address: string, now: number): void {
    const known = this.#failures.get(address);
    const current = known && now - known.since < limits.authWindowMs ? known : { count: 0, since: now, lockedUntil: 0 };
    current.count += 1;
    if (current.count >= limits.authFailures) current.lockedUntil = now + limits.authLockMs;
    this.#failures.delete(address);
    this.#failures.set(address, current);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > rememberedAddresses && !oldest.done) this.#failures.delete(oldest.value);
  }

  passed(address: string): void {
    this.#failures.delete(address);
  }
}
