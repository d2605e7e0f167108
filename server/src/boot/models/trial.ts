// Tries a provider: one tiny question by each of its keys, or by settings that are not saved yet. What the vendor says
// of a key goes back to the owner in the vendor's own words.
import {
  type Clock,
  Fault,
  type FaultData,
  faultFrom,
  type ModelRequest,
  type Provider,
  type ProviderEntry,
  toFault,
} from "@homarus/sdk";
import { plainKey } from "../../core/models/rests.ts";
import type { ModelTrial, TrialWish } from "../../gateway/providers.ts";
import type { Choosing } from "./choosing.ts";
import type { Keys } from "./keys.ts";
import type { Activate, Opened } from "./opened.ts";

export interface TrialParts {
  readonly choosing: Choosing;
  readonly keys: Keys;
  readonly opened: Opened;
  readonly activate: Activate;
  readonly clock: Clock;
  /** The provider answered: what it is blamed for is forgotten. */
  readonly forgive: (provider: string) => Promise<void>;
}

const trialMs = 30_000;

/** One result for each key. Rejects `invalid` for an unknown provider, `config` where settings are missing. */
export async function tryProvider(
  wish: TrialWish,
  parts: TrialParts,
  signal: AbortSignal,
): Promise<readonly ModelTrial[]> {
  const { choosing, keys, opened } = parts;
  const entry = choosing.find(wish.provider);
  if (!entry)
    throw new Fault("invalid", "model.provider", `There is no provider ${wish.provider}.`, {
      hint: `Choose one of ${choosing
        .ordered()
        .map(({ id }) => id)
        .join(", ")}.`,
    });
  if (wish.settings) {
    const settings = { ...choosing.configOf(entry), ...wish.settings };
    const provider = await parts.activate<Provider>(entry, settings);
    return [await tryOne(provider, { entry, wish, key: "" }, parts, signal)];
  }
  return await Promise.all(
    (wish.key === undefined ? keys.of(entry.id, "") : [wish.key]).map(async (key) => {
      const provider = await opened.open(entry.id, key);
      return await tryOne(provider, { entry, wish, key: plainKey(key) }, parts, signal);
    }),
  );
}

interface Trying {
  readonly entry: ProviderEntry;
  readonly wish: TrialWish;
  readonly key: string;
}

async function tryOne(
  provider: Provider,
  { entry, wish, key }: Trying,
  parts: TrialParts,
  signal: AbortSignal,
): Promise<ModelTrial> {
  const { choosing, clock } = parts;
  const model = wish.model ?? choosing.detected.get(entry.id) ?? entry.tiers?.fast ?? entry.defaultModel;
  const startedAt = clock.now();
  const about = { provider: entry.id, model, key };
  const fault = await failure(provider, question(model), AbortSignal.any([signal, AbortSignal.timeout(trialMs)]));
  const latencyMs = clock.now() - startedAt;
  if (fault) return { ...about, ok: false, latencyMs, fault };
  if (!wish.settings) await parts.forgive(entry.id);
  return { ...about, ok: true, latencyMs };
}

/** The first word is enough: the rest is neither waited for nor paid. */
async function failure(provider: Provider, request: ModelRequest, signal: AbortSignal): Promise<FaultData | undefined> {
  const enough = new AbortController();
  try {
    for await (const event of provider.stream(request, AbortSignal.any([signal, enough.signal]))) {
      if (event.type === "fault") return isLate(event.fault, signal) ? tooLate() : event.fault;
      if (event.type !== "limits") return undefined;
    }
  } catch (thrown) {
    return toFault(thrown, "provider.threw").toJSON();
  } finally {
    enough.abort();
  }
  return faultFrom({ kind: "unavailable", code: "provider.cut", message: "The model server said nothing." }).toJSON();
}

function isLate(fault: FaultData, signal: AbortSignal): boolean {
  return fault.kind === "aborted" && signal.aborted;
}

function tooLate(): FaultData {
  const message = `The model server has not answered within ${trialMs / 1000} s.`;
  return new Fault("unavailable", "provider.timeout", message).toJSON();
}

function question(model: string): ModelRequest {
  return {
    ...{ model, system: { stable: "Answer with one word.", volatile: "" }, tools: [], thinking: "off" },
    ...{ turns: [{ type: "user", content: [{ type: "text", text: "Say OK." }] }], maxOutputTokens: 16 },
    cacheKey: "trial",
  };
}
