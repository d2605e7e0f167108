// A world for the provider contract out of what was recorded of a vendor: its scenes, its refusals, its list of models.
import type { Provider, ProviderLimits } from "../ports/provider.ts";
import type { ProviderContext, VendorSource } from "../vendor/vendor.ts";
import { createFakeClock } from "./clock.ts";
import { createFakeVendor, type FakeVendor, type FakeVendorParts } from "./fake-vendor.ts";
import type { EmbeddingScene, ProviderScene, ProviderWorld, SceneContent } from "./provider.world.ts";
import { createProviderContext } from "./provider-context.ts";
import { plainRequest, userTurn } from "./provider-listen.ts";

export interface RecordedVendor<Config> extends FakeVendorParts {
  readonly manifest: VendorSource;
  readonly activate: (context: ProviderContext<Config>) => Provider;
  readonly config: Config;
  readonly model: string;
  readonly says: Readonly<Partial<Record<ProviderScene, SceneContent>>>;
  /** The key within `config`. */
  readonly secret: string;
  readonly embedding?: EmbeddingScene;
  /** Headers of limits as this vendor sends them, and what they say. */
  readonly limits?: { readonly headers: Readonly<Record<string, string>>; readonly says: ProviderLimits };
}

export function openVendorWorld<Config>(
  recorded: RecordedVendor<Config>,
): ProviderWorld & AsyncDisposable & { readonly vendor: FakeVendor } {
  const { manifest, config, model, says, secret, embedding, limits, breaks } = recorded;
  const [vendor, clock] = [createFakeVendor(recorded), createFakeClock()];
  return {
    ...{ vendor, secret, model, id: manifest.id, now: clock.now() },
    ...(embedding ? { embedding } : {}),
    ...(limits ? { limits } : {}),
    ...(breaks ? { breaks } : {}),
    provider: recorded.activate(createProviderContext(manifest, { config, fetch: vendor.fetch, clock })),
    play(scene) {
      vendor.play(scene);
      return { request: plainRequest(model, [userTurn("hello")]), says: says[scene] ?? {} };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
