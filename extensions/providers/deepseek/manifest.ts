// DeepSeek as data, served by the code for OpenAI's API. Source: api-docs.deepseek.com, "Thinking Mode" (2026-09).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "deepseek",
  kind: "provider",
  title: "DeepSeek",
  description: "DeepSeek's models, through its own API.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "models"],
  permissions: { hosts: ["api.deepseek.com", "{config.baseUrl}"] },
  environment: { apiKey: ["DEEPSEEK_API_KEY"] },
  preference: 70,
  defaultModel: "deepseek-flash",
  tiers: { fast: "deepseek-flash", balanced: "deepseek-flash", strong: "deepseek-v4-pro" },
  models: models as readonly ModelInfo[],
  habits: {
    // Once a step called tools, its reasoning has to come back in every later request, and a step of another model needs
    // the field too: without it the request is refused.
    reasoning: "always",
    reasoningField: "reasoning_content",
    thinking: [
      {
        models: "",
        levels: {
          off: { thinking: { type: "disabled" } },
          low: { thinking: { type: "enabled" }, reasoning_effort: "low" },
          medium: { thinking: { type: "enabled" }, reasoning_effort: "medium" },
          high: { thinking: { type: "enabled" }, reasoning_effort: "high" },
        },
      },
    ],
  },
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From platform.deepseek.com/api_keys." }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version.", format: "uri" }),
      "https://api.deepseek.com",
    ),
  }),
});
