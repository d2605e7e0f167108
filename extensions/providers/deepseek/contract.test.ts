import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import { openVendorWorld, plainRequest, sentIn, stepTurn, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "sk-deepseek-test-0123456789";
const model = "deepseek-flash";

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles },
  config: { apiKey: secret, baseUrl: "https://api.deepseek.com" },
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A06] DeepSeek",
  has: ["thinking", "history-images", "thinking-replay"],
});

describe("DeepSeek's own ways", () => {
  const sent = async (asked?: ModelRequest) => (await sentIn(open(), asked)) as any;

  const call = { type: "tool-call", id: "c1", name: "read", input: {} } as const;
  const result = {
    type: "tool",
    results: [{ type: "tool-result", callId: "c1", name: "read", content: [], isError: false }],
  } as const;

  test("sends what a step with calls thought with every later request, and what others thought with none", async () => {
    const thought = { type: "thinking", text: "hm", vendor: { reasoning_content: "hm" } } as const;
    const by = { provider: "deepseek", model };
    const body = await sent(
      plainRequest(model, [
        userTurn("one"),
        stepTurn([thought, call], by),
        result,
        stepTurn(
          [
            { ...thought, vendor: { reasoning_content: "plain" } },
            { type: "text", text: "done" },
          ],
          by,
        ),
        userTurn("two"),
      ]),
    );
    const steps = body.messages.filter((message: any) => message.role === "assistant");
    expect(steps.map((message: any) => message.reasoning_content)).toEqual(["hm", undefined]);
  });

  test("gives a step with calls the field also where another model wrote it", async () => {
    const foreign = stepTurn([call], { provider: "openai", model: "gpt-6.1-sol" });
    const body = await sent(plainRequest(model, [userTurn("one"), foreign, result, userTurn("two")]));
    expect(body.messages[2]).toMatchObject({ role: "assistant", reasoning_content: "" });
  });

  test("switches thinking on and off by its own field", async () => {
    const off = await sent({ ...plainRequest(model, [userTurn("hi")]), thinking: "off" });
    expect([off.thinking, off.reasoning_effort]).toEqual([{ type: "disabled" }, undefined]);
    expect(await sent()).toMatchObject({ thinking: { type: "enabled" }, reasoning_effort: "low" });
  });
});
