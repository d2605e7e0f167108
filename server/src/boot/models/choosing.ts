// Which providers are set up, by the config, the environment and what was found on this machine; and what a name means.
import { type CatalogEntry, Fault, type ModelInfo, type ModelTier, modelTiers, type ProviderEntry } from "@homarus/sdk";
import type { ChainRules, ModelChoice } from "../../core/models/chain.ts";
import type { ListedModel } from "../../core/models/price-list.ts";
import type { HouseConfig } from "../../host/config/schema.ts";
import { customEntries, settingsOf } from "../custom-providers.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ChoosingParts {
  readonly catalog: readonly CatalogEntry[];
  readonly environment: Environment;
  readonly config: () => HouseConfig;
  /** What the owner's newest list says of `provider/model`. */
  readonly listed?: (name: string) => ListedModel | undefined;
}

export interface Choosing {
  readonly find: (id: string) => ProviderEntry | undefined;
  readonly isReady: (entry: ProviderEntry) => boolean;
  readonly configOf: (entry: ProviderEntry) => Record<string, unknown>;
  /** By preference. */
  readonly ordered: () => readonly ProviderEntry[];
  readonly environment: Environment;
  /** Fields that it still needs. A login stands in for a secret. */
  readonly missing: (entry: ProviderEntry) => readonly string[];
  /** Servers found on this machine: provider -> its first model. */
  readonly detected: Map<string, string>;
  /** Providers with a login: provider -> whose it is, as far as known. */
  readonly loggedIn: Map<string, string | undefined>;
  /** What is known of a model: the catalog's row, over it the owner's newest list, and over that the config. */
  readonly factsOf: (choice: ModelChoice) => ModelInfo | undefined;
}

export function openChoosing(parts: ChoosingParts): Choosing {
  const detected = new Map<string, string>();
  const loggedIn = new Map<string, string | undefined>();
  const { environment } = parts;
  const ordered = entriesIn(parts);
  const find = (id: string): ProviderEntry | undefined => ordered().find((entry) => entry.id === id);
  const configOf = (entry: ProviderEntry): Record<string, unknown> =>
    providerConfig(entry, settingsOf(parts.config(), entry), environment);
  const missing = (entry: ProviderEntry): readonly string[] => {
    const fields = missingFields(entry, configOf(entry));
    return loggedIn.has(entry.id) ? fields.filter((field) => !entry.secrets.includes(field)) : fields;
  };
  return {
    ...{ detected, loggedIn, environment, configOf, missing, find, ordered },
    isReady(entry) {
      if (entry.detect && !settingsOf(parts.config(), entry)) return detected.has(entry.id);
      return missing(entry).length === 0;
    },
    factsOf({ provider, model }) {
      const built = find(provider)?.models.find((item) => item.id === model);
      const name = `${provider}/${model}`;
      const listed = parts.listed?.(name);
      const written = parts.config().models.facts[name];
      const plain = { id: model, name: model, thinking: false, input: ["text"] as const };
      const known: ModelInfo | undefined = listed ? { ...(built ?? plain), ...listed } : built;
      if (!written) return known;
      const { price, ...facts } = written;
      return {
        ...(known ?? plain),
        ...facts,
        ...(price && { price: { ...price, asOf: "", source: "config" } }),
      } as ModelInfo;
    },
  };
}

/** The catalog's and the owner's own, by preference; made anew when the config is another. */
function entriesIn({ catalog, config }: ChoosingParts): () => readonly ProviderEntry[] {
  const fixed = catalog.filter((entry): entry is ProviderEntry => entry.kind === "provider");
  let made: { readonly of: HouseConfig; readonly entries: readonly ProviderEntry[] } | undefined;
  return () => {
    const current = config();
    if (made?.of !== current) {
      const all = [...fixed, ...customEntries(current, catalog)];
      made = { of: current, entries: all.sort((a, b) => (a.preference ?? 1e9) - (b.preference ?? 1e9)) };
    }
    return made.entries;
  };
}

