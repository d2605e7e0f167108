// GitHub Copilot as data, served by the code for OpenAI's API; how it is entered says access.ts. Source: docs.github.com,
// "Supported AI models in GitHub Copilot" (2026-06).
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "copilot",
  kind: "provider",
  title: "GitHub Copilot",
  description: "The models of a GitHub Copilot plan, by logging in at GitHub.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["tools", "images", "models", "login"],
  permissions: {
    hosts: [
      "github.com",
      "api.github.com",
      "api.githubcopilot.com",
      "api.individual.githubcopilot.com",
      "api.business.githubcopilot.com",
      "api.enterprise.githubcopilot.com",
      "{config.githubUrl}",
      "{config.apiUrl}",
      "{config.baseUrl}",
    ],
  },
  environment: { apiKey: ["COPILOT_GITHUB_TOKEN"] },
  preference: 85,
  defaultModel: "claude-sonnet-4.6",
  tiers: { fast: "gpt-5-mini", balanced: "claude-sonnet-4.6", strong: "claude-opus-4.8" },
  models: models as readonly ModelInfo[],
  habits: {
    // It answers editors alone, each by its own name; the integration is the one that editors of others use too.
    headers: {
      "Editor-Version": "Homarus/0.1",
      "Editor-Plugin-Version": "homarus/0.1",
      "Copilot-Integration-Id": "vscode-chat",
    },
    thinking: [],
    reasoning: "never",
  },
  config: s.object({
    apiKey: s.secret({
      title: "GitHub token",
      help: "In place of a login: a token of a GitHub app that may use Copilot.",
    }),
    githubUrl: s.withDefault(
      s.string({ title: "GitHub", help: "Where one logs in; for GitHub Enterprise another.", format: "uri" }),
      "https://github.com",
    ),
    apiUrl: s.withDefault(
      s.string({ title: "GitHub's API", help: "For GitHub Enterprise https://api.<its address>.", format: "uri" }),
      "https://api.github.com",
    ),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "As it stands, GitHub says which one is the account's.", format: "uri" }),
      "https://api.githubcopilot.com",
    ),
  }),
});
