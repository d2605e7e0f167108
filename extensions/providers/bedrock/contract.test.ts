import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ModelRequest, ProviderContext } from "@homarus/sdk";
import {
  createProviderContext,
  openVendorWorld,
  plainRequest,
  providerScenes,
  stepTurn,
  userTurn,
  vendorContract,
} from "@homarus/sdk/testing";
import { eventStream } from "./event-stream.ts";
import { activate, type BedrockConfig } from "./index.ts";
import manifest from "./manifest.ts";
import { thinkingFields } from "./thinking.ts";

const fixture = (path: string): string => readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");

const secret = "aws-secret-0123456789abcdef";
const model = "global.anthropic.claude-opus-5-5";
const troubles = JSON.parse(fixture("troubles.json"));
const contentType = "application/vnd.amazon.eventstream";
const keys = { accessKeyId: "AKIATESTTESTTEST", secretAccessKey: secret };

const config: BedrockConfig = { region: "eu-central-1", ...keys };
const vendor = {
  ...{ manifest, activate, model, secret, troubles, contentType, config, models: "{}", encode: eventStream },
  scenes: Object.fromEntries(providerScenes.map((scene) => [scene, fixture(`${scene}.jsonl`)])),
  says: JSON.parse(fixture("says.json")),
  breaks: JSON.parse(fixture("breaks.json")),
};
const open = () => openVendorWorld(vendor);

vendorContract({ describe, test }, vendor, {
  title: "[A09] AWS Bedrock ConverseStream",
  has: ["thinking", "history-images", "history-files", "thinking-replay", "cache-hints"],
  lacks: ["models", "model-troubles"],
});

describe("Bedrock's own ways", () => {
  const hear = async (request: ModelRequest, set?: (world: ReturnType<typeof open>) => void) => {
    const world = open();
    world.play("text");
    set?.(world);
    const events = (await Array.fromAsync(world.provider.stream(request, new AbortController().signal))) as any[];
    return { events, body: world.vendor.requests().at(-1) as any };
  };
  const plain = plainRequest(model, [userTurn("hi")]);

  /** What goes over the line, with its headers. */
  const sentBy = async (config: BedrockConfig): Promise<Request | undefined> => {
    const world = open();
    world.play("text");
    let seen: Request | undefined;
    const fetch: ProviderContext["fetch"] = (input, init) => {
      seen = new Request(input, init);
      return world.vendor.fetch(input, init);
    };
    const provider = activate(createProviderContext(manifest, { config, fetch }));
    await Array.fromAsync(provider.stream(plain, new AbortController().signal));
    return seen;
  };

  test("[A12] signs each request with the keys, for the region, and names the session where there is one", async () => {
    const request = await sentBy({ region: "eu-central-1", ...keys, sessionToken: "session-1" });
    expect(request?.url).toBe(
      "https://bedrock-runtime.eu-central-1.amazonaws.com/model/global.anthropic.claude-opus-5-5/converse-stream",
    );
    expect(request?.headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIATESTTESTTEST\/\d{8}\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(request?.headers.get("x-amz-security-token")).toBe("session-1");
  });

  test("[A12] sends a key of Bedrock itself as a bearer token, to the address that was given", async () => {
    const request = await sentBy({ region: "us-east-1", apiKey: "bedrock-key-1", endpoint: "http://127.0.0.1:4566" });
    expect(request?.headers.get("authorization")).toBe("Bearer bedrock-key-1");
    expect(request?.url).toStartWith("http://127.0.0.1:4566/model/");
  });

  test("says which variables to set where there is no key", () => {
    const context = createProviderContext(manifest, { config: { region: "us-east-1" }, fetch });
    expect(() => activate(context)).toThrow("AWS Bedrock is not set up");
  });

  test("marks tools, stable prompt and the newest message for the cache, for models that take it", async () => {
    const { body } = await hear(plain);
    const mark = { cachePoint: { type: "default" } };
    expect(body.system).toEqual([{ text: "You are a careful reader." }, mark, { text: "It is Thursday." }]);
    expect(body.toolConfig.tools.at(-1)).toEqual(mark);
    expect(body.messages.at(-1).content).toEqual([{ text: "hi" }, mark]);
    const other = await hear({ ...plain, model: "openai.gpt-oss-120b-1:0" });
    expect(JSON.stringify(other.body)).not.toContain("cachePoint");
    expect(other.body.additionalModelRequestFields).toEqual({ reasoning_effort: "low" });
  });

  test("[A36] sends pictures and documents under names it takes, never a document without a word", async () => {
    const pdf = { type: "file", mediaType: "application/pdf", data: "JVBERi0=", name: "my_bill: May.pdf" } as const;
    const { body } = await hear(plainRequest(model, [{ type: "user", content: [pdf] }]));
    expect(body.messages[0].content.slice(0, 2)).toEqual([
      { text: "[A document is attached.]" },
      { document: { format: "pdf", name: "my bill May 1", source: { bytes: "JVBERi0=" } } },
    ]);
    const told = await hear(plainRequest("meta.llama9", [{ type: "user", content: [pdf] }]));
    expect(told.body.messages[0].content[0].text).toContain("cannot read it");
  });

  test("names the tools that were called where none may be called any more", async () => {
    const call = { type: "tool-call", id: "c1", name: "read", input: {} } as const;
    const turns = [userTurn("hi"), stepTurn([call], { provider: "openai", model: "x" })];
    const { body } = await hear({ ...plainRequest(model, turns), tools: [] });
    expect(body.toolConfig.tools[0].toolSpec.name).toBe("read");
    expect((await hear({ ...plain, tools: [] })).body.toolConfig).toBeUndefined();
  });

  test.each([
    ["!throttlingException", "Too many tokens, please wait", "limited", "provider.limited"],
    ["!modelStreamErrorException", "it broke", "unavailable", "provider.unavailable"],
    ["!internalServerException", "it broke", "unavailable", "provider.unavailable"],
    ["!serviceUnavailableException", "busy", "limited", "provider.overloaded"],
    ["!validationException", "Input is too long for requested model.", "overflow", "provider.overflow"],
  ])("hears %s in mid-stream, and keeps what was said", async (name, message, kind, code) => {
    const said = fixture("text.jsonl").split("\n").slice(0, 2).join("\n");
    const { events } = await hear(plain, (world) =>
      world.vendor.answerWith(200, `${said}\n${JSON.stringify({ [name]: { message } })}`, {
        "content-type": contentType,
      }),
    );
    expect(events).toMatchObject([{ text: "Hello " }, { type: "fault", fault: { kind, code } }]);
  });

  test.each([
    ["global.anthropic.claude-opus-5-5", "off", { thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
    ["eu.anthropic.claude-haiku-4-5-20251001-v1:0", "low", { thinking: { type: "enabled", budget_tokens: 2048 } }],
    ["anthropic.claude-3-haiku-20240307-v1:0", "high", {}],
    ["us.anthropic.claude-opus-4-6-v1", "off", { thinking: { type: "disabled" } }],
    ["global.amazon.nova-2-lite-v1:0", "high", { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } }],
    ["meta.llama4-maverick-17b-instruct-v1:0", "high", {}],
  ] as const)("tells %s to think %s in the way it takes", (id, level, fields) => {
    expect(thinkingFields(id, level, 32_000)).toMatchObject(fields);
  });
});
