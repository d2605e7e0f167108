import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { type ChainRules, chainOf, type ReadyProvider, tierNamed } from "./chain.ts";

const anthropic: ReadyProvider = {
  id: "anthropic",
  free: false,
  tiers: { fast: "haiku-5", balanced: "sonnet-5", strong: "opus-5" },
};
const openai: ReadyProvider = { id: "openai", free: false, tiers: { fast: "mini", balanced: "gpt" } };
const ollama: ReadyProvider = { id: "ollama", free: true, tiers: { balanced: "llama" } };

function rules(ready: readonly ReadyProvider[], changes: Partial<ChainRules> = {}): ChainRules {
  return {
    ...{ tiers: {}, aliases: {}, standIns: true, ready: () => ready },
    choose(name) {
      const [provider = "", model = ""] = name.split("/");
      if (!ready.some(({ id }) => id === provider)) throw new Fault("config", "model.not-set-up", name);
      return { provider, model };
    },
    usual: () => ({ provider: ready[0]?.id ?? "", model: ready[0]?.tiers.balanced ?? "" }),
    tierOf: ({ provider, model }) => {
      const tiers = ready.find(({ id }) => id === provider)?.tiers ?? {};
      return (["fast", "balanced", "strong"] as const).find((tier) => tiers[tier] === model);
    },
    ...changes,
  };
}

const names = (name: string | undefined, byHand: boolean, by: ChainRules) =>
  chainOf(name, byHand, by).models.map(({ provider, model }) => `${provider}/${model}`);

describe("a name as a chain", () => {
  test("[A46] without a name the usual model answers, and others of its strength stand in", () => {
    expect(names(undefined, false, rules([anthropic, openai]))).toEqual(["anthropic/sonnet-5", "openai/gpt"]);
  });

  test.each([
    ["fast", "fast"],
    ["haiku", "fast"],
    ["flash", "fast"],
    ["Sonnet", "balanced"],
    ["opus", "strong"],
    ["gpt-5", undefined],
  ] as const)("[A21] the word %s means a tier, or none", (word, tier) => {
    expect(tierNamed(word)).toBe(tier);
  });

  test("[A21] a tier is each provider's own model for it, or its balanced one where it has none", () => {
    expect(names("haiku", true, rules([anthropic, openai]))).toEqual(["anthropic/haiku-5", "openai/mini"]);
    expect(names("opus", true, rules([openai, anthropic]))).toEqual(["openai/gpt", "anthropic/opus-5"]);
  });

  test("[A22] what the owner wrote for a tier goes before; what is not set up of it is passed over", () => {
    const by = rules([anthropic, openai], { tiers: { strong: ["openai/gpt", "xai/grok", "anthropic/opus-5"] } });
    expect(names("opus", false, by)).toEqual(["openai/gpt", "anthropic/opus-5"]);
    expect(() => names("opus", false, rules([], { tiers: { strong: ["xai/grok"] } }))).toThrow("xai/grok");
  });

  test("a model chosen by hand stands alone; one from the config has stand-ins of its strength", () => {
    const by = rules([anthropic, openai]);
    expect(chainOf("openai/gpt", true, by)).toEqual({ models: [{ provider: "openai", model: "gpt" }], byHand: true });
    expect(names("openai/mini", false, by)).toEqual(["openai/mini", "anthropic/haiku-5"]);
  });

  test("an alias is a model or a tier", () => {
    const by = rules([anthropic, openai], { aliases: { quick: "fast", mine: "openai/gpt" } });
    expect(names("quick", true, by)).toEqual(["anthropic/haiku-5", "openai/mini"]);
    expect(names("mine", true, by)).toEqual(["openai/gpt"]);
  });

  test("what runs at home is replaced only by what runs at home", () => {
    expect(names(undefined, false, rules([ollama, anthropic]))).toEqual(["ollama/llama"]);
    expect(names(undefined, false, rules([anthropic, ollama]))).toEqual(["anthropic/sonnet-5", "ollama/llama"]);
  });

  test("stand-ins can be turned off", () => {
    expect(names(undefined, false, rules([anthropic, openai], { standIns: false }))).toEqual(["anthropic/sonnet-5"]);
  });
});
