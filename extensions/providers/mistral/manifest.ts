// Mistral as data, served by the code for OpenAI's API. Source: docs.mistral.ai, "Chat completion", "Reasoning" (2026-10).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "mistral",
  kind: "provider",
  title: "Mistral",
  description: "Mistral's models, through its own API.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "models"],
  permissions: { hosts: ["api.mistral.ai", "{config.baseUrl}"] },
  environment: { apiKey: ["MISTRAL_API_KEY"] },
  preference: 80,
  defaultModel: "mistral-medium-3-5",
  tiers: { fast: "mistral-small-2603", balanced: "mistral-large-2512", strong: "mistral-medium-3-5" },
  models: models as readonly ModelInfo[],
  habits: {
    // Fields it does not know are refused, and it counts tokens without being asked.
    countsUnasked: true,
    callIdLength: 9,
    // "Unexpected role 'user' after role 'tool'": a message that steers, and a tool's pictures, stand there.
    afterTools: "I have read the results.",
    // Its reasoning comes as parts of the content and is not taken back as a field.
    reasoning: "never",
    thinking: [
      {
        models: "^mistral-(?:small-(?:2603|latest)|medium-(?:3[-.]5|2604|latest)|large-4)",
        levels: {
          off: { reasoning_effort: "none" },
          low: { reasoning_effort: "high" },
          medium: { reasoning_effort: "high" },
          high: { reasoning_effort: "high" },
        },
      },
    ],
  },
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From console.mistral.ai, API keys." }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version.", format: "uri" }),
      "https://api.mistral.ai/v1",
    ),
  }),
});
