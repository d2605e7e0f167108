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
import { takenSchema } from "./schema.ts";
import { thinkingConfig } from "./thinking.ts";

const fixture = (path: string): string => readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");

const secret = "AIza-test-0123456789abcdef";
const clock = createFakeClock();
const model = "gemini-3.8-flash";

function openVendor(): FakeVendor {
  const made = providerScenes.filter((scene) => scene !== "malformed-arguments" && scene !== "cut-call");
  return createFakeVendor({
    scenes: Object.fromEntries(made.map((scene) => [scene, fixture(`${scene}.sse`)])),
    troubles: JSON.parse(fixture("troubles.json")),
    breaks: JSON.parse(fixture("breaks.json")),
    models: fixture("models.json"),
    contentType: "text/event-stream",
  });
}

function openProvider(vendor: FakeVendor): Provider {
  return activate(
    createProviderContext(manifest, {
      config: { apiKey: secret, baseUrl: "https://generativelanguage.googleapis.com" },
      fetch: vendor.fetch,
      clock,
    }),
  );
}

const says: Readonly<Record<ProviderScene, SceneContent>> = JSON.parse(fixture("says.json"));

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A03] Google Gemini",
  // Arguments arrive parsed here, so they cannot be malformed; Google's cache works by itself and takes no hints.
  capabilities: [
    "breaks",
    ...troubleCapabilities(JSON.parse(fixture("troubles.json"))),
    ...["remote", "thinking", "tools", "parallel-calls", "usage", "length", "refusals", "models"],
    ...[
      "history-images",
      "history-files",
      "history-audio",
      "thinking-replay",
      "cuts",
      "empties",
      "unplugs",
      "hangs",
      "model-troubles",
    ],
  ],
  async open() {
    const vendor = openVendor();
    return {
      ...{
        provider: openProvider(vendor),
        id: "google",
        model,
        now: clock.now(),
        vendor,
        secret,
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

describe("Google's own ways", () => {
  const stream = { "content-type": "text/event-stream" };
  const ask = (vendor: FakeVendor, request: ModelRequest) =>
    Array.fromAsync(openProvider(vendor).stream(request, new AbortController().signal));
  const sent = async (request: ModelRequest) => {
    const vendor = openVendor();
    vendor.play("text");
    await ask(vendor, request);
    return vendor.requests()[0] as any;
  };
  const call = (id: string) => ({ type: "tool-call", id, name: "read", input: { path: id } }) as const;

  test("marks calls that another model made as unsigned, the first of a step alone, and only where signatures are asked for", async () => {
    const turns = [userTurn("hi"), stepTurn([call("c1"), call("c2")], { provider: "openai", model: "gpt-6.1-sol" })];
    const parts = (await sent(plainRequest(model, turns))).contents[1].parts;
    expect(parts.map((part: any) => part.thoughtSignature)).toEqual(["skip_thought_signature_validator", undefined]);
    expect(JSON.stringify(await sent(plainRequest("gemini-2.5-flash", turns)))).not.toContain("skip_thought");
  });

  test("gives a call's id back, with its result, where the vendor gave it, and keeps ids of its own making to itself", async () => {
    const vendor = openVendor();
    for (const [scene, ids] of [
      ["tool-call", ["fc-vendor-1", "fc-vendor-1"]],
      ["thinking", [undefined, undefined]],
    ] as const) {
      vendor.play(scene);
      const end = (await ask(vendor, plainRequest(model, [userTurn("hi")]))).at(-1) as any;
      const made = end.content.at(-1);
      const result = { type: "tool-result", callId: made.id, name: "read", content: [], isError: false } as const;
      const body = await sent(
        plainRequest(model, [
          userTurn("hi"),
          stepTurn(end.content, { provider: "google", model }),
          { type: "tool", results: [result] },
        ]),
      );
      expect([body.contents[1].parts.at(-1).functionCall.id, body.contents[2].parts[0].functionResponse.id]).toEqual([
        ...ids,
      ]);
    }
  });

  test("keeps a signature that comes after the text it signs", async () => {
    const vendor = openVendor();
    vendor.play("text");
    expect((await ask(vendor, plainRequest(model, [userTurn("hi")]))).at(-1)).toMatchObject({
      content: [{ type: "text", vendor: { thoughtSignature: "sig-gemini-text==" } }],
    });
  });

  test("takes the wait from the vendor's RetryInfo", async () => {
    const vendor = openVendor();
    vendor.trouble("limited");
    expect((await ask(vendor, plainRequest(model, [userTurn("hi")]))).at(-1)).toMatchObject({
      fault: { kind: "limited", retryAt: clock.now() + 34_000 },
    });
  });

  test("calls an answer that came out spoiled unavailable", async () => {
    const vendor = openVendor();
    vendor.answerWith(200, fixture("spoiled.sse"), stream);
    expect((await ask(vendor, plainRequest(model, [userTurn("hi")]))).at(-1)).toMatchObject({
      fault: { kind: "unavailable", code: "provider.malformed" },
    });
  });

  test("takes a prompt that the vendor blocks for a refusal, whatever the reason", async () => {
    const vendor = openVendor();
    const body = JSON.stringify({ promptFeedback: { blockReason: "OTHER" } });
    vendor.answerWith(200, `data: ${body}\r\n\r\n`, stream);
    expect((await ask(vendor, plainRequest(model, [userTurn("hi")]))).at(-1)).toMatchObject({
      stopReason: "refused",
      content: [{ text: expect.stringContaining("OTHER") }],
    });
  });

  test("hears an error that comes in mid-stream", async () => {
    const vendor = openVendor();
    const body = JSON.stringify({ error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } });
    vendor.answerWith(200, `${fixture("text.sse").split("\r\n\r\n")[0]}\r\n\r\ndata: ${body}\r\n\r\n`, stream);
    const events = await ask(vendor, plainRequest(model, [userTurn("hi")]));
    expect(events.map((event) => event.type)).toEqual(["text-delta", "fault"]);
    expect(events.at(-1)).toMatchObject({ fault: { kind: "limited", code: "provider.overloaded" } });
  });

  test("leaves out of a tool's schema what the vendor refuses, and nothing else", () => {
    const schema = {
      $schema: "x",
      type: "object",
      properties: {
        pattern: { type: "string", pattern: "^a", minLength: 1, description: "a field that is called like a keyword" },
        mode: { const: "fast" },
        list: {
          type: "array",
          items: {
            anyOf: [
              { type: "string", default: "x" },
              { type: "number", exclusiveMinimum: 0, minimum: 1 },
            ],
          },
        },
      },
      required: ["pattern"],
      additionalProperties: false,
      not: {},
    };
    expect(takenSchema(schema)).toEqual({
      type: "object",
      properties: {
        pattern: { type: "string", description: "a field that is called like a keyword" },
        mode: { enum: ["fast"] },
        list: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number", minimum: 1 }] } },
      },
      required: ["pattern"],
      additionalProperties: false,
    });
  });

  test.each([
    ["gemini-3.8-flash", "high", { thinkingLevel: "HIGH", includeThoughts: true }],
    ["gemini-3.8-flash", "off", { thinkingLevel: "LOW", includeThoughts: false }],
    ["gemini-3.6-flash", "off", { thinkingLevel: "MINIMAL", includeThoughts: false }],
    ["gemini-2.5-flash", "off", { thinkingBudget: 0 }],
    ["gemini-2.5-pro", "off", { thinkingBudget: 128 }],
    ["gemini-2.5-pro", "low", { thinkingBudget: 1024, includeThoughts: true }],
    ["gemini-2.0-flash", "high", undefined],
    ["gemma-3-27b-it", "high", undefined],
  ] as const)("tells %s to think %s in the way it takes", (id, level, expected) => {
    expect(thinkingConfig(id, level) as any).toEqual(expected);
  });
});
