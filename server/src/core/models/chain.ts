// A name as a chain of models: the one that is asked first, and those that stand in for it while it cannot answer.
import { Fault, type ModelTier, modelTiers } from "@homarus/sdk";

export interface ModelChoice {
  readonly provider: string;
  readonly model: string;
}

export interface Chain {
  /** In the order in which they are asked; never empty. */
  readonly models: readonly ModelChoice[];
  /** Somebody chose this model by hand: no other may answer in its place. */
  readonly byHand: boolean;
}

/** A provider as far as a chain must know it. */
export interface ReadyProvider {
  readonly id: string;
  readonly tiers: Partial<Readonly<Record<ModelTier, string>>>;
  /** Its models run on the owner's own machines. */
  readonly free: boolean;
}

export interface ChainRules {
  /** What the owner wrote, by tier; a tier that is missing or empty is made of the providers that are set up. */
  readonly tiers: { readonly [tier in ModelTier]?: readonly string[] | undefined };
  readonly aliases: Readonly<Record<string, string>>;
  /** Whether other models may stand in where the owner wrote no chain. */
  readonly standIns: boolean;
  /** Those that can be called, the preferred first. */
  readonly ready: () => readonly ReadyProvider[];
  /** Which model a full name means. Throws a `config` or `invalid` Fault. */
  readonly choose: (name: string) => ModelChoice;
  /** What answers where nobody named anything. Throws a `config` Fault when nothing is set up. */
  readonly usual: () => ModelChoice;
  /** The tier a model stands for at its provider. */
  readonly tierOf: (choice: ModelChoice) => ModelTier | undefined;
}

/** Older words for the tiers, as people know them from vendors. */
const tierWords: Readonly<Record<string, ModelTier>> = {
  haiku: "fast",
  flash: "fast",
  mini: "fast",
  sonnet: "balanced",
  opus: "strong",
  pro: "strong",
};

/** The tier a word means, or undefined when it is no such word. */
export function tierNamed(name: string): ModelTier | undefined {
  const word = name.trim().toLowerCase();
  return modelTiers.find((tier) => tier === word) ?? tierWords[word];
}

/** `byHand` counts only for the name of one model: a tier is a wish that several can meet. */
export function chainOf(name: string | undefined, byHand: boolean, rules: ChainRules): Chain {
  const wanted = name === undefined ? undefined : (rules.aliases[name] ?? name);
  const tier = wanted === undefined ? undefined : tierNamed(wanted);
  if (tier) return { models: ofTier(tier, rules), byHand: false };
  const first = wanted === undefined ? rules.usual() : rules.choose(wanted);
  if (byHand && wanted !== undefined) return { models: [first], byHand: true };
  return { models: unique([first, ...standIns(first, rules)]), byHand: false };
}

function ofTier(tier: ModelTier, rules: ChainRules): readonly ModelChoice[] {
  const written = rules.tiers[tier] ?? [];
  const models = written.length > 0 ? usable(written, rules) : usualFor(tier, rules);
  if (models.length > 0) return models;
  throw new Fault("config", "model.tier", `No model is set up for the tier ${tier}.`, {
    hint: `Write models.tiers.${tier} in the config, for example ["anthropic/claude-sonnet-5"].`,
  });
}

/** A tier's chain names models of several vendors; one whose key is missing must not spoil the others. */
function usable(names: readonly string[], rules: ChainRules): readonly ModelChoice[] {
  const faults: unknown[] = [];
  const found = names.flatMap((name) => {
    try {
      return [rules.choose(rules.aliases[name] ?? name)];
    } catch (thrown) {
      // Told below when no other is left.
      faults.push(thrown);
      return [];
    }
  });
  if (found.length === 0) throw faults[0];
  return unique(found);
}

/** What the house answers with by itself comes first, in the strength that was asked for. */
function usualFor(tier: ModelTier, rules: ChainRules): readonly ModelChoice[] {
  const usual = rules.usual();
  const ready = rules.ready();
  const own = ready.find((provider) => provider.id === usual.provider)?.tiers[tier];
  const first = own === undefined ? usual : { provider: usual.provider, model: own };
  return unique([first, ...(rules.standIns ? byTier(tier, first, ready) : [])]);
}

function standIns(first: ModelChoice, rules: ChainRules): readonly ModelChoice[] {
  const tier = rules.tierOf(first) ?? "balanced";
  const written = rules.tiers[tier] ?? [];
  if (written.length > 0) return usable(written, rules);
  return rules.standIns ? byTier(tier, first, rules.ready()) : [];
}

/** What runs at home stays at home: for a local model only another local one stands in. */
function byTier(tier: ModelTier, first: ModelChoice, ready: readonly ReadyProvider[]): readonly ModelChoice[] {
  const isFree = ready.find((provider) => provider.id === first.provider)?.free ?? false;
  return ready.flatMap(({ id, tiers, free }) => {
    const model = tiers[tier] ?? tiers.balanced;
    return model === undefined || (isFree && !free) ? [] : [{ provider: id, model }];
  });
}

function unique(models: readonly ModelChoice[]): readonly ModelChoice[] {
  const seen = new Set<string>();
  return models.filter(({ provider, model }) => {
    const name = `${provider}/${model}`;
    return !seen.has(name) && seen.add(name);
  });
}
