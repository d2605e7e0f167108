import { describe, test } from "bun:test";
import type { ProviderContext } from "@homarus/sdk";
import { vendorContract } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { recorded } from "../openai/testing/recorded.ts";
import { access } from "./access.ts";
import troubles from "./fixtures/troubles.json";
import manifest from "./manifest.ts";
import type { CopilotConfig } from "./session.ts";

const secret = "tid=test;exp=1;sku=x:0123456789abcdef";
const exchanged = { token: secret, expires_at: 1_900_000_000, refresh_in: 1_500 };

const vendor = {
  ...recorded("chat"),
  ...{ manifest, model: "claude-sonnet-4.6", secret, troubles },
  activate: (context: ProviderContext<CopilotConfig & { apiKey: string }>) => {
    const { fetch, ...own } = access(context);
    return { ...activate({ ...context, fetch }), ...own };
  },
  config: {
    ...{ apiKey: "ghu_test", githubUrl: "https://github.com", apiUrl: "https://api.github.com" },
    baseUrl: "https://api.githubcopilot.com",
  },
  paths: { "/copilot_internal/v2/token": JSON.stringify(exchanged) },
};

vendorContract({ describe, test }, vendor, { title: "[A10] GitHub Copilot", has: ["history-images"] });
