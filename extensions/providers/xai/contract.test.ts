import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
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

const secret = "xai-test-0123456789abcdef";
const model = "grok-4.7";
const troubles = JSON.parse(read("fixtures/troubles.json"));

const open = () =>
  openVendorWorld({
    ...{ manifest, activate, model, secret, troubles },
    config: { apiKey: secret, baseUrl: "https://api.x.ai/v1" },
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, chat(`${scene}.sse`)])),
    says: JSON.parse(chat("says.json")),
    breaks: JSON.parse(chat("breaks.json")),
    models: read("../openai/fixtures/models.json"),
    contentType: "text/event-stream",
  });

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A06] xAI",
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
    ...["cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks", "history-images"],
    ...troubleCapabilities(troubles),
  ],
  open: async () => open(),
});

describe("xAI's own ways", () => {
  const sent = async (asked = plainRequest(model, [userTurn("hi")])) => {
    const world = open();
    world.play("text");
    await Array.fromAsync(world.provider.stream(asked, new AbortController().signal));
    return world.vendor.requests().at(-1) as any;
  };

  test("tells only those models how much to think that take it", async () => {
    const asked = (id: string) => sent({ ...plainRequest(id, [userTurn("hi")]), thinking: "off" });
    expect((await asked("grok-4.3")).reasoning_effort).toBe("none");
    expect((await asked("grok-4.7")).reasoning_effort).toBe("low");
    expect(await asked("grok-build-0.1")).not.toHaveProperty("reasoning_effort");
  });

  test("names its own variable where the key was refused", async () => {
    const world = open();
    world.vendor.trouble("auth");
    const asked = plainRequest(model, [userTurn("hi")]);
    const [fault] = (await Array.fromAsync(world.provider.stream(asked, new AbortController().signal))) as any[];
    expect(fault.fault).toMatchObject({
      message: expect.stringMatching(/^xAI refused the key: Incorrect API key/),
      hint: "Set XAI_API_KEY or providers.xai.apiKey to a key that is valid there.",
    });
  });
});
