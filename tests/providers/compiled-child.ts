// Asks one provider once and tells how the answer ended.
import type { Provider, ProviderContext } from "@homarus/sdk";
import { createProviderContext, plainRequest, userTurn } from "@homarus/sdk/testing";

const [id = "", address = "", api = ""] = process.argv.slice(2);
const config = {
  apiKey: "any-word",
  baseUrl: id === "openai" ? `${address}/v1` : address,
  api,
  contextTokens: 4096,
  ...{ region: "eu-central-1", endpoint: address },
};
const context = createProviderContext({ id, title: id, environment: {}, models: [] }, { config, fetch });

const table: Readonly<Record<string, () => Promise<{ activate: (context: ProviderContext<never>) => Provider }>>> = {
  anthropic: () => import("../../extensions/providers/anthropic/index.ts"),
  bedrock: () => import("../../extensions/providers/bedrock/index.ts"),
  google: () => import("../../extensions/providers/google/index.ts"),
  ollama: () => import("../../extensions/providers/ollama/index.ts"),
  openai: () => import("../../extensions/providers/openai/index.ts"),
};

const provider = (await table[id]?.())?.activate(context as never);
if (!provider) throw new Error(`no provider ${id}`);
const events = await Array.fromAsync(
  provider.stream(plainRequest("a-model", [userTurn("hi")]), new AbortController().signal),
);
console.log(JSON.stringify(events.slice(-1)));
