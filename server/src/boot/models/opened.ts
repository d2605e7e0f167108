// Providers in use: their code loads at the first call and stays until the config changes, once for each key.
import { Fault, type Log, type ModelInfo, type Provider, type ProviderEntry, toFault } from "@homarus/sdk";
import type { Choosing } from "./choosing.ts";
import type { Keys } from "./keys.ts";

export type Activate = <Port>(entry: ProviderEntry, config: unknown) => Promise<Port>;

export interface Opened {
  /** Rejects with a `config` Fault for a provider that there is not. Without a key by the first. */
  open(provider: string, key?: string): Promise<Provider>;
  /** Those whose code is loaded. */
  ids(): readonly string[];
  /** Of one provider, or of all. */
  reset(provider?: string): void;
}

export function createOpened(choosing: Choosing, keys: Keys, activate: Activate): Opened {
  const active = new Map<string, Promise<Provider>>();
  return {
    open(id, key = keys.of(id, "")[0] ?? "") {
      const place = `${id}#${key}`;
      const known = active.get(place);
      if (known) return known;
      const entry = choosing.find(id);
      if (!entry) return Promise.reject(unknownProvider(id, choosing));
      const opened = activate<Provider>(entry, keys.configFor(id, key));
      active.set(place, opened);
      opened.catch(() => active.delete(place));
      return opened;
    },
    ids: () => [...new Set([...active.keys()].map((place) => place.split("#", 1)[0] ?? ""))],
    reset(id) {
      for (const place of active.keys()) if (id === undefined || place.startsWith(`${id}#`)) active.delete(place);
    },
  };
}

function unknownProvider(id: string, choosing: Choosing): Fault {
  return new Fault("config", "model.provider", `There is no provider ${id}.`, {
    hint: `Choose one of ${choosing
      .ordered()
      .map((item) => item.id)
      .join(", ")}.`,
  });
}

const detectMs = 400;
const listMs = 5_000;

/** Models the vendor lists now; none when it does not answer. */
export async function liveModels(
  opened: Promise<Provider>,
  signal: AbortSignal,
  log: Log,
): Promise<readonly ModelInfo[]> {
  try {
    return (await (await opened).models?.(AbortSignal.any([signal, AbortSignal.timeout(listMs)]))) ?? [];
  } catch (thrown) {
    // A list is a convenience: the catalog's own stands in when the vendor does not answer.
    log.info("models.list-failed", { fault: toFault(thrown).toJSON() });
    return [];
  }
}

/** Looks whether a server of that kind runs on this machine, and which model it has. */
export async function detectServer(
  entry: ProviderEntry,
  detected: Map<string, string>,
  by: { readonly opened: Opened; readonly fetch: typeof fetch; readonly log: Log },
): Promise<void> {
  try {
    const answer = await by.fetch(entry.detect as string, { signal: AbortSignal.timeout(detectMs) });
    if (!answer.ok) return;
  } catch {
    // Nobody answers there: the usual case on most machines.
    return;
  }
  detected.set(entry.id, "");
  const models = await liveModels(by.opened.open(entry.id), AbortSignal.timeout(listMs), by.log);
  const first = models[0]?.id;
  if (first) detected.set(entry.id, first);
  else detected.delete(entry.id);
}
