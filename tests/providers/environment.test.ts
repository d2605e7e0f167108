// From the environment to the vendor: which provider and model are chosen, and with which key and address they are asked.

import { describe, expect, test } from "bun:test";
import { type CatalogEntry, Fault, type Json, type ProviderEvent } from "@homarus/sdk";
import {
  createFakeClock,
  createMemoryStore,
  createScriptedProvider,
  plainRequest,
  silentLog,
  userTurn,
} from "@homarus/sdk/testing";
import { createModels } from "../../server/src/boot/models/models.ts";
import { createRedactor } from "../../server/src/core/redact/redactor.ts";
import { withDefaults } from "../../server/src/host/config/check.ts";
import { configWith, entries } from "./entries.ts";

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly providers?: Readonly<Record<string, Record<string, unknown>>>;
  readonly fetch?: typeof fetch;
}

const nobody = (async () => {
  throw new TypeError("nobody listens");
}) as unknown as typeof fetch;

function open({ environment = {}, providers = {}, fetch = nobody }: Given) {
  const asked: { id: string; config: unknown }[] = [];
  const models = createModels({
    redactor: createRedactor(() => []),
    signal: new AbortController().signal,
    ...{ catalog: entries, environment, log: silentLog, clock: createFakeClock(), store: createMemoryStore(), fetch },
    config: () => configWith(providers),
    activate: async <Port>(entry: CatalogEntry, config: unknown) => {
      asked.push({ id: entry.id, config: withDefaults(config as Json, entry.configSchema) });
      const listed = [{ id: "llama-here", name: "llama-here", thinking: false, input: ["text"] as const }];
      return { ...createScriptedProvider([{ text: "hello" }]), models: async () => listed } as Port;
    },
  });
  return { models, asked };
}

async function configFor(given: Given): Promise<{ choice: unknown; asked: unknown }> {
  const { models, asked } = open(given);
  const choice = models.choose(undefined);
  const events: ProviderEvent[] = await Array.fromAsync(
    models.stream({ ...choice, key: "" }, plainRequest(choice.model, [userTurn("hi")]), new AbortController().signal),
  );
  expect(events.at(-1)?.type).toBe("step-end");
  return { choice, asked };
}

describe("[A14] the environment", () => {
  test("without a word of it, the offline demonstration answers", async () => {
    expect((await configFor({})).choice).toEqual({ provider: "offline", model: "demonstration" });
  });

  test.each([
    ["ANTHROPIC_API_KEY", "anthropic", "claude-sonnet-5-5"],
    ["OPENAI_API_KEY", "openai", "gpt-6.1-sol"],
    ["GEMINI_API_KEY", "google", "gemini-3.8-flash"],
    ["GOOGLE_API_KEY", "google", "gemini-3.8-flash"],
  ])("%s is enough for %s", async (variable, provider, model) => {
    const { choice, asked } = await configFor({ environment: { [variable]: "key-of-mine" } });
    expect(choice).toEqual({ provider, model });
    expect(asked).toMatchObject([
      { id: provider, config: { apiKey: "key-of-mine", baseUrl: expect.stringMatching(/^https:/) } },
    ]);
  });

  test("of several keys the order is Anthropic, OpenAI, Google", () => {
    const all = { GEMINI_API_KEY: "g", OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" };
    expect(open({ environment: all }).models.choose(undefined).provider).toBe("anthropic");
    const { ANTHROPIC_API_KEY: _, ...others } = all;
    expect(open({ environment: others }).models.choose(undefined).provider).toBe("openai");
  });

  test("GEMINI_API_KEY goes before GOOGLE_API_KEY", async () => {
    const { asked } = await configFor({ environment: { GOOGLE_API_KEY: "second", GEMINI_API_KEY: "first" } });
    expect(asked).toMatchObject([{ config: { apiKey: "first" } }]);
  });

  test("[A06] [A08] LLM_API_KEY, LLM_BASE_URL and LLM_MODEL reach any server of OpenAI's API", async () => {
    const environment = { LLM_API_KEY: "any-word", LLM_BASE_URL: "http://127.0.0.1:1234/v1", LLM_MODEL: "qwen3-8b" };
    const { choice, asked } = await configFor({ environment });
    expect(choice).toEqual({ provider: "openai", model: "qwen3-8b" });
    expect(asked).toMatchObject([{ config: { apiKey: "any-word", baseUrl: "http://127.0.0.1:1234/v1", api: "auto" } }]);
  });

  test("LLM_PROVIDER says whose the LLM_ variables are", async () => {
    const environment = {
      LLM_PROVIDER: "google",
      LLM_API_KEY: "k",
      LLM_MODEL: "gemini-pro-latest",
      ANTHROPIC_API_KEY: "a",
    };
    const { choice, asked } = await configFor({ environment });
    expect(choice).toEqual({ provider: "google", model: "gemini-pro-latest" });
    expect(asked).toMatchObject([{ id: "google", config: { apiKey: "k" } }]);
  });

  test("what the config file says goes before the environment", async () => {
    const environment = { OPENAI_API_KEY: "of-the-environment", OPENAI_BASE_URL: "https://other.example/v1" };
    const { asked } = await configFor({ environment, providers: { openai: { apiKey: "of-the-file", api: "chat" } } });
    expect(asked).toMatchObject([
      { config: { apiKey: "of-the-file", baseUrl: "https://other.example/v1", api: "chat" } },
    ]);
  });

  test("a provider that is named without its key says which variable to set", () => {
    const { models } = open({});
    const choose = () => models.choose("anthropic/claude-sonnet-5-5");
    expect(choose).toThrow(Fault);
    expect(choose).toThrow("Anthropic is not set up");
  });

  test("[A07] an Ollama server on this machine is found, and its first model used", async () => {
    const heard: string[] = [];
    const answering = (async (input: string) => {
      heard.push(input);
      return Response.json({ version: "0.9.0" });
    }) as unknown as typeof fetch;
    const { models, asked } = open({ fetch: answering });
    await models.detect();
    expect(heard).toEqual(["http://127.0.0.1:11434/api/version"]);
    expect(models.choose(undefined)).toEqual({ provider: "ollama", model: "llama-here" });
    expect(asked).toMatchObject([
      { id: "ollama", config: { baseUrl: "http://127.0.0.1:11434", contextTokens: 32_768 } },
    ]);
  });

  test("[A13] the list tells what each provider offers and which of them are set up", async () => {
    const offered = await open({ environment: { ANTHROPIC_API_KEY: "a" } }).models.offered(
      true,
      new AbortController().signal,
    );
    expect(
      offered.filter((model) => model.provider === "anthropic" && model.available).map((model) => model.id),
    ).toEqual(["llama-here"]);
    expect(offered.filter((model) => model.provider === "google").every((model) => !model.available)).toBe(true);
  });
});
