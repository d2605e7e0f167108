// The models of the house, as the line and the gateway see them: who answers a name, by which key, and how each fares.
import {
  type CatalogEntry,
  type Clock,
  type Json,
  type Log,
  type ModelInfo,
  type ProviderEvent,
  type Store,
  type ThinkingLevel,
  toFault,
} from "@homarus/sdk";
import type { StepTarget } from "../../core/agent/step.ts";
import type { LineModels } from "../../core/line/parts.ts";
import { createAsking } from "../../core/models/asking.ts";
import { chainOf, type ModelChoice } from "../../core/models/chain.ts";
import { createHealth, type ProviderHealth } from "../../core/models/health.ts";
import { createRests, type Rest, type Rests } from "../../core/models/rests.ts";
import type { OfferedModel } from "../../gateway/house.ts";
import type { HouseConfig } from "../../host/config/schema.ts";
import { type Choosing, chainRules, type Environment, openChoosing } from "./choosing.ts";
import { createEmbed, type Embed } from "./embedding.ts";
import { createKeys, type Keys } from "./keys.ts";
import { createOpened, detectServer, liveModels, type Opened } from "./opened.ts";
import { endedBySilence } from "./silence.ts";

export interface ModelsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly environment: Environment;
  readonly config: () => HouseConfig;
  readonly log: Log;
  readonly clock: Clock;
  readonly store: Pick<Store, "values" | "commit">;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly fetch: typeof fetch;
}

export interface Models extends LineModels {
  /** What a name means first. Throws a `config` or `invalid` Fault. */
  choose(name: string | undefined): ModelChoice;
  /** What is known of a model: window, abilities, price. */
  facts(choice: ModelChoice): ModelInfo | undefined;
  offered(signal: AbortSignal): Promise<readonly OfferedModel[]>;
  /**
   * Texts as vectors by `provider/model`, by a model alone at the first provider that makes vectors, or by its usual one.
   * Rejects `config` when none is set up that can.
   */
  readonly embed: Embed;
  /** Looks for model servers on this machine; quick, and silent when there is none. */
  detect(): Promise<void>;
  /** How each provider that is set up fares, and which of its keys and models rest. */
  health(): Promise<readonly (ProviderHealth & { readonly rests: Readonly<Record<string, Rest>> })[]>;
  /** Forgets what a provider is blamed for: its owner looked after it. */
  forgive(provider: string): Promise<void>;
  /** Lets go of activated providers, so that the next call uses the changed config. */
  reset(): void;
}

export function createModels(parts: ModelsParts): Models {
  const choosing = openChoosing(parts);
  const { isReady, detected } = choosing;
  const keys = createKeys(choosing, parts.config);
  const opened = createOpened(choosing, keys, parts.activate);
  const health = createHealth();
  const rests = keptRests(parts);
  return {
    choose: (name) => chainOf(name, false, chainRules(parts.config(), choosing)).models[0] as ModelChoice,
    facts: choosing.factsOf,
    asking: opensAsking(parts, { choosing, keys, rests }),
    watch: health,
    stream: (target, request, signal) =>
      endedBySilence((stopped) => streamOf(target, opened, request, stopped), signal, silentMs(parts.config())),
    async offered(signal) {
      const lists = choosing.ordered().map(async (entry): Promise<OfferedModel[]> => {
        const available = isReady(entry);
        const asks = available && entry.capabilities.includes("models");
        const live = asks ? await liveModels(opened.open(entry.id), signal, parts.log) : [];
        const known = live.length > 0 ? live : entry.models;
        return known.map((model) => ({
          ...{ ...model, ...choosing.factsOf({ provider: entry.id, model: model.id }) },
          ...{ provider: entry.id, available },
        }));
      });
      return (await Promise.all(lists)).flat();
    },
    embed: createEmbed(choosing, opened.open),
    async detect() {
      const unseen = choosing.ordered().filter((entry) => entry.detect && !detected.has(entry.id));
      const by = { opened, fetch: parts.fetch, log: parts.log };
      await Promise.all(unseen.map((entry) => detectServer(entry, detected, by)));
    },
    async health() {
      const all = (await rests()).all();
      return choosing
        .ordered()
        .filter(isReady)
        .map(({ id }) => ({ ...health.of(id), rests: ownRests(id, all) }));
    },
    forgive: async (provider) => (await rests()).forget(provider),
    reset: opened.reset,
  };
}

function ownRests(provider: string, all: Readonly<Record<string, Rest>>): Readonly<Record<string, Rest>> {
  return Object.fromEntries(Object.entries(all).filter(([place]) => place.split(/[#/]/, 1)[0] === provider));
}

interface AskingRooms {
  readonly choosing: Choosing;
  readonly keys: Keys;
  readonly rests: () => Promise<Rests>;
}

function opensAsking(parts: ModelsParts, { choosing, keys, rests }: AskingRooms): LineModels["asking"] {
  const ceilings = new Map<string, ThinkingLevel>();
  return async ({ name, byHand, thinking, session }) => {
    const config = parts.config();
    const chain = chainOf(name, byHand, chainRules(config, choosing));
    const asking = createAsking({
      ...{ chain, thinking, ceilings, rests: await rests(), patienceMs: config.models.patienceSeconds * 1000 },
      keys: (provider) => keys.of(provider, session),
    });
    return {
      ...asking,
      answered(target) {
        keys.pin(target.provider, session, target.key);
        asking.answered(target);
      },
    };
  };
}

/** Read at the first call to a model; written whenever somebody begins or ends a rest. */
function keptRests({ store, log }: ModelsParts): () => Promise<Rests> {
  let opened: Promise<Rests> | undefined;
  const save = (all: Readonly<Record<string, Rest>>): void => {
    // What a power cut takes of it is learnt again by one refused call.
    const write = { type: "value-put", space: "models", key: "rests", value: all as unknown as Json } as const;
    store.commit([write], { flush: false }).catch((thrown: unknown) => {
      log.warn("models.rests-unsaved", { fault: toFault(thrown).toJSON() });
    });
  };
  return () => {
    opened ??= store
      .values("models")
      .get("rests")
      .then((known) => createRests((known ?? {}) as unknown as Readonly<Record<string, Rest>>, save));
    return opened;
  };
}

async function* streamOf(
  target: StepTarget,
  opened: Opened,
  request: Parameters<LineModels["stream"]>[1],
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent> {
  let provider: Awaited<ReturnType<Opened["open"]>>;
  try {
    provider = await opened.open(target.provider, target.key);
  } catch (thrown) {
    yield { type: "fault", fault: toFault(thrown).toJSON() };
    return;
  }
  yield* provider.stream(request, signal);
}

function silentMs(config: HouseConfig): number {
  return config.models.silentSeconds * 1000;
}
