import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import { openVendorWorld, plainRequest, sentIn, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "sk-or-test-0123456789abcdef";
const model = "openai/gpt-6-sol";

const limits = {
  headers: { "x-ratelimit-limit": "20", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1795716000000" },
  says: { requests: { left: 3, of: 20, resetAt: 1_795_716_000_000 } },
};

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles, limits },
  config: { apiKey: secret, baseUrl: "https://openrouter.ai/api/v1" },
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A06] OpenRouter",
  has: ["thinking", "history-images", "thinking-replay", "limits"],
});

describe("OpenRouter's own ways", () => {
  const sent = async (asked?: ModelRequest) => (await sentIn(open(), asked)) as any;

  const hear = async (body: string, contentType = "text/event-stream") => {
    const world = open();
    world.vendor.answerWith(200, body, { "content-type": contentType });
    const asked = plainRequest(model, [userTurn("hi")]);
    return (await Array.fromAsync(world.provider.stream(asked, new AbortController().signal))) as any[];
  };

  test("asks for what was used, and thinks as the model can", async () => {
    expect(await sent()).toMatchObject({ usage: { include: true }, reasoning: { effort: "low" } });
    const off = (id: string) => sent({ ...plainRequest(id, [userTurn("hi")]), thinking: "off" });
    expect((await off("anthropic/claude-opus-5.5")).reasoning).toEqual({ effort: "none" });
    expect((await off("openai/gpt-6-sol")).reasoning).toEqual({ effort: "low" });
  });

  test("marks the prompt for the cache where the model wants it marked, and nowhere else", async () => {
    const body = await sent(plainRequest("anthropic/claude-opus-5.5", [userTurn("hi")]));
    const mark = { cache_control: { type: "ephemeral" } };
    expect(body.messages[0].content).toMatchObject([{ text: "You are a careful reader.", ...mark }, {}]);
    expect(body.messages.at(-1).content).toEqual([{ type: "text", text: "hi", ...mark }]);
    expect(JSON.stringify(await sent())).not.toContain("cache_control");
  });

  test("hears an error in place of a stream, and one in the midst of it, by its number", async () => {
    const error = { error: { code: 502, message: "Provider disconnected" } };
    expect(await hear(JSON.stringify(error), "application/json")).toMatchObject([
      { fault: { kind: "unavailable", code: "provider.unavailable" } },
    ]);
    const said = { choices: [{ index: 0, delta: { content: "So " }, finish_reason: null }] };
    const broken = { ...error, choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }] };
    const limited = { error: { code: 429, message: "Rate limit exceeded" } };
    for (const [last, kind] of [
      [broken, "unavailable"],
      [limited, "limited"],
    ] as const) {
      const events = await hear(`data: ${JSON.stringify(said)}\n\ndata: ${JSON.stringify(last)}\n\n`);
      expect(events).toMatchObject([{ text: "So " }, { type: "fault", fault: { kind } }]);
    }
  });

  test("[A13] takes price, length and abilities from its list, and no price where it depends", async () => {
    const world = open();
    const listed = (id: string, prompt: string) => ({
      ...{ id, name: id, context_length: 1000, architecture: { input_modalities: ["text", "file"] } },
      ...{ supported_parameters: ["reasoning"], top_provider: { max_completion_tokens: 500 } },
      pricing: { prompt, completion: "0.00001", input_cache_read: "0.0000001" },
    });
    world.vendor.answerWith(201, JSON.stringify({ data: [listed("a/b", "0.000002"), listed("a/auto", "-1")] }));
    const models = await world.provider.models?.(new AbortController().signal);
    expect(models?.[0]).toMatchObject({
      ...{ contextTokens: 1000, outputTokens: 500, thinking: true, tools: false, input: ["text", "file"] },
      price: { input: 2, output: 10, cacheRead: 0.1 },
    });
    expect(models?.[1]?.price).toBeUndefined();
  });
});
