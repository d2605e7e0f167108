import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
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

const secret = "sk-deepseek-test-0123456789";
const model = "deepseek-flash";
const troubles = JSON.parse(read("fixtures/troubles.json"));

const open = () =>
  openVendorWorld({
    ...{ manifest, activate, model, secret, troubles },
    config: { apiKey: secret, baseUrl: "https://api.deepseek.com" },
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, chat(`${scene}.sse`)])),
    says: JSON.parse(chat("says.json")),
    breaks: JSON.parse(chat("breaks.json")),
    models: read("../openai/fixtures/models.json"),
    contentType: "text/event-stream",
  });

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A06] DeepSeek",
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

describe("DeepSeek's own ways", () => {
  const sent = async (asked = plainRequest(model, [userTurn("hi")])) => {
    const world = open();
    world.play("text");
    await Array.fromAsync(world.provider.stream(asked, new AbortController().signal));
    return world.vendor.requests().at(-1) as any;
  };

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
