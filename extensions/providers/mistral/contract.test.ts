import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import { openVendorWorld, plainRequest, sentIn, stepTurn, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "mistral-test-0123456789abcdef";
const model = "mistral-medium-3-5";

const limits = {
  headers: {
    ...{ "x-ratelimit-limit-req-minute": "60", "x-ratelimit-remaining-req-minute": "59" },
    ...{ "x-ratelimit-limit-tokens-minute": "500000", "x-ratelimit-remaining-tokens-minute": "499980" },
  },
  says: { requests: { left: 59, of: 60 }, tokens: { left: 499_980, of: 500_000 } },
};

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles, limits },
  config: { apiKey: secret, baseUrl: "https://api.mistral.ai/v1" },
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A06] Mistral",
  has: ["thinking", "history-images", "limits"],
});

describe("Mistral's own ways", () => {
  const sent = async (asked?: ModelRequest) => (await sentIn(open(), asked)) as any;

  test("gives every call an id of nine letters and digits, the same for the call and its result", async () => {
    const id = "functions.read:0|long";
    const call = { type: "tool-call", id, name: "read", input: {} } as const;
    const result = { type: "tool-result", callId: id, name: "read", content: [], isError: false } as const;
    const body = await sent(
      plainRequest(model, [
        userTurn("hi"),
        stepTurn([call, { ...call, id: "abcDEF123" }], { provider: "openai", model: "x" }),
        { type: "tool", results: [result, { ...result, callId: "abcDEF123" }] },
      ]),
    );
    const called = body.messages[2].tool_calls.map((item: any) => item.id);
    expect(called[0]).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(called[1]).toBe("abcDEF123");
    expect(body.messages.slice(3).map((item: any) => item.tool_call_id)).toEqual(called);
  });

  test("sends no field that it does not know", async () => {
    const body = await sent({ ...plainRequest(model, [userTurn("hi")]), maxOutputTokens: 500 });
    expect(Object.keys(body).sort()).toEqual([
      "max_tokens",
      "messages",
      "model",
      "reasoning_effort",
      "stream",
      "tools",
    ]);
  });

  test("hears reasoning that comes as a part of the content", async () => {
    const world = open();
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const thinking = { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] };
    const body = `${chunk(thinking)}${chunk({ content: [{ type: "text", text: "yes" }] })}${chunk({}, "stop")}data: [DONE]\n\n`;
    world.vendor.answerWith(200, body, { "content-type": "text/event-stream" });
    const asked = plainRequest(model, [userTurn("hi")]);
    const events = await Array.fromAsync(world.provider.stream(asked, new AbortController().signal));
    expect(events).toMatchObject([
      { type: "thinking-delta", text: "hm" },
      { type: "text-delta", text: "yes" },
      { type: "step-end", content: [{ type: "thinking", text: "hm" }, { text: "yes" }] },
    ]);
  });
});
