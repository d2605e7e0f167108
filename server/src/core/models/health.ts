// How each provider fares, from the calls that were made anyway: state, latency, last error, what is left to its key.
import type { FaultData, ProviderLimits } from "@homarus/sdk";

export type HealthState = "unknown" | "healthy" | "limited" | "failing";

export interface ProviderHealth {
  readonly provider: string;
  readonly state: HealthState;
  /** Unix ms of the last answer. */
  readonly answeredAt?: number;
  /** ms until the first word, as a moving mean. */
  readonly latencyMs?: number;
  readonly lastFault?: FaultData & { readonly at: number };
  readonly limits?: ProviderLimits & { readonly at: number };
  readonly calls: number;
  readonly failures: number;
}

export interface Health {
  answered(provider: string, latencyMs: number | undefined, at: number): void;
  failed(provider: string, fault: FaultData, at: number): void;
  limits(provider: string, limits: ProviderLimits, at: number): void;
  of(provider: string): ProviderHealth;
  /** Providers that could not be reached at their last call: those worth a look. */
  ailing(): readonly string[];
}

/** Weight of the newest call in the mean. */
const weight = 0.2;

export function createHealth(): Health {
  const known = new Map<string, ProviderHealth>();
  const of = (provider: string): ProviderHealth =>
    known.get(provider) ?? { provider, state: "unknown", calls: 0, failures: 0 };
  return {
    of,
    answered(provider, latencyMs, at) {
      const before = of(provider);
      const mean = latencyMs === undefined ? before.latencyMs : meanOf(before.latencyMs, latencyMs);
      known.set(provider, {
        ...before,
        ...{ state: "healthy", answeredAt: at, calls: before.calls + 1 },
        ...(mean === undefined ? {} : { latencyMs: mean }),
      });
    },
    failed(provider, fault, at) {
      // What the caller did wrong or called off says nothing of the vendor.
      if (fault.kind === "aborted" || fault.kind === "overflow" || fault.kind === "invalid" || fault.kind === "denied")
        return;
      const before = of(provider);
      const state = fault.kind === "limited" && fault.code !== "provider.quota" ? "limited" : "failing";
      const counts = { calls: before.calls + 1, failures: before.failures + 1 };
      known.set(provider, { ...before, ...counts, state, lastFault: { ...fault, at } });
    },
    limits(provider, limits, at) {
      known.set(provider, { ...of(provider), limits: { ...limits, at } });
    },
    ailing: () =>
      [...known.values()]
        .filter(({ state, lastFault }) => state === "failing" && lastFault?.kind === "unavailable")
        .map(({ provider }) => provider),
  };
}

function meanOf(before: number | undefined, now: number): number {
  return Math.round(before === undefined ? now : before + weight * (now - before));
}
