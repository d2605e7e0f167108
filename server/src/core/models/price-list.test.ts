import { describe, expect, test } from "bun:test";
import { readPriceList } from "./price-list.ts";

const about = { asOf: "2026-11-27", source: "https://list.example" };
const read = (value: unknown) => readPriceList(JSON.stringify(value), about).models;

describe("a list of models is read", () => {
  test("as models.dev keeps it: by provider, in dollars for a million tokens", () => {
    const models = {
      "big-1": {
        ...{ name: "Big 1", reasoning: true, tool_call: true, limit: { context: 200_000, output: 64_000 } },
        ...{
          cost: { input: 3, output: 15, cache_read: 0.3 },
          modalities: { input: ["text", "image", "pdf", "video"] },
        },
      },
      "free-1": { name: "Free", cost: { input: 0, output: 0 } },
    };
    const found = read({ "amazon-bedrock": { id: "amazon-bedrock", models }, empty: { models: {} } });
    expect(found["bedrock/big-1"]).toEqual({
      ...{ name: "Big 1", thinking: true, tools: true, contextTokens: 200_000, outputTokens: 64_000 },
      ...{ input: ["text", "image", "file"], price: { input: 3, output: 15, cacheRead: 0.3, ...about } },
    });
    expect(found["bedrock/free-1"]?.price).toMatchObject({ input: 0, output: 0 });
  });

  test("as LiteLLM keeps it: by model, in dollars a token; what is no model for talking is left out", () => {
    const found = read({
      "gemini/flash": {
        ...{ litellm_provider: "gemini", mode: "chat", max_input_tokens: 1_000_000, max_output_tokens: 8_192 },
        ...{ input_cost_per_token: 1.5e-7, output_cost_per_token: 6e-7, supports_vision: true },
        ...{ supports_function_calling: true },
      },
      "embed-1": { litellm_provider: "openai", mode: "embedding", input_cost_per_token: 1e-8 },
    });
    expect(Object.keys(found)).toEqual(["google/flash"]);
    expect(found["google/flash"]).toMatchObject({
      ...{ contextTokens: 1_000_000, input: ["text", "image"], price: { input: 0.15, output: 0.6 } },
    });
  });

  test("as its owner wrote it; a price that is not whole is no price", () => {
    const found = read({
      "mine/a": { contextTokens: 8_192, price: { input: 1, output: 2, cacheWrite: 3 } },
      "mine/b": { contextTokens: "many", price: { input: 1 }, tools: false },
      "mine/c": { price: { input: -1, output: 2 } },
    });
    expect(found["mine/a"]).toEqual({ contextTokens: 8_192, price: { input: 1, output: 2, cacheWrite: 3, ...about } });
    expect(found["mine/b"]).toEqual({ tools: false });
    expect(found["mine/c"]).toBeUndefined();
  });

  test.each(["", "nonsense", "[]", "{}", '{"a": 1}', '{"error": {"message": "no"}}', "<html>"])("never %p", (text) => {
    expect(() => readPriceList(text, about)).toThrow(expect.objectContaining({ kind: "invalid" }));
  });
});
