import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ModelRequest, Provider } from "@homarus/sdk";
import {
  createFakeClock,
  createFakeVendor,
  createProviderContext,
  type FakeVendor,
  type ProviderScene,
  type ProviderWorld,
  plainRequest,
  providerContract,
  providerScenes,
  runContract,
  type SceneContent,
  stepTurn,
  troubleCapabilities,
  userTurn,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { thinkingFields } from "./thinking.ts";

const fixture = (path: string): string => readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");

const secret = "sk-ant-test-0123456789abcdef";
const clock = createFakeClock();
const model = "claude-sonnet-5-5";

function openVendor(): FakeVendor {
  return createFakeVendor({
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, fixture(`${scene}.sse`)])),
    troubles: JSON.parse(fixture("troubles.json")),
    breaks: JSON.parse(fixture("breaks.json")),
    models: fixture("models.json"),
    contentType: "text/event-stream",
  });
}

function openProvider(vendor: FakeVendor): Provider {
  return activate(
    createProviderContext(manifest, {
      config: { apiKey: secret, baseUrl: "https://api.anthropic.com", tokenUrl: "" },
      fetch: vendor.fetch,
      clock,
    }),
  );
}

const says: Readonly<Record<ProviderScene, SceneContent>> = JSON.parse(fixture("says.json"));

