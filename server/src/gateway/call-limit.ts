// How much one caller may ask once it is in: calls a minute, counted for its device, or for where it comes from. Over it
// the call is refused before any work is done, with the time to wait; the connection stays.
import type { Clock, Log } from "@homarus/sdk";
import type { ErrorShape } from "@homarus/sdk/client";
import { type Address, networkOf } from "./handshake/address.ts";
import { Buckets } from "./handshake/buckets.ts";
import type { GatewaySettings } from "./settings.ts";

export interface CallLimitParts {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** What counts of a caller. */
export interface Counted {
  readonly connectionId: string;
  readonly clientId: string;
  readonly deviceId: string | undefined;
  readonly from: Address;
  /** Undefined where it has no socket of its own. */
  readonly member: object | undefined;
}

/** More callers than an owner has; see buckets.ts for what becomes of the rest. */
const rememberedCallers = 16_384;

export class CallLimit {
  readonly #parts: CallLimitParts;
  readonly #calls = new Buckets(rememberedCallers);

  constructor(parts: CallLimitParts) {
    this.#parts = parts;
  }

  /** Callers whose last minute is remembered. */
  get size(): number {
    return this.#calls.size;
  }

  /** Counts one call. Undefined lets it go on. */
  refusal(caller: Counted): ErrorShape | undefined {
    const { settings, clock, log } = this.#parts;
    const { callsPerMinute, loopbackExempt } = settings.rateLimits;
    if (callsPerMinute === 0 || (loopbackExempt && caller.from.isLocal)) return undefined;
    const refused = this.#calls.take(payerOf(caller), callsPerMinute, clock.now());
    if (refused === undefined) return undefined;
    const { deviceId, clientId, from } = caller;
    if (refused.isFirst)
      log.warn("gateway.rate-limited", {
        ...{ address: from.address, client: clientId, what: "calls", callsPerMinute },
        deviceId,
      });
    const retryAfterMs = Math.max(1, Math.ceil(refused.waitMs));
    return {
      code: "UNAVAILABLE",
      message: `too many calls; try again in ${Math.ceil(retryAfterMs / 1000)} s`,
      ...{ retryable: true, retryAfterMs, details: { code: rateLimited, limit: `${callsPerMinute} per minute` } },
    };
  }
}

const rateLimited = "RATE_LIMITED";

export function isRateLimited({ details }: ErrorShape): boolean {
  return (details as { readonly code?: unknown } | undefined)?.code === rateLimited;
}

/** A device is one caller on all its connections. Programs of this machine have one address, so each socket is its own. */
function payerOf({ deviceId, connectionId, member, from }: Counted): string {
  if (deviceId !== undefined) return `device ${deviceId}`;
  return from.isLocal && member ? `connection ${connectionId}` : `network ${networkOf(from.address)}`;
}
