// The newest list of models that the owner had fetched: over the build's own, and under what the config says.
import { type Clock, Fault, type Fetch, type Json, type Store, toFault } from "@homarus/sdk";
import { type ListedModel, type PriceList, readPriceList } from "../../core/models/price-list.ts";
import type { RefreshedList } from "../../gateway/providers.ts";

export interface RefreshWish {
  /** Where to fetch it; absent: models.dev. */
  readonly url?: string | undefined;
  /** The list itself, read by whoever asks, and where from. */
  readonly text?: string | undefined;
  readonly source?: string | undefined;
}

export interface Refreshed {
  /** Before the first question is answered. */
  load(): Promise<void>;
  factsOf(name: string): ListedModel | undefined;
  /** Rejects, and changes nothing, where the list cannot be had or read. */
  refresh(wish: RefreshWish, signal: AbortSignal): Promise<RefreshedList>;
}

const space = "models";
const key = "list";
const usualUrl = "https://models.dev/api.json";
const mostBytes = 32_000_000;

export function createRefreshed(parts: {
  readonly store: Pick<Store, "values">;
  readonly clock: Clock;
  readonly fetch: Fetch;
}): Refreshed {
  const { store, clock } = parts;
  let list: PriceList = { models: {} };
  return {
    async load() {
      list = ((await store.values(space).get(key)) as unknown as PriceList | undefined) ?? list;
    },
    factsOf: (name) => list.models[name],
    async refresh({ url = usualUrl, text, source = url }, signal) {
      const asOf = new Date(clock.now()).toISOString().slice(0, 10);
      const next = readPriceList(text ?? (await fetched(url, parts.fetch, signal)), { asOf, source });
      const names = Object.keys(next.models);
      const changed = names.filter((name) => !isSame(next.models[name], list.models[name])).length;
      await store.values(space).set(key, next as unknown as Json);
      list = next;
      const priced = Object.values(next.models).filter(({ price }) => price !== undefined).length;
      return { models: names.length, priced, changed, source, asOf };
    },
  };
}

/** What was read on another day, or elsewhere, is the same where it says the same. */
function isSame(a: ListedModel | undefined, b: ListedModel | undefined): boolean {
  const plain = (model: ListedModel | undefined): string =>
    JSON.stringify({ ...model, price: model?.price && { ...model.price, asOf: "", source: "" } });
  return plain(a) === plain(b);
}

async function fetched(url: string, fetch: Fetch, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) });
    if (!response.ok) throw new Fault("unavailable", "models.list-status", `${url} answered ${response.status}.`);
    return await textOf(response, url);
  } catch (thrown) {
    const fault = toFault(thrown, "models.list-fetch");
    throw new Fault(fault.kind === "bug" ? "unavailable" : fault.kind, fault.code, fault.message, {
      cause: thrown,
      hint: "Name another address with --from, or a file that you have fetched: homarus models refresh --from prices.json",
    });
  }
}

/** Counted while it comes: what is too large is never held whole. */
async function textOf({ body }: Response, url: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  // Leaving the loop lets go of the rest.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new Fault("invalid", "models.list-size", `${url} sent more than 32 MB.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
