// Groq as data, served by the code for OpenAI's API. Sources: console.groq.com, "Reasoning", "Rate limits" (2026-11).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "groq",
  kind: "provider",
  title: "Groq",
  description: "Open models on Groq's fast machines.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "models"],
  permissions: { hosts: ["api.groq.com", "{config.baseUrl}"] },
  environment: { apiKey: ["GROQ_API_KEY"] },
  preference: 60,
  defaultModel: "openai/gpt-oss-120b",
  tiers: { fast: "openai/gpt-oss-20b", balanced: "openai/gpt-oss-120b", strong: "qwen/qwen3.8-27b" },
  models: models as readonly ModelInfo[],
  habits: {
    limitField: "max_completion_tokens",
    // Messages with a field for reasoning are refused for most models.
    reasoning: "never",
    thinking: [
      {
        models: "gpt-oss",
        levels: {
          off: { reasoning_effort: "low" },
          low: { reasoning_effort: "low" },
          medium: { reasoning_effort: "medium" },
          high: { reasoning_effort: "high" },
        },
      },
      {
        models: "qwen3",
        levels: {
          off: { reasoning_effort: "none" },
          low: { reasoning_effort: "default", reasoning_format: "parsed" },
          medium: { reasoning_effort: "default", reasoning_format: "parsed" },
          high: { reasoning_effort: "default", reasoning_format: "parsed" },
        },
      },
    ],
  },
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From console.groq.com/keys." }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version.", format: "uri" }),
      "https://api.groq.com/openai/v1",
    ),
  }),
});
