// How much one address may ask before it has proved anything: HTTP requests, WebSocket upgrades, and sockets that have
// not said hello. It refuses with 429, before any work is done.
import type { Clock, Log } from "@homarus/sdk";
import { type GatewaySettings, limits } from "../settings.ts";
import { type Address, networkOf } from "./address.ts";
import { Buckets } from "./buckets.ts";

export interface GateParts {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Sockets of an address that wait for their hello. */
  readonly waitingFrom: (address: string) => number;
}

export class Gate {
  readonly #parts: GateParts;
  readonly #requests = new Buckets();
  readonly #upgrades = new Buckets();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Undefined lets the request through. */
  requestRefusal(who: Address): Response | undefined {
    return this.#refusal(who, this.#requests, this.#parts.settings.rateLimits.requestsPerMinute, "requests");
  }

  upgradeRefusal(who: Address): Response | undefined {
    const { settings, waitingFrom } = this.#parts;
    if (!who.isLocal && waitingFrom(who.address) >= limits.waitingPerAddress)
      return tooMany("too many connections that have not said hello", limits.handshakeTimeoutMs);
    return this.#refusal(who, this.#upgrades, settings.rateLimits.upgradesPerMinute, "upgrades");
  }

  #refusal(who: Address, buckets: Buckets, perMinute: number, what: string): Response | undefined {
    const { settings, clock, log } = this.#parts;
    if (who.isLocal && settings.rateLimits.loopbackExempt) return undefined;
    const refused = buckets.take(networkOf(who.address), perMinute, clock.now());
    if (refused === undefined) return undefined;
    if (refused.isFirst) log.warn("gateway.rate-limited", { address: who.address, what, perMinute });
    return tooMany(`too many ${what}`, refused.waitMs);
  }
}

/** The answer to who has to wait; Retry-After is in whole seconds (RFC 9110, 10.2.3). */
function tooMany(error: string, waitMs: number): Response {
  const headers = { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) };
  return Response.json({ ok: false, error }, { status: 429, headers });
}
