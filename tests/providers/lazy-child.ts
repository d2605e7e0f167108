// Chooses a model and calls it once, as the house does, and tells which modules were loaded before and after the call.

import { type ProviderEvent, vendorOf } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, plainRequest, silentLog, userTurn } from "@homarus/sdk/testing";
import { createModels } from "../../server/src/boot/models/models.ts";
import { createRedactor } from "../../server/src/core/redact/redactor.ts";
import { withDefaults } from "../../server/src/host/config/check.ts";
import { activateExtension, type ExtensionTable } from "../../server/src/host/extensions/load.ts";
import { configWith, entries } from "./entries.ts";

const [id = "", address = ""] = process.argv.slice(2);
const all = { apiKey: "any-word", baseUrl: id === "openai" ? `${address}/v1` : address };
const settings = id === "bedrock" ? { apiKey: "any-word", region: "eu-central-1", endpoint: address } : all;
const table: ExtensionTable = {
  "provider/anthropic": () => import("../../extensions/providers/anthropic/index.ts"),
  "provider/bedrock": () => import("../../extensions/providers/bedrock/index.ts"),
  "provider/google": () => import("../../extensions/providers/google/index.ts"),
  "provider/ollama": () => import("../../extensions/providers/ollama/index.ts"),
  "provider/offline": () => import("../../extensions/providers/offline/index.ts"),
  "provider/openai": () => import("../../extensions/providers/openai/index.ts"),
};

const models = createModels({
  redactor: createRedactor(() => []),
  signal: new AbortController().signal,
  ...{ catalog: entries, environment: { LLM_PROVIDER: id }, log: silentLog, fetch },
  ...{ clock: createFakeClock(), store: createMemoryStore() },
  config: () => configWith({ [id]: settings }),
  activate: (entry, config) =>
    activateExtension(entry, table, {
      ...(entry.kind === "provider" ? { vendor: vendorOf(entry) } : {}),
      ...{ id: entry.id, config: withDefaults(config as never, entry.configSchema), log: silentLog, fetch },
      ...{ signal: new AbortController().signal, clock: createFakeClock(), store: createMemoryStore().values("x") },
    }),
});

const loaded = (): readonly string[] => Object.keys(require.cache);
const choice = models.choose(undefined);
const before = loaded();
let last: ProviderEvent | undefined;
for await (const event of models.stream(
  { ...choice, key: "" },
  plainRequest(choice.model, [userTurn("hi")]),
  new AbortController().signal,
))
  last = event;
console.log(JSON.stringify({ chosen: choice.provider, before, after: loaded(), end: last?.type }));
