import { describe, expect, test } from "bun:test";
import type { CatalogEntry, JsonSchema } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import catalog from "../../../generated/catalog.json" with { type: "json" };
import { createRedactor } from "../../core/redact/redactor.ts";
import { checkConfig, withDefaults } from "../../host/config/check.ts";
import type { HouseConfig } from "../../host/config/schema.ts";
import { createModels } from "./models.ts";

const entries = catalog.entries as unknown as readonly CatalogEntry[];
const schema = catalog.configSchema as unknown as JsonSchema;

function open(providers: object, environment: Record<string, string>) {
  expect(checkConfig({ providers } as never, schema)).toEqual([]);
  const config = withDefaults({ providers } as never, schema) as unknown as HouseConfig;
  const activated: { id: string; config: unknown }[] = [];
  const models = createModels({
    redactor: createRedactor(() => []),
    signal: new AbortController().signal,
    ...{
      catalog: entries,
      environment,
      config: () => config,
      log: silentLog,
      clock: createFakeClock(),
      store: createMemoryStore(),
    },
    fetch: (() => Promise.reject(new Error("nobody listens"))) as unknown as typeof fetch,
    activate: <Port>(entry: CatalogEntry, settings: unknown) => {
      activated.push({ id: entry.id, config: settings });
      return Promise.resolve({
        async *stream() {
          yield { type: "text-delta", text: "" };
        },
        embed: () => Promise.resolve({ vectors: [[1]], tokens: 1 }),
      } as Port);
    },
  });
  return { models, activated };
}

async function settingsOf(house: ReturnType<typeof open>, provider: string): Promise<unknown> {
  const request = {
    model: "m",
    system: { stable: "", volatile: "" },
    turns: [],
    tools: [],
    thinking: "off",
    cacheKey: "",
  } as const;
  for await (const event of house.models.stream(
    { provider, model: "m", key: "" },
    request,
    new AbortController().signal,
  ))
    expect(event).toBeDefined();
  return house.activated.find((item) => item.id === provider)?.config;
}

describe("[A14] which model answers", () => {
  test("[A14] without a key it is the offline demonstration", () => {
    expect(open({}, {}).models.choose(undefined).provider).toBe("offline");
  });

  test.each([
    [{ ANTHROPIC_API_KEY: "a" }, "anthropic"],
    [{ OPENAI_API_KEY: "o" }, "openai"],
    [{ GEMINI_API_KEY: "g" }, "google"],
    [{ GOOGLE_API_KEY: "g" }, "google"],
    [{ OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" }, "anthropic"],
    [{ OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a", LLM_PROVIDER: "openai" }, "openai"],
  ])("with %p it is %s", (environment, provider) => {
    expect(open({}, environment as unknown as Record<string, string>).models.choose(undefined).provider).toBe(provider);
  });

  test("LLM_MODEL, LLM_API_KEY and LLM_BASE_URL set up a compatible server", async () => {
    const house = open({}, { LLM_MODEL: "local-7b", LLM_API_KEY: "k", LLM_BASE_URL: "http://127.0.0.1:1234/v1" });
    expect(house.models.choose(undefined)).toEqual({ provider: "openai", model: "local-7b" });
    expect(await settingsOf(house, "openai")).toMatchObject({ apiKey: "k", baseUrl: "http://127.0.0.1:1234/v1" });
  });

  test("what the file says wins, and what it leaves out the environment brings", async () => {
    const house = open(
      { openai: { api: "chat" } },
      { OPENAI_API_KEY: "from-environment", LLM_BASE_URL: "http://127.0.0.1:9/v1" },
    );
    expect(await settingsOf(house, "openai")).toMatchObject({
      api: "chat",
      apiKey: "from-environment",
      baseUrl: "http://127.0.0.1:9/v1",
    });
    const written = open({ openai: { apiKey: "from-file" } }, { OPENAI_API_KEY: "from-environment" });
    expect(await settingsOf(written, "openai")).toMatchObject({ apiKey: "from-file" });
  });

  test("a provider that is not set up is named with the variable to set; an unknown model with how to write it", () => {
    const { models } = open({}, {});
    expect(() => models.choose("anthropic/claude-x")).toThrow("not set up");
    expect(() => models.choose("nobody/knows")).toThrow("I know no model");
  });

  test("[A13] [G20] models are listed with whether their provider is set up", async () => {
    const offered = await open({}, { ANTHROPIC_API_KEY: "a" }).models.offered(true, new AbortController().signal);
    expect(offered.find((model) => model.provider === "anthropic")?.available).toBe(true);
    expect(offered.find((model) => model.provider === "google")?.available).toBe(false);
  });
});

test("[A11] an endpoint of the owner's own is chosen, told and called like any other", async () => {
  const mine = {
    adapter: "openai",
    title: "Mine",
    baseUrl: "http://127.0.0.1:1/v1",
    free: true,
    models: [{ id: "big" }],
  };
  const house = open({ custom: { mine } }, {});
  expect(house.models.choose("mine/big")).toEqual({ provider: "mine", model: "big" });
  expect(house.models.choose(undefined).provider).toBe("mine");
  expect([house.models.isFree("mine"), house.models.facts({ provider: "mine", model: "big" })?.name]).toEqual([
    true,
    "big",
  ]);
  expect(await settingsOf(house, "mine")).toMatchObject({ baseUrl: "http://127.0.0.1:1/v1" });
});

describe("which model makes embeddings", () => {
  const ask = (environment: Record<string, string>, name?: string) =>
    open({}, environment)
      .models.embed(name, { texts: ["x"] }, new AbortController().signal)
      .then(
        (answer) => answer.model,
        (fault) => fault.code,
      );

  test.each([
    [{ OPENAI_API_KEY: "o" }, undefined, "openai/text-embedding-3-small"],
    [{ OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" }, undefined, "openai/text-embedding-3-small"],
    [{ OPENAI_API_KEY: "o" }, "text-embedding-3-large", "openai/text-embedding-3-large"],
    [{ OPENAI_API_KEY: "o" }, "openai/text-embedding-3-large", "openai/text-embedding-3-large"],
    [{}, "openai/text-embedding-3-large", "model.not-set-up"],
    [{ ANTHROPIC_API_KEY: "a" }, undefined, "model.no-embeddings"],
  ] as const)("with %p and the name %p it is %s", async (environment, name, found) => {
    expect(await ask(environment as Record<string, string>, name)).toBe(found);
  });
});
