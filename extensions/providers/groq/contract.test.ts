import { describe, expect, test } from "bun:test";
import type { ModelRequest } from "@homarus/sdk";
import {
  createFakeClock,
  openVendorWorld,
  plainRequest,
  sentIn,
  stepTurn,
  userTurn,
  vendorContract,
} from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";

const secret = "gsk_test_0123456789abcdef";
const model = "openai/gpt-oss-120b";

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

const vendor = {
  ...recorded("chat"),
  ...{ manifest, activate, model, secret, troubles, limits },
  config: { apiKey: secret, baseUrl: "https://api.groq.com/openai/v1" },
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A06] Groq",
  has: ["thinking", "limits"],
});

describe("Groq's own ways", () => {
  const sent = async (asked?: ModelRequest) => (await sentIn(open(), asked)) as any;

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
