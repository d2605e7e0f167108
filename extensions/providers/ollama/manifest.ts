// Ollama as data: a model server on this machine, or another one by its address. It needs no key.
import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "ollama",
  kind: "provider",
  title: "Ollama",
  description: "Models that run on this machine, or on one nearby, through an Ollama server.",
  since: "0.1",
  capabilities: ["thinking", "tools", "images", "models", "embeddings"],
  permissions: { hosts: ["127.0.0.1", "localhost", "{config.baseUrl}"] },
  environment: { apiKey: ["OLLAMA_API_KEY"] },
  preference: 100,
  defaultModel: "qwen3",
  embeddingModel: "nomic-embed-text",
  detect: "http://127.0.0.1:11434/api/version",
  // Which models there are depends on what the owner pulled; the server is asked.
  free: true,
  models: [],
  config: s.object({
    apiKey: s.optional(s.secret({ title: "API key", help: "Only for a server behind a login, such as ollama.com." })),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "Without a path, for example http://192.168.1.20:11434.", format: "uri" }),
      "http://127.0.0.1:11434",
    ),
    contextTokens: s.withDefault(
      s.integer({
        title: "Context",
        help: "Tokens a conversation may have. More needs more memory; a model's own limit still holds.",
        min: 2048,
      }),
      32_768,
    ),
    headers: s.optional(
      s.record(s.secret(), {
        title: "Headers",
        help: "Sent with each request, for servers that want more than a key.",
      }),
    ),
  }),
});
