import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ModelRequest } from "@homarus/sdk";
import { openVendorWorld, plainRequest, providerScenes, sentIn, userTurn, vendorContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { factsOf } from "./model-facts.ts";

const fixture = (path: string): string => readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");

const secret = "ollama-test-0123456789abcdef";
const model = "qwen3:8b";

const vectors = [
  [1, 0.25],
  [0.5, 0],
];
const embedding = { body: JSON.stringify({ embeddings: vectors, prompt_eval_count: 5 }), vectors, tokens: 5 };

const made = providerScenes.filter((scene) => scene !== "refused" && scene !== "cut-call");
const vendor = {
  ...{ manifest, activate, model, secret, embedding },
  config: { apiKey: secret, baseUrl: "http://127.0.0.1:11434", contextTokens: 32_768 },
  scenes: Object.fromEntries(made.map((scene) => [scene, fixture(`${scene}.jsonl`)])),
  says: JSON.parse(fixture("says.json")),
  troubles: JSON.parse(fixture("troubles.json")),
  breaks: JSON.parse(fixture("breaks.json")),
  models: fixture("models.json"),
  contentType: "application/x-ndjson",
};
const open = (show = fixture("show.json")) => openVendorWorld({ ...vendor, paths: { "/api/show": show } });

vendorContract(
  { describe, test },
  { ...vendor, paths: { "/api/show": fixture("show.json") } },
  {
    title: "[A07] Ollama",
    has: ["thinking", "history-images", "thinking-replay", "embeddings"],
    // A local model has no filter that refuses for it, and the server keeps its cache by itself.
    lacks: ["cut-calls", "refusals"],
  },
);

describe("Ollama's own ways", () => {
  const sent = async (request: ModelRequest, shown: object = JSON.parse(fixture("show.json"))) =>
    (await sentIn(open(JSON.stringify(shown)), request)) as any;
  const picture = { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" } as const;
  const seeing: ModelRequest = plainRequest(model, [
    { type: "user", content: [{ type: "text", text: "look" }, picture] },
  ]);

  test("says how long the conversation may be, and that nothing of it is to be dropped in silence", async () => {
    expect(await sent(seeing)).toMatchObject({
      options: { num_ctx: 32_768 },
      truncate: false,
      shift: false,
      stream: true,
    });
    expect(
      await sent(
        { ...seeing, tools: [] },
        { capabilities: ["completion"], model_info: { "gemma.context_length": 8192 } },
      ),
    ).toMatchObject({ options: { num_ctx: 8192 } });
  });

  test("asks a model for what it can do, and for nothing else", async () => {
    const able = await sent(seeing);
    expect([able.think, able.tools.length, able.messages.at(-1).images]).toEqual([true, 1, [picture.data]]);
    const plain = await sent({ ...seeing, tools: [] }, { capabilities: ["completion"] });
    expect([plain.think, plain.tools, plain.messages.at(-1).images]).toEqual([undefined, undefined, undefined]);
    expect(plain.messages.at(-1).content).toContain("cannot read it");
  });

  test("says of a model that calls no tools that it does not, instead of leaving them out in silence", async () => {
    const { provider, vendor, play } = open(JSON.stringify({ capabilities: ["completion"] }));
    play("text");
    const events = await Array.fromAsync(provider.stream(seeing, new AbortController().signal));
    expect(events).toMatchObject([{ type: "fault", fault: { kind: "invalid", code: "provider.no-tools" } }]);
    expect(vendor.requests()).toEqual([]);
  });

  test("tells gpt-oss a level, since it takes neither yes nor no", async () => {
    const levels = ["off", "low", "high"] as const;
    const asked = await Promise.all(
      levels.map((thinking) => sent({ ...plainRequest("gpt-oss:20b", [userTurn("hi")]), thinking })),
    );
    expect(asked.map((body) => body.think)).toEqual(["low", "low", "high"]);
    expect((await sent({ ...seeing, thinking: "off" })).think).toBe(false);
  });

  test("takes a server that names no capabilities for one that can do the usual", () => {
    expect(factsOf({ model_info: null })).toEqual({
      thinks: false,
      callsTools: true,
      sees: true,
      contextTokens: undefined,
    });
  });

  test("hears an error that comes in mid-stream", async () => {
    const { provider, vendor } = open();
    vendor.answerWith(200, `${fixture("text.jsonl").split("\n")[0]}\n{"error":"the model runner has stopped"}\n`, {
      "content-type": "application/x-ndjson",
    });
    const events = await Array.fromAsync(provider.stream(seeing, new AbortController().signal));
    expect(events.map((event) => event.type)).toEqual(["text-delta", "fault"]);
    expect(events.at(-1)).toMatchObject({
      fault: { kind: "unavailable", message: expect.stringContaining("runner has stopped") },
    });
  });
});
