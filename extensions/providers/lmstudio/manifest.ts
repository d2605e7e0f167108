// LM Studio as data, served by the code for OpenAI's API: a model server on this machine. It needs no key.
import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "lmstudio",
  kind: "provider",
  title: "LM Studio",
  description: "Models that run on this machine, or on one nearby, in LM Studio.",
  since: "0.1",
  adapter: "openai",
  capabilities: ["thinking", "tools", "images", "models", "embeddings"],
  permissions: { hosts: ["127.0.0.1", "localhost", "{config.baseUrl}"] },
  environment: { baseUrl: ["LMSTUDIO_BASE_URL"], apiKey: ["LMSTUDIO_API_KEY"] },
  preference: 110,
  defaultModel: "qwen3-8b",
  embeddingModel: "text-embedding-nomic-embed-text-v1.5",
  detect: "http://127.0.0.1:1234/v1/models",
  free: true,
  // Which models there are depends on what the owner fetched; the server is asked.
  models: [],
  config: s.object({
    apiKey: s.optional(s.secret({ title: "API key", help: "Only for a server that asks for one." })),
    baseUrl: s.withDefault(
      s.string({ title: "Address", help: "With the version, for example http://192.168.1.20:1234/v1.", format: "uri" }),
      "http://127.0.0.1:1234/v1",
    ),
  }),
});