/** `provider/model`, or a model's id alone when a provider that is set up lists it. */
export function chooseNamed(name: string, choosing: Choosing): ModelChoice {
  const slash = name.indexOf("/");
  const entry =
    (slash > 0 ? choosing.find(name.slice(0, slash)) : undefined) ??
    choosing.ordered().find((item) => choosing.isReady(item) && item.models.some((model) => model.id === name));
  if (!entry) {
    throw new Fault("invalid", "model.unknown", `I know no model ${name}.`, {
      hint: "Write it as provider/model, for example anthropic/claude-sonnet-5, or a tier: fast, balanced, strong; `homarus models` lists them.",
    });
  }
  const missing = choosing.isReady(entry) ? [] : choosing.missing(entry);
  if (missing.length > 0 && entry.capabilities.includes("login")) {
    throw new Fault("config", "model.not-set-up", `${entry.title} is not set up: nobody has logged in.`, {
      hint: `Log in with \`homarus models login ${entry.id}\`.`,
    });
  }
  if (missing.length > 0) {
    const variables = missing.flatMap((field) => entry.environment[field] ?? []);
    throw new Fault("config", "model.not-set-up", `${entry.title} is not set up: it needs ${missing.join(", ")}.`, {
      hint: variables.length
        ? `Set ${variables[0]}, or write ${placeOf(entry)}.${missing[0]} in the config.`
        : `Write ${placeOf(entry)}.${missing[0]} in the config.`,
    });
  }
  const model = name.startsWith(`${entry.id}/`) ? name.slice(entry.id.length + 1) : name;
  return { provider: entry.id, model: model || entry.defaultModel };
}

/** Where in the config its settings stand. */
function placeOf(entry: ProviderEntry): string {
  return entry.settings ?? `providers.${entry.id}`;
}

/** What answers where nobody named a model. */
export function usualChoice(choosing: Choosing): ModelChoice {
  const { environment, find, isReady, detected } = choosing;
  const wanted = environment.LLM_PROVIDER;
  const entry = (wanted ? find(wanted) : undefined) ?? choosing.ordered().find(isReady);
  if (!entry)
    throw new Fault("config", "model.none", "No model is set up.", {
      hint: "Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY and start again.",
    });
  const model = namedModel(entry, environment) ?? detected.get(entry.id) ?? entry.defaultModel;
  return chooseNamed(`${entry.id}/${model}`, choosing);
}

/** The rules of chains, from the config and the providers that are set up. */
export function chainRules(config: HouseConfig, choosing: Choosing): ChainRules {
  const { find, isReady } = choosing;
  return {
    ...{ tiers: config.models.tiers, aliases: config.models.aliases, standIns: config.models.standIns },
    choose: (name) => chooseNamed(name, choosing),
    usual: () => usualChoice(choosing),
    // A provider without a preference never answers by itself, so it does not stand in either.
    ready: () =>
      choosing
        .ordered()
        .filter((entry) => entry.preference !== undefined && entry.id !== "offline" && isReady(entry))
        .map((entry) => ({ id: entry.id, tiers: tiersOf(entry, choosing), free: entry.free === true })),
    tierOf({ provider, model }) {
      const tiers = find(provider)?.tiers ?? {};
      return modelTiers.find((tier) => tiers[tier] === model);
    },
  };
}

/** A server on this machine has the models that were found there, whatever a table says. */
function tiersOf(entry: ProviderEntry, { detected }: Choosing): Partial<Record<ModelTier, string>> {
  const found = detected.get(entry.id);
  if (found) return { balanced: found };
  return entry.tiers ?? (entry.defaultModel ? { balanced: entry.defaultModel } : {});
}

function missingFields(entry: ProviderEntry, config: Record<string, unknown>): readonly string[] {
  const required = (entry.configSchema.required ?? []) as readonly string[];
  return required.filter((field) => config[field] === undefined || config[field] === "");
}

/** The file's settings, and where it has none the environment's. LLM_* belong to LLM_PROVIDER, or to `openai`. */
function providerConfig(
  entry: ProviderEntry,
  written: Readonly<Record<string, unknown>> | undefined,
  environment: Environment,
): Record<string, unknown> {
  const { keys, ...own } = written ?? {};
  const filled: Record<string, unknown> = { ...own };
  const general = (environment.LLM_PROVIDER ?? "openai") === entry.id;
  const usual: Record<string, string | undefined> = general
    ? { apiKey: environment.LLM_API_KEY, baseUrl: environment.LLM_BASE_URL }
    : {};
  for (const field of Object.keys((entry.configSchema.properties ?? {}) as object)) {
    const names = entry.environment[field] ?? [];
    const value = usual[field] || names.map((name) => environment[name]).find(Boolean);
    if (own[field] === undefined && value) filled[field] = value;
  }
  const first = (keys as readonly { apiKey: string }[] | undefined)?.[0];
  if (first && filled.apiKey === undefined) filled.apiKey = first.apiKey;
  return filled;
}

function namedModel(entry: ProviderEntry, environment: Environment): string | undefined {
  return (environment.LLM_PROVIDER ?? "openai") === entry.id ? environment.LLM_MODEL || undefined : undefined;
}
