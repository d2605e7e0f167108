// The models that can be chosen: the catalog's, the owner's, and those a vendor or server lists, which are asked for
// seldom and only by whoever wants to choose.
import type { Clock, Log, ModelInfo, ProviderEntry } from "@homarus/sdk";
import type { OfferedModel } from "../../gateway/house.ts";
import type { Choosing } from "./choosing.ts";
import { liveModels, type Opened } from "./opened.ts";

export interface Offered {
  /** With `ask`, vendors are asked for their lists unless they told them lately; without, nobody is. */
  list(ask: boolean, signal: AbortSignal): Promise<readonly OfferedModel[]>;
  /** Of one provider, or of all. */
  reset(provider?: string): void;
}

export interface OfferedParts {
  readonly choosing: Choosing;
  readonly opened: Opened;
  readonly log: Log;
  readonly clock: Clock;
}

interface Told {
  readonly models: readonly ModelInfo[];
  readonly until: number;
}

const freshMs = 10 * 60_000;
/** A vendor that did not answer is asked again sooner. */
const retryMs = 60_000;

export function createOffered({ choosing, opened, log, clock }: OfferedParts): Offered {
  const told = new Map<string, Told>();
  const asking = new Map<string, Promise<void>>();
  const ask = (entry: ProviderEntry, signal: AbortSignal): Promise<void> => {
    const known = asking.get(entry.id);
    if (known) return known;
    const work = liveModels(opened.open(entry.id), signal, log).then((models) => {
      told.set(entry.id, { models, until: clock.now() + (models.length > 0 ? freshMs : retryMs) });
    });
    asking.set(entry.id, work);
    return work.finally(() => asking.delete(entry.id));
  };
  return {
    async list(mayAsk, signal) {
      const entries = choosing.ordered();
      const stale = entries.filter(
        (entry) =>
          mayAsk &&
          choosing.isReady(entry) &&
          entry.capabilities.includes("models") &&
          (told.get(entry.id)?.until ?? 0) <= clock.now(),
      );
      await Promise.all(stale.map((entry) => ask(entry, signal)));
      return entries.flatMap((entry) => rowsOf(entry, told.get(entry.id)?.models ?? [], choosing));
    },
    reset: (provider) => (provider === undefined ? told.clear() : void told.delete(provider)),
  };
}

function rowsOf(entry: ProviderEntry, live: readonly ModelInfo[], choosing: Choosing): readonly OfferedModel[] {
  const available = choosing.isReady(entry);
  return (live.length > 0 ? live : entry.models).map((model) => ({
    ...{ ...model, ...choosing.factsOf({ provider: entry.id, model: model.id }) },
    ...{ provider: entry.id, available },
  }));
}
