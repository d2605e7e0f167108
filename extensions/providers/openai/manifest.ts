// OpenAI as data, and whatever speaks its two APIs: OpenRouter, LM Studio, vLLM and other servers by their address.
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "openai",
  kind: "provider",
  title: "OpenAI",
  description:
    "OpenAI's models, and any server that speaks its API: OpenRouter, LM Studio, vLLM and others by address.",
  since: "0.1",
  capabilities: ["thinking", "tools", "images", "files", "models", "embeddings"],
  permissions: { hosts: ["api.openai.com", "{config.baseUrl}"] },
  environment: { apiKey: ["OPENAI_API_KEY"], baseUrl: ["OPENAI_BASE_URL"] },
  preference: 20,
  defaultModel: "gpt-6.1-sol",
  embeddingModel: "text-embedding-3-small",
  tiers: { fast: "gpt-6-luna", balanced: "gpt-6.1-sol", strong: "gpt-6-astra" },
  models: models as readonly ModelInfo[],
  config: s.object({
    apiKey: s.secret({
      title: "API key",
      help: "From platform.openai.com/api-keys. A local server takes any word.",
    }),
    baseUrl: s.withDefault(
      s.string({
        title: "Address",
        help: "With the version, for example https://openrouter.ai/api/v1 or http://127.0.0.1:1234/v1.",
        format: "uri",
      }),
      "https://api.openai.com/v1",
    ),
    api: s.withDefault(
      s.choice(["auto", "responses", "chat"], {
        title: "API",
        help: "Responses or Chat Completions; auto takes Responses at OpenAI itself and Chat Completions elsewhere.",
      }),
      "auto",
    ),
    headers: s.optional(
      s.record(s.secret(), {
        title: "Headers",
        help: "Sent with each request, for servers that want more than a key, or a key under another name.",
      }),
    ),
  }),
});
