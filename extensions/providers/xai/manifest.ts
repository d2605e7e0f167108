// xAI as data, served by the code for OpenAI's API. Source: docs.x.ai, "Reasoning" (2026-11).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "xai",
  kind: "provider",
  title: "xAI",
  description: "Grok, through xAI's API.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "models"],
  permissions: { hosts: ["api.x.ai", "{config.baseUrl}"] },
  environment: { apiKey: ["XAI_API_KEY"] },
  preference: 50,
  defaultModel: "grok-4.7",
  tiers: { fast: "grok-4.3", balanced: "grok-4.3", strong: "grok-4.7" },
  models: models as readonly ModelInfo[],
  habits: {
    limitField: "max_completion_tokens",
    thinking: [
      // Only this one can do without.
      {
        models: "^grok-4\\.3",
        levels: {
          off: { reasoning_effort: "none" },
          low: { reasoning_effort: "low" },
          medium: { reasoning_effort: "medium" },
          high: { reasoning_effort: "high" },
        },
      },
      {
        models: "^grok-4\\.[5-9]",
        levels: {
          off: { reasoning_effort: "low" },
          low: { reasoning_effort: "low" },
          medium: { reasoning_effort: "medium" },
          high: { reasoning_effort: "high" },
        },
      },
    ],
    unlisted: "imagine",
  },
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From console.x.ai." }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version.", format: "uri" }),
      "https://api.x.ai/v1",
    ),
  }),
});
