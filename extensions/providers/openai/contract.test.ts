import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ModelInfo, ModelRequest, Provider } from "@homarus/sdk";
import {
  createFakeClock,
  createFakeVendor,
  createProviderContext,
  type FakeVendor,
  plainRequest,
  stepTurn,
  userTurn,
  vendorContract,
} from "@homarus/sdk/testing";
import { contentOf, takenBy } from "./chat-parts.ts";
import { effortOf } from "./effort.ts";
import troubles from "./fixtures/troubles.json";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { recorded } from "./testing/recorded.ts";

const secret = "sk-test-0123456789abcdef";
const clock = createFakeClock();

type Api = "chat" | "responses";

function openVendor(api: Api): FakeVendor {
  return createFakeVendor({ ...recorded(api), troubles });
}

function openProvider(vendor: FakeVendor, config: { api: Api | "auto"; baseUrl: string }): Provider {
  return activate(
    createProviderContext(manifest, { config: { apiKey: secret, ...config }, fetch: vendor.fetch, clock }),
  );
}

/** Out of order, as the API allows. */
const embedding = {
  body: JSON.stringify({
    object: "list",
    data: [
      { object: "embedding", index: 1, embedding: [0.5, 0] },
      { object: "embedding", index: 0, embedding: [1, 0.25] },
    ],
    usage: { prompt_tokens: 5, total_tokens: 5 },
  }),
  vectors: [
    [1, 0.25],
    [0.5, 0],
  ],
  tokens: 5,
};

const limits = {
  headers: {
    ...{ "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59" },
    ...{ "x-ratelimit-limit-tokens": "150000", "x-ratelimit-remaining-tokens": "149984" },
    ...{ "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s" },
  },
  says: {
    requests: { left: 59, of: 60, resetAt: clock.now() + 1_000 },
    tokens: { left: 149_984, of: 150_000, resetAt: clock.now() + 360_000 },
  },
};

const baseUrls = { chat: "http://127.0.0.1:1234/v1", responses: "https://api.openai.com/v1" } as const;

for (const api of ["chat", "responses"] as const) {
  const vendor = {
    ...recorded(api),
    ...{ manifest, activate, secret, troubles, embedding, limits, model: "gpt-5.5" },
    config: { apiKey: secret, api: "auto" as const, baseUrl: baseUrls[api] },
  };
  const has = ["thinking", "history-images", "history-files", "thinking-replay", "embeddings", "limits"];
  vendorContract({ describe, test }, vendor, {
    title: api === "chat" ? "[A04] [A06] [A08] OpenAI Chat Completions, at any address" : "[A05] OpenAI Responses",
    // Only OpenAI itself knows the cache's name; other servers refuse fields they do not know.
    has: api === "chat" ? has : [...has, "cache-hints"],
  });
}

