// Anthropic as data: what the owner sets up, what it can do, where it may reach.
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "anthropic",
  kind: "provider",
  title: "Anthropic",
  description: "Claude, through Anthropic's Messages API.",
  since: "0.1",
  capabilities: ["thinking", "tools", "images", "files", "models", "login-file"],
  permissions: { hosts: ["api.anthropic.com", "platform.claude.com", "{config.baseUrl}", "{config.tokenUrl}"] },
  environment: { apiKey: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"], baseUrl: ["ANTHROPIC_BASE_URL"] },
  preference: 10,
  defaultModel: "claude-sonnet-5-5",
  tiers: { fast: "claude-haiku-5-5", balanced: "claude-sonnet-5-5", strong: "claude-opus-5-5" },
  models: models as readonly ModelInfo[],
  config: s.object({
    apiKey: s.secret({
      title: "API key",
      help: "From platform.claude.com, Settings, API keys; or a token of your own subscription (sk-ant-oat...).",
    }),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "Another server that speaks the Messages API.", format: "uri" }),
      "https://api.anthropic.com",
    ),
    tokenUrl: s.withDefault(
      s.string({ title: "Refresh", help: "Where the login of a subscription is refreshed.", format: "uri" }),
      "https://platform.claude.com/v1/oauth/token",
    ),
    headers: s.optional(
      s.record(s.secret(), {
        title: "Headers",
        help: "Sent with each request, for servers that want more than a key.",
      }),
    ),
  }),
});
