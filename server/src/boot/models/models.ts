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
import { createHealth } from "../../core/models/health.ts";
import { createRests, type Rest, type Rests } from "../../core/models/rests.ts";
import type { Redactor } from "../../core/redact/redactor.ts";
import type { ModelTrial, ProviderFacts, ProviderLogins, TrialWish } from "../../gateway/providers.ts";
import type { HouseConfig } from "../../host/config/schema.ts";
import { type Choosing, chainRules, type Environment, openChoosing } from "./choosing.ts";
import { createEmbed, type Embed } from "./embedding.ts";
import { createKeys, type Keys, loginName } from "./keys.ts";
import { createLogins, recallLogins } from "./logins.ts";
import { createOffered, type Offered } from "./offered.ts";
import { createOpened, detectServer, type Opened } from "./opened.ts";
import { checkAiling, providerFacts } from "./providers.ts";
import { redactedEvents } from "./redacted-events.ts";
import { createRefreshed, type Refreshed } from "./refreshed.ts";
import { endedBySilence } from "./silence.ts";
import { tryProvider } from "./trial.ts";

export interface ModelsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly environment: Environment;
  readonly config: () => HouseConfig;
  readonly log: Log;
  readonly clock: Clock;
  readonly store: Pick<Store, "values" | "commit">;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly fetch: typeof fetch;
  readonly redactor: Redactor;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
}

export interface Models extends LineModels {
  /** What a name means first. Throws a `config` or `invalid` Fault. */
  choose(name: string | undefined): ModelChoice;
  /** What is known of a model: window, abilities, price. */
  facts(choice: ModelChoice): ModelInfo | undefined;
  /** Nothing is paid for its models: they run on the owner's own machines. */
  isFree(provider: string): boolean;
  readonly offered: Offered["list"];
  /** Tries a provider by each of its keys, or by settings that are not saved. */
  test(wish: TrialWish, signal: AbortSignal): Promise<readonly ModelTrial[]>;
  /** What a name answers with, in order. Throws as `choose` does. */
  chain(name: string | undefined): readonly string[];
  /**
   * Texts as vectors by `provider/model`, by a model alone at the first provider that makes vectors, or by its usual one.
   * Rejects `config` when none is set up that can.
   */
  readonly embed: Embed;
  /** Fetches a newer list of models with their prices, or takes the one that is given. */
  readonly refresh: Refreshed["refresh"];
  /** Sees which providers have a login, and what the newest list says: once, before anybody asks. */
  recall(): Promise<void>;
  readonly logins: ProviderLogins;
  /** Looks for model servers on this machine; quick, and silent when there is none. */
  detect(): Promise<void>;
  /** Every provider: what it needs, how it fares, and which of its keys and models rest. */
  providers(): Promise<readonly ProviderFacts[]>;
  /** Looks after providers whose last call failed, where that costs nothing. */
  check(signal: AbortSignal): Promise<void>;
  /** Lets go of activated providers, so that the next call uses the changed config. */
  reset(): void;
}

export function createModels(parts: ModelsParts): Models {
  const refreshed = createRefreshed(parts);
  const choosing = openChoosing({ ...parts, listed: refreshed.factsOf });
  const { detected } = choosing;
  const keys = createKeys(choosing, parts.config);
  const opened = createOpened(choosing, keys, parts.activate);
  const health = createHealth();
  const rests = keptRests(parts);
  const offered = createOffered({ choosing, opened, log: parts.log, clock: parts.clock });
  const forgive = async (provider: string): Promise<void> => (await rests()).forget(provider);
  const embed = createEmbed(choosing, opened.open);
  const trial = { ...parts, choosing, keys, opened, forgive };
  return {
    choose: (name) => chainOf(name, false, chainRules(parts.config(), choosing)).models[0] as ModelChoice,
    facts: choosing.factsOf,
    isFree: (provider) => choosing.find(provider)?.free === true,
    asking: opensAsking(parts, { choosing, keys, rests }),
    watch: health,
    stream: (target, request, signal) => {
      const told = parts.redactor.json(request);
      const heard = (stopped: AbortSignal) => streamOf(target, opened, told, stopped);
      return redactedEvents(endedBySilence(heard, signal, silentMs(parts.config())), parts.redactor);
    },
    offered: offered.list,
    test: (wish, signal) => tryProvider(wish, trial, signal),
    refresh: refreshed.refresh,
    async recall() {
      await refreshed.load();
      await recallLogins(choosing, (space, key) => readable(parts.store.values(space).get(key), parts.log));
    },
    logins: createLogins({
      ...{ ...parts, choosing, keys, forgive },
      tryLogin: async (provider, signal) => (await tryProvider({ provider, key: loginName }, trial, signal))[0],
      reopen(provider) {
        opened.reset(provider);
        offered.reset(provider);
      },
    }),
    chain: (name) =>
      chainOf(name, false, chainRules(parts.config(), choosing)).models.map((one) => `${one.provider}/${one.model}`),
    embed: (model, request, signal) => embed(model, parts.redactor.json(request), signal),
    async detect() {
      const unseen = choosing.ordered().filter((entry) => entry.detect && !detected.has(entry.id));
      const by = { opened, fetch: parts.fetch, log: parts.log };
      await Promise.all(unseen.map((entry) => detectServer(entry, detected, by)));
    },
    providers: async () => {
      const facts = { choosing, keys, health, rests: (await rests()).all(), now: parts.clock.now() };
      return choosing.ordered().map((entry) => providerFacts(entry, facts));
    },
    check: (signal) => checkAiling({ health, opened, clock: parts.clock, forgive }, signal),
    reset() {
      opened.reset();
      offered.reset();
    },
  };
}

interface AskingRooms {
  readonly choosing: Choosing;
  readonly keys: Keys;
  readonly rests: () => Promise<Rests>;
}

function opensAsking(parts: ModelsParts, { choosing, keys, rests }: AskingRooms): LineModels["asking"] {
  const ceilings = new Map<string, ThinkingLevel>();
  const toolless = new Set<string>();
  const lacksTools = (choice: ModelChoice): boolean => choosing.factsOf(choice)?.tools === false;
  return async ({ name, byHand, thinking, session }) => {
    const config = parts.config();
    const chain = chainOf(name, byHand, chainRules(config, choosing));
    const asking = createAsking({
      ...{
        chain,
        thinking,
        ceilings,
        toolless,
        lacksTools,
        rests: await rests(),
        patienceMs: config.models.patienceSeconds * 1000,
      },
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

/** A vault that does not open keeps no house from starting: who asks the provider is told. */
function readable(login: Promise<Json | undefined>, log: Log): Promise<Json | undefined> {
  return login.catch((thrown: unknown) => {
    log.error("models.login-unread", { fault: toFault(thrown).toJSON() });
    return undefined;
  });
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
