// Providers as their owner sees them, and the look at those that are ill, which costs nothing.
import type { Clock, Provider, ProviderEntry } from "@homarus/sdk";
import type { Health } from "../../core/models/health.ts";
import { plainKey, type Rest } from "../../core/models/rests.ts";
import type { ProviderFacts } from "../../gateway/providers.ts";
import type { Choosing } from "./choosing.ts";
import type { Keys } from "./keys.ts";
import type { Opened } from "./opened.ts";

export interface FactsParts {
  readonly choosing: Choosing;
  readonly keys: Keys;
  readonly health: Health;
  readonly rests: Readonly<Record<string, Rest>>;
  readonly now: number;
}

export function providerFacts(entry: ProviderEntry, { choosing, keys, health, rests, now }: FactsParts): ProviderFacts {
  const { id, title, description } = entry;
  const account = choosing.loggedIn.get(id);
  const resting = Object.entries(rests).filter(([place, { until }]) => ownerOf(place) === id && until > now);
  return {
    ...{ id, title, description, isReady: choosing.isReady(entry) },
    missing: choosing.missing(entry),
    secrets: entry.secrets.map((field) => ({ field, variables: entry.environment[field] ?? [] })),
    ...{ logsIn: entry.capabilities.includes("login"), isFree: entry.free === true },
    takesLoginFile: entry.capabilities.includes("login-file"),
    ...(choosing.loggedIn.has(id) ? { login: account === undefined ? {} : { account } } : {}),
    keys: keys.of(id, "").map(plainKey).filter(Boolean),
    tiers: { ...entry.tiers },
    health: health.of(id),
    rests: resting.map(([place, { until, code }]) => ({ what: plainKey(place), until, code })),
  };
}

function ownerOf(place: string): string | undefined {
  return place.split(/[#/]/, 1)[0];
}

export interface CheckParts {
  readonly health: Health;
  readonly opened: Opened;
  readonly clock: Clock;
  readonly forgive: (provider: string) => Promise<void>;
}

const checkMs = 10_000;

/** Asks those whose last call failed for their list of models: an answer shows that they are back. */
export async function checkAiling(parts: CheckParts, signal: AbortSignal): Promise<void> {
  const loaded = new Set(parts.opened.ids());
  const ailing = parts.health.ailing().filter((provider) => loaded.has(provider));
  await Promise.all(ailing.map((provider) => checkOne(provider, parts, signal)));
}

async function checkOne(provider: string, parts: CheckParts, signal: AbortSignal): Promise<void> {
  const opened: Provider = await parts.opened.open(provider);
  if (!opened.models) return;
  const startedAt = parts.clock.now();
  try {
    await opened.models(AbortSignal.any([signal, AbortSignal.timeout(checkMs)]));
  } catch {
    // It is still out, as was known; the next call or look will tell.
    return;
  }
  parts.health.answered(provider, parts.clock.now() - startedAt, parts.clock.now());
  await parts.forgive(provider);
}
