// Google's Gemini as data: what the owner sets up, what it can do, where it may reach.
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "google",
  kind: "provider",
  title: "Google Gemini",
  description: "Gemini, through Google's Gemini API.",
  since: "0.1",
  capabilities: ["thinking", "tools", "images", "files", "audio", "models"],
  permissions: { hosts: ["generativelanguage.googleapis.com", "{config.baseUrl}"] },
  environment: { apiKey: ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
  preference: 30,
  defaultModel: "gemini-3.8-flash",
  tiers: { fast: "gemini-3.5-flash-lite", balanced: "gemini-3.8-flash", strong: "gemini-3.1-pro-preview" },
  models: models as readonly ModelInfo[],
  config: s.object({
    apiKey: s.secret({ title: "API key", help: "From aistudio.google.com/apikey." }),
    baseUrl: s.withDefault(
      s.string({
        title: "Address",
        help: "Another server that speaks the Gemini API, without a version.",
        format: "uri",
      }),
      "https://generativelanguage.googleapis.com",
    ),
    headers: s.optional(
      s.record(s.secret(), {
        title: "Headers",
        help: "Sent with each request, for servers that want more than a key.",
      }),
    ),
  }),
});
