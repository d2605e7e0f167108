// The owner's own endpoints as providers: what the config says of one becomes an entry like those of the catalog, served
// by the code of the provider whose API it speaks.
import type { CatalogEntry, ModelInfo, ProviderEntry } from "@homarus/sdk";
import type { CustomEndpoint, CustomModel } from "../host/config/custom-schema.ts";
import type { HouseConfig } from "../host/config/schema.ts";

type WithProviders = Pick<HouseConfig, "providers">;

/** Before a demonstration, and after every provider that is set up by name. */
const preference = 90;

/** One entry for each endpoint. One whose adapter is not in this build, or whose name a provider has, is left out. */
export function customEntries(config: WithProviders, catalog: readonly CatalogEntry[]): readonly ProviderEntry[] {
  const providers = catalog.filter((entry): entry is ProviderEntry => entry.kind === "provider");
  return Object.entries(endpointsOf(config)).flatMap(([id, endpoint]) => {
    const code = providers.find((entry) => entry.id === endpoint.adapter && entry.adapter === undefined);
    return code && providers.every((entry) => entry.id !== id) ? [entryOf(id, endpoint, code)] : [];
  });
}

/** The settings of a provider, wherever in the config they stand, without what is not its code's affair. */
export function settingsOf(config: WithProviders, entry: ProviderEntry): Readonly<Record<string, unknown>> | undefined {
  const endpoint = entry.settings === undefined ? undefined : endpointsOf(config)[entry.id];
  if (!endpoint) return config.providers[entry.id];
  return Object.fromEntries(Object.entries(endpoint).filter(([field]) => !ofTheEntry.has(field)));
}

/** Fields that make the entry; the code never sees them. */
const ofTheEntry = new Set(["adapter", "title", "free", "defaultModel", "models"]);

function endpointsOf(config: WithProviders): Readonly<Record<string, CustomEndpoint>> {
  return (config.providers.custom ?? {}) as Readonly<Record<string, CustomEndpoint>>;
}

function entryOf(id: string, endpoint: CustomEndpoint, code: ProviderEntry): ProviderEntry {
  const { title = id, baseUrl, models = [], free, defaultModel } = endpoint;
  const { required: _, ...configSchema } = code.configSchema;
  return {
    ...{ id, kind: "provider", title, since: code.since, adapter: code.id, preference },
    ...{ description: `${code.title}'s API at ${baseUrl}.`, settings: `providers.custom.${id}` },
    capabilities: code.capabilities.filter((name) => name !== "login" && name !== "login-file"),
    permissions: { hosts: ["{config.baseUrl}"] },
    environment: {},
    defaultModel: defaultModel ?? models[0]?.id ?? "default",
    models: models.map(modelOf),
    ...(free === undefined ? {} : { free }),
    ...{ configSchema, secrets: code.secrets },
  };
}

function modelOf({ price, name, thinking, input, ...facts }: CustomModel): ModelInfo {
  return {
    ...facts,
    ...{ name: name ?? facts.id, thinking: thinking ?? false, input: input ?? ["text"] },
    ...(price ? { price: { ...price, asOf: "", source: "config" } } : {}),
  } as ModelInfo;
}
