import { readFileSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import type { ExtensionContext, Provider } from "@homarus/sdk";
import {
  createFakeClock,
  createFakeVendor,
  createMemoryStore,
  type FakeVendor,
  plainRequest,
  providerContract,
  type ProviderScene,
  type ProviderWorld,
  providerScenes,
  runContract,
  type SceneContent,
  silentLog,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";

const fixture = (path: string): string => readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");

const secret = "sk-test-0123456789abcdef";
const clock = createFakeClock();

type Api = "chat" | "responses";

function openVendor(api: Api): FakeVendor {
  return createFakeVendor({
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, fixture(`${api}/${scene}.sse`)])),
    troubles: JSON.parse(fixture("troubles.json")),
    models: fixture("models.json"),
    contentType: "text/event-stream",
  });
}

function openProvider(vendor: FakeVendor, config: { api: Api | "auto"; baseUrl: string }): Provider {
  const context: ExtensionContext<{ apiKey: string; baseUrl: string; api: Api | "auto" }> = {
    ...{ id: "openai", config: { apiKey: secret, ...config }, signal: new AbortController().signal },
    ...{ log: silentLog, fetch: vendor.fetch, clock, store: createMemoryStore().values("x") },
  };
  return activate(context);
}

const read = (path: string) => ({ name: "read", input: { path } });
const says = (api: Api): Readonly<Record<ProviderScene, SceneContent>> => ({
  text: { text: "Hello there, friend. 👋 The note is short.", usage: { input: 20, output: 7, cacheRead: 100, cacheWrite: 0 } },
  thinking: {
    ...{ text: "I look.", thinking: "The note has the answer.", calls: [read("note.txt")] },
    signature: api === "chat" ? "The note has the answer." : "enc-responses-reasoning==",
  },
  "tool-call": { text: "I look.", calls: [read("note.txt")] },
  "parallel-calls": { calls: [read("a.txt"), read("b.txt")] },
  "malformed-arguments": { calls: [{ name: "read", input: {}, malformed: '{"path": "no' }] },
  length: { text: "This goes on" },
  refused: {},
  empty: {},
});

const baseUrls = { chat: "http://127.0.0.1:1234/v1", responses: "https://api.openai.com/v1" } as const;
const capabilities = [
  ...["remote", "thinking", "tools", "parallel-calls", "malformed-arguments", "usage", "length", "refusals", "models"],
  ...["history-images", "thinking-replay", "troubles", "cuts", "empties", "unplugs", "hangs", "model-troubles"],
];

for (const api of ["chat", "responses"] as const) {
  runContract<ProviderWorld>({ describe, test }, providerContract, {
    title: api === "chat" ? "[A04] [A06] [A08] OpenAI Chat Completions, at any address" : "[A05] OpenAI Responses",
    // Only OpenAI itself knows the cache's name; other servers refuse fields they do not know.
    capabilities: api === "chat" ? capabilities : [...capabilities, "cache-hints"],
    async open() {
      const vendor = openVendor(api);
      const model = "gpt-5.5";
      return {
        ...{ provider: openProvider(vendor, { api: "auto", baseUrl: baseUrls[api] }), id: "openai", model, now: clock.now(), vendor, secret },
        play(scene) {
          vendor.play(scene);
          return { request: plainRequest(model, [{ type: "user", content: [{ type: "text", text: "hello" }] }]), says: says(api)[scene] };
        },
        async [Symbol.asyncDispose]() {},
      };
    },
  });
}
