// Which model answers: what the owner named, else what is set up, else the offline demonstration.
import {
  type CatalogEntry,
  type EmbedRequest,
  Fault,
  type Log,
  type ModelRequest,
  type Provider,
  type ProviderEvent,
  toFault,
} from "@homarus/sdk";
import type { ModelChoice } from "../core/line/parts.ts";
import type { Embedded, OfferedModel } from "../gateway/house.ts";
import type { HouseConfig } from "../host/config/schema.ts";

type ProviderEntry = Extract<CatalogEntry, { kind: "provider" }>;
type Environment = Readonly<Record<string, string | undefined>>;

export interface ModelsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly environment: Environment;
  readonly config: () => HouseConfig;
  readonly log: Log;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly fetch: typeof fetch;
}

export interface Models {
  choose(name: string | undefined): ModelChoice;
  stream(provider: string, request: ModelRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  offered(signal: AbortSignal): Promise<readonly OfferedModel[]>;
  /**
   * Texts as vectors by `provider/model`, by a model alone at the first provider that makes vectors, or by its usual one.
   * Rejects `config` when none is set up that can.
   */
  embed(name: string | undefined, request: Omit<EmbedRequest, "model">, signal: AbortSignal): Promise<Embedded>;
  /** Looks for model servers on this machine; quick, and silent when there is none. */
  detect(): Promise<void>;
  /** Lets go of activated providers, so that the next call uses the changed config. */
  reset(): void;
}

const detectMs = 400;
const listMs = 5_000;

export function createModels(parts: ModelsParts): Models {
  const choosing = openChoosing(parts);
  const { ordered, isReady, find, detected, environment } = choosing;
  const providers = keptProviders(parts, choosing);
  return {
    choose(name) {
      if (name) return chooseNamed(name, choosing);
      const wanted = environment.LLM_PROVIDER;
      const entry = (wanted ? find(wanted) : undefined) ?? ordered.find(isReady);
      if (!entry)
        throw new Fault("config", "model.none", "No model is set up.", {
          hint: "Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY and start again.",
        });
      const model = namedModel(entry, environment) ?? detected.get(entry.id) ?? entry.defaultModel;
      return chooseNamed(`${entry.id}/${model}`, choosing);
    },
    async *stream(id, request, signal) {
      let opened: Provider;
      try {
        opened = await providers.open(id);
      } catch (thrown) {
        yield { type: "fault", fault: toFault(thrown).toJSON() };
        return;
      }
      yield* opened.stream(request, signal);
    },
    async offered(signal) {
      const lists = ordered.map(async (entry): Promise<OfferedModel[]> => {
        const available = isReady(entry);
        const asks = available && entry.capabilities.includes("models");
        const live = asks ? await liveModels(providers.open(entry.id), signal, parts.log) : [];
        const known =
          live.length > 0
            ? live.map((model) => ({ ...model, ...entry.models.find((item) => item.id === model.id) }))
            : entry.models;
        return known.map((model) => ({ ...model, provider: entry.id, available }));
      });
      return (await Promise.all(lists)).flat();
    },
    embed: embedder(choosing, providers.open),
    async detect() {
      const unseen = ordered.filter((entry) => entry.detect && !detected.has(entry.id));
      await Promise.all(unseen.map((entry) => detectServer(entry, detected, { provider: providers.open, parts })));
    },
    reset: providers.reset,
  };
}

/** A provider's code loads at its first call and stays until the config changes. */
function keptProviders(
  parts: ModelsParts,
  { find, ordered, configOf }: Choosing,
): { open(id: string): Promise<Provider>; reset(): void } {
  const active = new Map<string, Promise<Provider>>();
  return {
    open(id) {
      const known = active.get(id);
      if (known) return known;
      const entry = find(id);
      if (!entry)
        return Promise.reject(
          new Fault("config", "model.provider", `There is no provider ${id}.`, {
            hint: `Choose one of ${ordered.map((item) => item.id).join(", ")}.`,
          }),
        );
      const opened = parts.activate<Provider>(entry, configOf(entry));
      active.set(id, opened);
      opened.catch(() => active.delete(id));
      return opened;
    },
    reset: () => active.clear(),
  };
}

function openChoosing(parts: ModelsParts): Choosing {
  const entries = parts.catalog.filter((entry): entry is ProviderEntry => entry.kind === "provider");
  const detected = new Map<string, string>();
  const { environment } = parts;
  const configOf = (entry: ProviderEntry): Record<string, unknown> =>
    providerConfig(entry, parts.config().providers[entry.id], environment);
  return {
    ...{ detected, environment, configOf },
    ordered: [...entries].sort((a, b) => (a.preference ?? 1e9) - (b.preference ?? 1e9)),
    find: (id) => entries.find((entry) => entry.id === id),
    isReady(entry) {
      if (entry.detect && !parts.config().providers[entry.id]) return detected.has(entry.id);
      return missingFields(entry, configOf(entry)).length === 0;
    },
  };
}

interface Choosing {
  readonly find: (id: string) => ProviderEntry | undefined;
  readonly isReady: (entry: ProviderEntry) => boolean;
  readonly configOf: (entry: ProviderEntry) => Record<string, unknown>;
  /** By preference. */
  readonly ordered: readonly ProviderEntry[];
  readonly environment: Environment;
  /** Servers found on this machine: provider -> its first model. */
  readonly detected: Map<string, string>;
}

/** `provider/model`, or a model's id alone when a provider that is set up lists it. */
function chooseNamed(name: string, choosing: Choosing): ModelChoice {
  const slash = name.indexOf("/");
  const entry =
    slash > 0
      ? choosing.find(name.slice(0, slash))
      : choosing.ordered.find((item) => choosing.isReady(item) && item.models.some((model) => model.id === name));
  if (!entry) {
    throw new Fault("invalid", "model.unknown", `I know no model ${name}.`, {
      hint: "Write it as provider/model, for example anthropic/claude-sonnet-5; `homarus models` lists them.",
    });
  }
  const missing = choosing.isReady(entry) ? [] : missingFields(entry, choosing.configOf(entry));
  if (missing.length > 0) {
    const variables = missing.flatMap((field) => entry.environment[field] ?? []);
    throw new Fault("config", "model.not-set-up", `${entry.title} is not set up: it needs ${missing.join(", ")}.`, {
      hint: variables.length
        ? `Set ${variables[0]}, or write providers.${entry.id}.${missing[0]} in the config.`
        : `Write providers.${entry.id}.${missing[0]} in the config.`,
    });
  }
  const model = slash > 0 && choosing.find(name.slice(0, slash)) ? name.slice(slash + 1) : name;
  return { provider: entry.id, model: model || entry.defaultModel };
}

function embedder(choosing: Choosing, open: (id: string) => Promise<Provider>): Models["embed"] {
  return async (name, request, signal) => {
    const { provider, model } = embeddingChoice(name, choosing);
    const opened = await open(provider);
    if (!opened.embed) throw noEmbeddings();
    return { ...(await opened.embed({ ...request, model }, signal)), model: `${provider}/${model}` };
  };
}

/** A model that makes vectors is in no list of those that converse: its name is the vendor's to judge. */
function embeddingChoice(name: string | undefined, choosing: Choosing): ModelChoice {
  const able = choosing.ordered.filter((entry) => entry.capabilities.includes("embeddings"));
  const named = able.find((entry) => name?.startsWith(`${entry.id}/`));
  const entry = named ?? able.find(choosing.isReady);
  if (!entry) throw noEmbeddings();
  if (named) return chooseNamed(name ?? "", choosing);
  const model = name ?? entry.embeddingModel;
  if (model === undefined) throw noEmbeddings();
  return { provider: entry.id, model };
}

function noEmbeddings(): Fault {
  return new Fault("config", "model.no-embeddings", "No provider that makes embeddings is set up.", {
    hint: "OpenAI, servers that speak its API, and Ollama make them: set OPENAI_API_KEY, or start Ollama.",
  });
}

/** The file's settings, and where it has none the environment's. LLM_* belong to LLM_PROVIDER, or to `openai`. */
function providerConfig(
  entry: ProviderEntry,
  written: Readonly<Record<string, unknown>> | undefined,
  environment: Environment,
): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...written };
  const general = (environment.LLM_PROVIDER ?? "openai") === entry.id;
  const usual: Record<string, string | undefined> = general
    ? { apiKey: environment.LLM_API_KEY, baseUrl: environment.LLM_BASE_URL }
    : {};
  for (const field of Object.keys((entry.configSchema.properties ?? {}) as object)) {
    const names = entry.environment[field] ?? [];
    const value = usual[field] || names.map((name) => environment[name]).find(Boolean);
    if (written?.[field] === undefined && value) filled[field] = value;
  }
  return filled;
}

