import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  createProviderContext,
  openVendorWorld,
  type ProviderWorld,
  plainRequest,
  providerContract,
  providerScenes,
  runContract,
  troubleCapabilities,
  userTurn,
} from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import manifest from "./manifest.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const chat = (name: string): string => read(`../openai/fixtures/chat/${name}`);

const secret = "lm-studio-test-0123456789";
const model = "qwen3-8b";
const troubles = JSON.parse(read("fixtures/troubles.json"));

const recorded = {
  ...{ manifest, activate, model, secret, troubles },
  config: { apiKey: secret, baseUrl: "http://127.0.0.1:1234/v1" },
  scenes: Object.fromEntries(providerScenes.map((scene) => [scene, chat(`${scene}.sse`)])),
  says: JSON.parse(chat("says.json")),
  breaks: JSON.parse(chat("breaks.json")),
  models: read("../openai/fixtures/models.json"),
  contentType: "text/event-stream",
};
const open = () => openVendorWorld(recorded);

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A08] LM Studio",
  capabilities: [
    ...[
      "remote",
      "thinking",
      "tools",
      "parallel-calls",
      "malformed-arguments",
      "usage",
      "length",
      "cut-calls",
      "refusals",
      "models",
    ],
    ...["cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks", "history-images", "thinking-replay"],
    ...troubleCapabilities(troubles),
  ],
  open: async () => open(),
});

describe("LM Studio's own ways", () => {
  test("[T36] works without a key, and then sends none", async () => {
    const world = openVendorWorld({ ...recorded, config: { baseUrl: "http://127.0.0.1:1234/v1" } });
    const heads: (string | null)[] = [];
    const asked = plainRequest(model, [userTurn("hi")]);
    world.play("text");
    const provider = activate(
      createProviderContext(manifest, {
        config: { baseUrl: "http://127.0.0.1:1234/v1" },
        fetch: (input, init) => {
          heads.push(new Request(input, init).headers.get("authorization"));
          return world.vendor.fetch(input, init);
        },
      }),
    );
    const events = await Array.fromAsync(provider.stream(asked, new AbortController().signal));
    expect([heads, events.at(-1)?.type]).toEqual([[null], "step-end"]);
  });
});
