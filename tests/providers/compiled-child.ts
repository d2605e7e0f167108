// Asks one provider once and tells how the answer ended.
import type { ExtensionContext, Provider } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, plainRequest, silentLog, userTurn } from "@homarus/sdk/testing";

const [id = "", address = "", api = ""] = process.argv.slice(2);
const context: ExtensionContext<never> = {
  ...{ id, log: silentLog, fetch, clock: createFakeClock(), signal: new AbortController().signal },
  config: {
    apiKey: "any-word",
    baseUrl: id === "openai" ? `${address}/v1` : address,
    api,
    contextTokens: 4096,
  } as never,
  store: createMemoryStore().values("x"),
};

const table: Readonly<Record<string, () => Promise<{ activate: (context: ExtensionContext<never>) => Provider }>>> = {
  anthropic: () => import("../../extensions/providers/anthropic/index.ts"),
  google: () => import("../../extensions/providers/google/index.ts"),
  ollama: () => import("../../extensions/providers/ollama/index.ts"),
  openai: () => import("../../extensions/providers/openai/index.ts"),
};

const provider = (await table[id]?.())?.activate(context);
if (!provider) throw new Error(`no provider ${id}`);
const events = await Array.fromAsync(
  provider.stream(plainRequest("a-model", [userTurn("hi")]), new AbortController().signal),
);
console.log(JSON.stringify(events.slice(-1)));