function missingFields(entry: ProviderEntry, config: Record<string, unknown>): readonly string[] {
  const required = (entry.configSchema.required ?? []) as readonly string[];
  return required.filter((field) => config[field] === undefined || config[field] === "");
}

function namedModel(entry: ProviderEntry, environment: Environment): string | undefined {
  return (environment.LLM_PROVIDER ?? "openai") === entry.id ? environment.LLM_MODEL || undefined : undefined;
}

async function liveModels(opened: Promise<Provider>, signal: AbortSignal, log: Log) {
  try {
    return (await (await opened).models?.(AbortSignal.any([signal, AbortSignal.timeout(listMs)]))) ?? [];
  } catch (thrown) {
    // A list is a convenience: the catalog's own stands in when the vendor does not answer.
    log.info("models.list-failed", { fault: toFault(thrown).toJSON() });
    return [];
  }
}

async function detectServer(
  entry: ProviderEntry,
  detected: Map<string, string>,
  by: { provider: (id: string) => Promise<Provider>; parts: ModelsParts },
): Promise<void> {
  try {
    const answer = await by.parts.fetch(entry.detect as string, { signal: AbortSignal.timeout(detectMs) });
    if (!answer.ok) return;
  } catch {
    // Nobody answers there: the usual case on most machines.
    return;
  }
  detected.set(entry.id, "");
  const models = await liveModels(by.provider(entry.id), AbortSignal.timeout(listMs), by.parts.log);
  const first = models[0]?.id;
  if (first) detected.set(entry.id, first);
  else detected.delete(entry.id);
}
