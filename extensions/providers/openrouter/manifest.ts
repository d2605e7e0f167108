// OpenRouter as data, served by the code for OpenAI's API. Source: openrouter.ai/docs, "Reasoning Tokens", "Usage" (2026-11).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "openrouter",
  kind: "provider",
  title: "OpenRouter",
  description: "Models of many makers with one key, through OpenRouter.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "files", "models"],
  permissions: { hosts: ["openrouter.ai", "{config.baseUrl}"] },
  environment: { apiKey: ["OPENROUTER_API_KEY"] },
  preference: 40,
  defaultModel: "openrouter/auto",
  tiers: { fast: "openai/gpt-6-luna", balanced: "openai/gpt-6-sol", strong: "anthropic/claude-opus-5.5" },
  models: models as readonly ModelInfo[],
  habits: {
    // Says which program asks, and nothing of whose.
    headers: { "HTTP-Referer": "http://localhost", "X-Title": "Homarus" },
    body: { usage: { include: true } },
    cacheMarks: "^anthropic/",
    thinking: [
      // These cannot do without, and refuse to be asked.
      {
        models: "^openai/(?:gpt-[5-9]|o\\d|gpt-oss)|^google/gemini-(?:2\\.5-pro|[3-9])|^x-ai/|^openrouter/",
        levels: {
          off: { reasoning: { effort: "low" } },
          low: { reasoning: { effort: "low" } },
          medium: { reasoning: { effort: "medium" } },
          high: { reasoning: { effort: "high" } },
        },
      },
      {
        models: "",
        levels: {
          off: { reasoning: { effort: "none" } },
          low: { reasoning: { effort: "low" } },
          medium: { reasoning: { effort: "medium" } },
          high: { reasoning: { effort: "high" } },
        },
      },
    ],
  },
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From openrouter.ai/settings/keys." }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version.", format: "uri" }),
      "https://openrouter.ai/api/v1",
    ),
  }),
});
