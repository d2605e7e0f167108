import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  createFakeClock,
  openVendorWorld,
  type ProviderWorld,
  plainRequest,
  providerContract,
  providerScenes,
  runContract,
  stepTurn,
  troubleCapabilities,
  userTurn,
} from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import manifest from "./manifest.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const chat = (name: string): string => read(`../openai/fixtures/chat/${name}`);

const secret = "gsk_test_0123456789abcdef";
const model = "openai/gpt-oss-120b";
const troubles = JSON.parse(read("fixtures/troubles.json"));

const openedAt = createFakeClock().now();
const limits = {
  headers: {
    ...{ "x-ratelimit-limit-requests": "14400", "x-ratelimit-remaining-requests": "14370" },
    ...{ "x-ratelimit-limit-tokens": "18000", "x-ratelimit-remaining-tokens": "17997" },
    ...{ "x-ratelimit-reset-requests": "2m59.56s", "x-ratelimit-reset-tokens": "7.66s" },
  },
  says: {
    requests: { left: 14_370, of: 14_400, resetAt: openedAt + 179_560 },
    tokens: { left: 17_997, of: 18_000, resetAt: openedAt + 7_660 },
  },
};

const open = () =>
  openVendorWorld({
    ...{ manifest, activate, model, secret, troubles },
    config: { apiKey: secret, baseUrl: "https://api.groq.com/openai/v1" },
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, chat(`${scene}.sse`)])),
    says: JSON.parse(chat("says.json")),
    breaks: JSON.parse(chat("breaks.json")),
    models: read("../openai/fixtures/models.json"),
    contentType: "text/event-stream",
    limits,
  });

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A06] Groq",
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
    ...["cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks", "limits"],
    ...troubleCapabilities(troubles),
  ],
  open: async () => open(),
});

describe("Groq's own ways", () => {
  const sent = async (asked = plainRequest(model, [userTurn("hi")])) => {
    const world = open();
    world.play("text");
    await Array.fromAsync(world.provider.stream(asked, new AbortController().signal));
    return world.vendor.requests().at(-1) as any;
  };

  test("tells each family how much to think in the way it takes", async () => {
    const asked = (id: string, thinking: "off" | "high") => sent({ ...plainRequest(id, [userTurn("hi")]), thinking });
    expect((await asked("openai/gpt-oss-20b", "off")).reasoning_effort).toBe("low");
    expect(await asked("qwen/qwen3.8-27b", "off")).toMatchObject({ reasoning_effort: "none" });
    expect(await asked("qwen/qwen3.8-27b", "high")).toMatchObject({
      reasoning_effort: "default",
      reasoning_format: "parsed",
    });
    expect(await asked("llama-9", "high")).not.toHaveProperty("reasoning_effort");
  });

  test("sends no reasoning back, since most models refuse the field", async () => {
    const thought = { type: "thinking", text: "hm", vendor: { reasoning: "hm" } } as const;
    const call = { type: "tool-call", id: "c1", name: "read", input: {} } as const;
    const body = await sent(
      plainRequest(model, [userTurn("hi"), stepTurn([thought, call], { provider: "groq", model })]),
    );
    expect(JSON.stringify(body)).not.toContain("hm");
  });
});
