// What a provider's code is handed, for tests: the vendor as its manifest says, and the rest as a test gives it.

import type { Fetch } from "../context.ts";
import type { Clock } from "../ports/clock.ts";
import { type ProviderContext, type VendorSource, vendorOf } from "../vendor/vendor.ts";
import { createFakeClock } from "./clock.ts";
import { silentLog } from "./fake-channel.ts";
import { createMemoryStore } from "./memory-store.ts";

export interface ProviderContextParts<Config> {
  readonly config: Config;
  readonly fetch: Fetch;
  readonly clock?: Clock;
  /** Another id than the manifest's, as an endpoint of the owner's own has. */
  readonly id?: string;
}

export function createProviderContext<Config>(
  manifest: VendorSource,
  { config, fetch, clock = createFakeClock(), id = manifest.id }: ProviderContextParts<Config>,
): ProviderContext<Config> {
  return {
    ...{ id, config, fetch, clock, vendor: vendorOf(manifest), log: silentLog },
    ...{ signal: new AbortController().signal, store: createMemoryStore().values(`extension/provider/${id}`) },
  };
}