describe("OpenAI's own ways", () => {
  const hear = (provider: Provider, request = plainRequest("m", [userTurn("hi")])) =>
    Array.fromAsync(provider.stream(request, new AbortController().signal));
  const sent = async (api: Api, request: ModelRequest, baseUrl: string = baseUrls[api]) => {
    const vendor = openVendor(api);
    vendor.play("text");
    await hear(openProvider(vendor, { api, baseUrl }), request);
    return vendor.requests()[0] as any;
  };
  const sse = { "content-type": "text/event-stream" };
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

  test.each([
    ["auto", "https://api.openai.com/v1", "/v1/responses"],
    ["auto", "https://openrouter.ai/api/v1", "/api/v1/chat/completions"],
    ["chat", "https://api.openai.com/v1", "/v1/chat/completions"],
    ["responses", "http://127.0.0.1:1234/v1", "/v1/responses"],
  ] as const)("[A06] [A08] with api %s at %s asks %s", async (api, baseUrl, path) => {
    const vendor = openVendor(path.endsWith("responses") ? "responses" : "chat");
    const paths: string[] = [];
    const watching: FakeVendor = {
      ...vendor,
      fetch: (input, init) => {
        paths.push(new URL(input instanceof Request ? input.url : input).pathname);
        return vendor.fetch(input, init);
      },
    };
    vendor.play("text");
    const events = await hear(openProvider(watching, { api, baseUrl }));
    expect([paths, events.at(-1)?.type]).toEqual([[path], "step-end"]);
  });

  test("sends other servers of the API nothing that only OpenAI knows", async () => {
    const request = { ...plainRequest("local-model", [userTurn("hi")]), maxOutputTokens: 500 };
    expect(Object.keys(await sent("chat", request)).sort()).toEqual([
      "max_tokens",
      "messages",
      "model",
      "stream",
      "stream_options",
      "tools",
    ]);
    const own = await sent("chat", { ...request, model: "gpt-5.5" }, "https://api.openai.com/v1");
    expect(own).toMatchObject({
      max_completion_tokens: 500,
      reasoning_effort: "low",
      prompt_cache_key: expect.any(String),
    });
  });

  test("shows a model only what it takes: sounds in the formats there are words for, nothing to one that reads text", () => {
    const info = (input: ModelInfo["input"]) => [{ id: "m", name: "m", thinking: false, input }];
    const block = (type: "audio" | "image" | "file", mediaType: string) => ({ type, mediaType, data: "AA==" }) as const;
    const hears = takenBy("m", info(["text", "audio"]));
    expect([hears(block("audio", "audio/wav")), hears(block("audio", "audio/ogg"))]).toEqual([true, false]);
    expect(contentOf([block("audio", "audio/mpeg")], hears)).toEqual([
      { type: "input_audio", input_audio: { data: "AA==", format: "mp3" } },
    ]);
    const reads = takenBy("m", info(["text"]));
    expect(contentOf([block("image", "image/png")], reads)).toContain("cannot read it");
    const unknown = takenBy("other", []);
    expect([unknown(block("image", "image/png")), unknown(block("file", "application/pdf"))]).toEqual([true, false]);
  });

  test("keeps nothing at the vendor and asks for the reasoning to take along", async () => {
    const body = await sent("responses", plainRequest("gpt-5.5", [userTurn("hi")]));
    expect(body).toMatchObject({
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" },
    });
    expect(await sent("responses", plainRequest("gpt-4.1", [userTurn("hi")]))).not.toHaveProperty("reasoning");
  });

  test.each([
    ["gpt-6.1-sol", "off", "low"],
    ["gpt-5.5", "off", "none"],
    ["gpt-5-mini", "off", "minimal"],
    ["openai/gpt-oss-120b", "high", "high"],
    ["gpt-5.2-chat-latest", "high", undefined],
    ["gpt-4.1", "high", undefined],
    ["qwen3", "high", undefined],
  ] as const)("tells %s to think %s as %s", (id, level, effort) => {
    expect(effortOf(id, level)).toBe(effort as any);
  });

  test("tells calls apart that a server gives the same index, and names those it gives no id", async () => {
    const vendor = openVendor("chat");
    const calls = ["a", "b"].map((name) =>
      chunk({ tool_calls: [{ index: 0, id: name, function: { name, arguments: "{}" } }] }),
    );
    const nameless = chunk({ tool_calls: [{ index: 1, function: { name: "c", arguments: "" } }] });
    vendor.answerWith(200, `${calls.join("")}${nameless}${chunk({}, "stop")}data: [DONE]\n\n`, sse);
    const end = (await hear(openProvider(vendor, { api: "chat", baseUrl: baseUrls.chat }))).at(-1) as any;
    expect([end.stopReason, end.content.map((call: any) => call.name)]).toEqual(["tool-calls", ["a", "b", "c"]]);
    expect(end.content[2].id).toMatch(/^call_\w{32}$/);
  });

  test("gives OpenRouter's reasoning details back as they came", async () => {
    const vendor = openVendor("chat");
    const details = [{ type: "reasoning.encrypted", data: "abc" }];
    vendor.answerWith(
      200,
      `${chunk({ reasoning: "hm", reasoning_details: details })}${chunk({ content: "yes" })}${chunk({}, "stop")}`,
      sse,
    );
    const provider = openProvider(vendor, { api: "chat", baseUrl: baseUrls.chat });
    const end = (await hear(provider)).at(-1) as any;
    const body = await sent(
      "chat",
      plainRequest("m", [userTurn("hi"), stepTurn(end.content, { provider: "openai", model: "m" })]),
    );
    expect(body.messages.at(-1)).toEqual({ role: "assistant", content: "yes", reasoning_details: details });
  });

  test("hears a failure that comes in mid-stream, with its wait", async () => {
    const vendor = openVendor("responses");
    vendor.answerWith(200, readFileSync(new URL("fixtures/responses/failed.sse", import.meta.url), "utf8"), sse);
    const provider = openProvider(vendor, { api: "responses", baseUrl: baseUrls.responses });
    const events = await hear(provider);
    expect(events).toMatchObject([{ type: "fault", fault: { kind: "limited", retryAt: clock.now() + 1_500 } }]);
  });

  test("takes the wait from the vendor's sentence where no header has it", async () => {
    const vendor = openVendor("chat");
    vendor.trouble("limited");
    const provider = openProvider(vendor, { api: "chat", baseUrl: baseUrls.chat });
    const events = await hear(provider);
    expect(events).toMatchObject([{ fault: { retryAt: clock.now() + 20_000 } }]);
  });

  test("[A13] lists what converses, with what the catalog knows of it", async () => {
    const vendor = openVendor("chat");
    vendor.play("text");
    const models = await openProvider(vendor, { api: "chat", baseUrl: baseUrls.chat }).models?.(
      new AbortController().signal,
    );
    expect(models?.map((model) => [model.id, model.thinking])).toEqual([
      ["gpt-5.5", true],
      ["gpt-9-later", false],
    ]);
  });
});