const resetAt = clock.now() + 30_000;
const limits = {
  headers: {
    ...{ "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49" },
    ...{ "anthropic-ratelimit-tokens-limit": "90000", "anthropic-ratelimit-tokens-remaining": "0" },
    "anthropic-ratelimit-tokens-reset": new Date(resetAt).toISOString(),
  },
  says: { requests: { left: 49, of: 50 }, tokens: { left: 0, of: 90_000, resetAt } },
};

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A02] Anthropic Messages",
  capabilities: [
    ...["breaks", "limits"],
    ...troubleCapabilities(JSON.parse(fixture("troubles.json"))),
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
    ...[
      "history-images",
      "history-files",
      "thinking-replay",
      "cuts",
      "empties",
      "unplugs",
      "hangs",
      "model-troubles",
      "cache-hints",
    ],
  ],
  async open() {
    const vendor = openVendor();
    return {
      ...{
        provider: openProvider(vendor),
        id: "anthropic",
        model,
        now: clock.now(),
        vendor,
        secret,
        limits,
        breaks: JSON.parse(fixture("breaks.json")),
      },
      play(scene) {
        vendor.play(scene);
        return { request: plainRequest(model, [userTurn("hello")]), says: says[scene] };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});

describe("Anthropic's own ways", () => {
  const sent = async (request: ModelRequest) => {
    const vendor = openVendor();
    vendor.play("text");
    await Array.fromAsync(openProvider(vendor).stream(request, new AbortController().signal));
    return vendor.requests()[0] as any;
  };
  const by = { provider: "anthropic", model };
  const thought = (signature: string) => ({ type: "thinking", text: "hm", signature }) as const;

  test("marks the tools, the stable prompt, the newest message and the one before it for the cache, and nothing else", async () => {
    const body = await sent(
      plainRequest(model, [userTurn("one"), stepTurn([{ type: "text", text: "two" }], by), userTurn("three")]),
    );
    const mark = { type: "ephemeral" };
    expect(body.system).toMatchObject([
      { text: "You are a careful reader.", cache_control: mark },
      { text: "It is Thursday." },
    ]);
    expect(body.tools.at(-1).cache_control).toEqual(mark);
    expect(body.messages.at(-1).content.at(-1)).toEqual({ type: "text", text: "three", cache_control: mark });
    expect(body.messages[0].content.at(-1)).toEqual({ type: "text", text: "one", cache_control: mark });
    expect(JSON.stringify(body).split("cache_control")).toHaveLength(5);
  });

  test("sends thinking back within one answer, also past a message that steers, and not from earlier answers", async () => {
    const call = (id: string) => ({ type: "tool-call", id, name: "read", input: {} }) as const;
    const result = (callId: string) =>
      ({
        type: "tool",
        results: [{ type: "tool-result", callId, name: "read", content: [], isError: false }],
      }) as const;
    const body = await sent(
      plainRequest(model, [
        userTurn("one"),
        stepTurn([thought("old"), { type: "text", text: "done" }], by),
        userTurn("two"),
        stepTurn([thought("new"), call("c1")], by),
        result("c1"),
        userTurn("and hurry"),
        stepTurn([thought("newer"), call("c2")], by),
        result("c2"),
      ]),
    );
    expect(JSON.stringify(body).match(/"signature":"\w+"/g)).toEqual(['"signature":"new"', '"signature":"newer"']);
    expect(body.messages.map((message: any) => message.role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
    expect(body.thinking).toEqual({
      type: "adaptive",
      display: "summarized",
      block_binding: { prefix_mismatch_behavior: "drop_block" },
    });
  });

  test("begins with a person's message even where the history was cut", async () => {
    const body = await sent(plainRequest(model, [stepTurn([{ type: "text", text: "hello" }], by), userTurn("hi")]));
    expect(body.messages[0]).toMatchObject({ role: "user", content: [{ text: "[Earlier messages were left out.]" }] });
  });

  test.each([
    ["claude-sonnet-5-5", "off", { thinking: { type: "between_tools" } }],
    [
      "claude-opus-5-5",
      "off",
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
    ],
    ["claude-haiku-5-5", "off", { thinking: { type: "disabled" } }],
    [
      "claude-opus-4-6",
      "high",
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
    ],
    ["claude-haiku-4-5-20251001", "medium", { thinking: { type: "enabled", budget_tokens: 8192 } }],
    ["claude-haiku-4-5", "off", {}],
    ["claude-3-5-haiku-latest", "high", {}],
    ["kimi-k3", "low", { thinking: { type: "enabled", budget_tokens: 2048 } }],
  ] as const)("tells %s to think %s in the way it takes", (id, level, fields) => {
    expect(thinkingFields(id, level, 32_000)).toEqual(fields);
  });

  test("leaves the budget out where the answer has no room for it", () => {
    expect(thinkingFields("claude-haiku-4-5", "high", 1_500)).toEqual({});
  });

  test("[A39] sends the token of a subscription announced as one, and a key also as other servers look for it", async () => {
    const sentWith = async (apiKey: string, baseUrl = "https://api.anthropic.com") => {
      const vendor = openVendor();
      vendor.play("text");
      let heads = new Headers();
      const fetch: FakeVendor["fetch"] = (input, init) => {
        heads = new Request(input, init).headers;
        return vendor.fetch(input, init);
      };
      const config = { apiKey, baseUrl, tokenUrl: "" };
      const provider = activate(createProviderContext(manifest, { config, fetch }));
      await Array.fromAsync(provider.stream(plainRequest(model, [userTurn("hi")]), new AbortController().signal));
      return ["authorization", "x-api-key", "anthropic-beta"].map((name) => heads.get(name));
    };
    const binding = "thinking-binding-controls-2026-08-01";
    const token = "sk-ant-oat01-0123456789";
    expect(await sentWith(token)).toEqual([`Bearer ${token}`, null, `oauth-2025-04-20,${binding}`]);
    expect(await sentWith(secret)).toEqual([`Bearer ${secret}`, null, binding]);
    expect(await sentWith(secret, "http://127.0.0.1:1")).toEqual([`Bearer ${secret}`, secret, binding]);
    expect(await sentWith("", "http://127.0.0.1:1")).toEqual([null, null, binding]);
  });

  test("calls an overload in mid-stream limited, and keeps what was said", async () => {
    const vendor = openVendor();
    vendor.answerWith(200, fixture("overloaded-midway.sse"), { "content-type": "text/event-stream" });
    const events = await Array.fromAsync(
      openProvider(vendor).stream(plainRequest(model, [userTurn("hello")]), new AbortController().signal),
    );
    expect(events.at(-1)).toMatchObject({ type: "fault", fault: { kind: "limited", code: "provider.overloaded" } });
    expect(events.filter((event) => event.type === "text-delta").length).toBeGreaterThan(1);
  });
});
