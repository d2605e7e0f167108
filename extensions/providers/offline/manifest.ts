import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "offline",
  kind: "provider",
  title: "Offline demonstration",
  description:
    "A built-in stand-in for a model: it follows a few plain requests so that the house can be seen at work without a key.",
  since: "0.1",
  capabilities: ["thinking", "tools"],
  permissions: { hosts: [] },
  environment: {},
  preference: 1000,
  defaultModel: "demonstration",
  free: true,
  models: [
    {
      id: "demonstration",
      name: "Offline demonstration (not a language model)",
      contextTokens: 32_000,
      thinking: true,
      input: ["text"],
    },
  ],
  config: s.object({
    paceMs: s.withDefault(s.integer({ title: "Pace", help: "Milliseconds between two words.", min: 0, max: 1000 }), 15),
  }),
});
