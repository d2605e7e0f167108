// The providers that talk to a vendor, as a table: how each is opened at an address, and what its recorded vendor says.
import { readFileSync } from "node:fs";
import type { Fetch, Provider, ProviderContext, VendorSource } from "@homarus/sdk";
import {
  type Breaks,
  createFakeClock,
  createFakeVendor,
  createProviderContext,
  type FakeVendor,
  type ProviderScene,
  providerScenes,
  type SceneContent,
  troubleCapabilities,
} from "@homarus/sdk/testing";
import { activate as anthropic } from "../../extensions/providers/anthropic/index.ts";
import anthropicManifest from "../../extensions/providers/anthropic/manifest.ts";
import { eventStream } from "../../extensions/providers/bedrock/event-stream.ts";
import { activate as bedrock } from "../../extensions/providers/bedrock/index.ts";
import bedrockManifest from "../../extensions/providers/bedrock/manifest.ts";
import { activate as google } from "../../extensions/providers/google/index.ts";
import googleManifest from "../../extensions/providers/google/manifest.ts";
import { activate as ollama } from "../../extensions/providers/ollama/index.ts";
import ollamaManifest from "../../extensions/providers/ollama/manifest.ts";
import { activate as openai } from "../../extensions/providers/openai/index.ts";
import openaiManifest from "../../extensions/providers/openai/manifest.ts";

export const clock = createFakeClock();
export const secret = "sk-test-0123456789abcdef";

export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  /** Folder of the scenes under extensions/providers. */
  readonly scenes: string;
  readonly fixtures: string;
  readonly ending: "sse" | "jsonl";
  readonly contentType: string;
  /** Another model for a mock that does not know all that the first one takes. */
  readonly mockModel?: string;
  /** How the scenes travel where that is not as text. */
  readonly encode?: (lines: string) => Uint8Array;
  /** What this vendor cannot be made to say. */
  readonly unsaid: readonly string[];
  readonly open: (address: string, fetch: Fetch) => Provider;
}

function context<Config>(manifest: VendorSource, config: Config, fetch: Fetch): ProviderContext<Config> {
  return createProviderContext(manifest, { config, fetch, clock });
}

const openaiAt = (api: "chat" | "responses") => (address: string, fetch: Fetch) =>
  openai(context(openaiManifest, { apiKey: secret, baseUrl: `${address}/v1`, api }, fetch));

export const subjects: readonly Subject[] = [
  {
    ...{
      id: "anthropic",
      title: "[A02] Anthropic",
      model: "claude-sonnet-5-5",
      ending: "sse",
      contentType: "text/event-stream",
      unsaid: [],
    },
    ...{ scenes: "anthropic/fixtures", fixtures: "anthropic/fixtures" },
    open: (address, fetch) =>
      anthropic(context(anthropicManifest, { apiKey: secret, baseUrl: address, tokenUrl: address }, fetch)),
  },
  {
    ...{
      id: "openai",
      title: "[A04] OpenAI Chat Completions",
      model: "gpt-5.5",
      ending: "sse",
      contentType: "text/event-stream",
      unsaid: [],
    },
    ...{ scenes: "openai/fixtures/chat", fixtures: "openai/fixtures" },
    open: openaiAt("chat"),
  },
  {
    ...{
      id: "openai",
      title: "[A05] OpenAI Responses",
      model: "gpt-5.5",
      ending: "sse",
      contentType: "text/event-stream",
      unsaid: [],
    },
    ...{ scenes: "openai/fixtures/responses", fixtures: "openai/fixtures" },
    open: openaiAt("responses"),
  },
  {
    ...{
      id: "google",
      title: "[A03] Google Gemini",
      model: "gemini-3.8-flash",
      ending: "sse",
      contentType: "text/event-stream",
    },
    ...{
      scenes: "google/fixtures",
      fixtures: "google/fixtures",
      unsaid: ["malformed-arguments", "cut-call", "cut-calls"],
    },
    open: (address, fetch) => google(context(googleManifest, { apiKey: secret, baseUrl: address }, fetch)),
  },
  {
    ...{ id: "ollama", title: "[A07] Ollama", model: "qwen3:8b", ending: "jsonl", contentType: "application/x-ndjson" },
    ...{
      scenes: "ollama/fixtures",
      fixtures: "ollama/fixtures",
      unsaid: ["refused", "refusals", "cut-call", "cut-calls"],
    },
    open: (address, fetch) =>
      ollama(context(ollamaManifest, { apiKey: secret, baseUrl: address, contextTokens: 32_768 }, fetch)),
  },
  {
    ...{ id: "bedrock", title: "[A09] AWS Bedrock", model: "global.anthropic.claude-opus-5-5", ending: "jsonl" },
    ...{ mockModel: "amazon.nova-pro-v1:0", contentType: "application/vnd.amazon.eventstream", encode: eventStream },
    ...{ scenes: "bedrock/fixtures", fixtures: "bedrock/fixtures", unsaid: ["models", "model-troubles"] },
    open: (address, fetch) =>
      bedrock(context(bedrockManifest, { region: "eu-central-1", apiKey: secret, endpoint: address }, fetch)),
  },
];

const fixture = (path: string): string =>
  readFileSync(new URL(`../../extensions/providers/${path}`, import.meta.url), "utf8");

export function openVendor(subject: Subject): FakeVendor {
  const said = providerScenes.filter((scene) => !subject.unsaid.includes(scene));
  return createFakeVendor({
    scenes: Object.fromEntries(said.map((scene) => [scene, fixture(`${subject.scenes}/${scene}.${subject.ending}`)])),
    troubles: JSON.parse(fixture(`${subject.fixtures}/troubles.json`)),
    breaks: breaksOf(subject),
    models: subject.unsaid.includes("models") ? "{}" : fixture(`${subject.fixtures}/models.json`),
    contentType: subject.contentType,
    ...(subject.encode ? { encode: subject.encode } : {}),
    paths: subject.id === "ollama" ? { "/api/show": fixture("ollama/fixtures/show.json") } : {},
  });
}

export function saysOf(subject: Subject): Readonly<Record<ProviderScene, SceneContent>> {
  return JSON.parse(fixture(`${subject.scenes}/says.json`));
}

/** What this vendor was recorded to refuse, as capabilities. */
export function troublesOf(subject: Subject): readonly string[] {
  return troubleCapabilities(JSON.parse(fixture(`${subject.fixtures}/troubles.json`)));
}

export function breaksOf(subject: Subject): Breaks {
  return JSON.parse(fixture(`${subject.scenes}/breaks.json`));
}
