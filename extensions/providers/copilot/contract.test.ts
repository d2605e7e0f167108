import { describe, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ProviderContext } from "@homarus/sdk";
import {
  openVendorWorld,
  type ProviderWorld,
  providerContract,
  providerScenes,
  runContract,
  troubleCapabilities,
} from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { access } from "./access.ts";
import manifest from "./manifest.ts";
import type { CopilotConfig } from "./session.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const chat = (name: string): string => read(`../openai/fixtures/chat/${name}`);

const secret = "tid=test;exp=1;sku=x:0123456789abcdef";
const troubles = JSON.parse(read("fixtures/troubles.json"));
const exchanged = { token: secret, expires_at: 1_900_000_000, refresh_in: 1_500 };

const open = () =>
  openVendorWorld({
    ...{ manifest, model: "claude-sonnet-4.6", secret, troubles },
    activate: (context: ProviderContext<CopilotConfig & { apiKey: string }>) => {
      const { fetch, ...own } = access(context);
      return { ...activate({ ...context, fetch }), ...own };
    },
    config: {
      ...{ apiKey: "ghu_test", githubUrl: "https://github.com", apiUrl: "https://api.github.com" },
      baseUrl: "https://api.githubcopilot.com",
    },
    scenes: Object.fromEntries(providerScenes.map((scene) => [scene, chat(`${scene}.sse`)])),
    says: JSON.parse(chat("says.json")),
    breaks: JSON.parse(chat("breaks.json")),
    models: read("../openai/fixtures/models.json"),
    contentType: "text/event-stream",
    paths: { "/copilot_internal/v2/token": JSON.stringify(exchanged) },
  });

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A10] GitHub Copilot",
  capabilities: [
    ...[
      "remote",
      "tools",
      "parallel-calls",
      "malformed-arguments",
      "usage",
      "length",
      "cut-calls",
      "refusals",
      "models",
    ],
    ...["cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks", "history-images"],
    ...troubleCapabilities(troubles),
  ],
  open: async () => open(),
});
