import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import { openVendorWorld, plainRequest, sentIn, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "xai-test-0123456789abcdef";
const model = "grok-4.7";

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles },
  config: { apiKey: secret, baseUrl: "https://api.x.ai/v1" },
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A06] xAI",
  has: ["thinking", "history-images"],
});

describe("xAI's own ways", () => {
  const sent = async (asked?: ModelRequest) => (await sentIn(open(), asked)) as any;

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
