import { describe, expect, test } from "bun:test";
import { createProviderContext, openVendorWorld, plainRequest, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "lm-studio-test-0123456789";
const model = "qwen3-8b";

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles },
  config: { apiKey: secret, baseUrl: "http://127.0.0.1:1234/v1" },
};

vendorContract({ describe, test }, vendor, {
  title: "[A08] LM Studio",
  has: ["thinking", "history-images", "thinking-replay"],
});

describe("LM Studio's own ways", () => {
  test("[T36] works without a key, and then sends none", async () => {
    const world = openVendorWorld({ ...vendor, config: { baseUrl: "http://127.0.0.1:1234/v1" } });
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
