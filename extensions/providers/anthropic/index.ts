// Anthropic's Messages API through Anthropic's own SDK. Retries, failover and cost are the house's affair.

import Anthropic from "@anthropic-ai/sdk";
import {
  type Activate,
  answerOf,
  createTokens,
  type Fetch,
  faultReader,
  fetchWithToken,
  type ModelInfo,
  type Provider,
  type ProviderContext,
  refusing,
} from "@homarus/sdk";
import { openStep } from "./events.ts";
import { faultRows } from "./faults.ts";
import { obtainToken, readLoginFile, storedLogin, storeLogin } from "./login.ts";
import type manifest from "./manifest.ts";
import { messagesRequest } from "./request.ts";

/** What is read of the settings of any vendor that this code serves. */
export interface AnthropicConfig {
  readonly apiKey?: string | undefined;
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where a login is refreshed. */
  readonly tokenUrl: string;
}

/** The token of a subscription is no key: it goes as a bearer token, and has to be announced with each request. */
const tokenBeta = "oauth-2025-04-20";

export const activate = ((context: ProviderContext<AnthropicConfig>): Provider => {
  const { id, config, clock, vendor, store } = context;
  const announced = isToken(config) ? [tokenBeta] : [];
  const fetch = config.apiKey ? context.fetch : fetchByLogin(context);
  const client = openClient(config, { fetch, headers: vendor.habits.headers });
  const now = () => clock.now();
  const secrets = [config.apiKey, ...Object.values(config.headers ?? {})];
  const fault = faultReader({ vendor, now, secrets, rows: faultRows });

  return {
    stream(request, signal) {
      const known = vendor.models.find((model) => model.id === request.model);
      const { body, betas } = messagesRequest(request, { provider: id, known });
      const headers = betaHeader([...announced, ...betas]);
      const open = async () => {
        const { data, response } = await client.messages.create(body, { signal, headers }).withResponse();
        return { events: data, headers: response.headers };
      };
      return answerOf({ step: openStep(), open, fault, now, signal });
    },
    async adoptLogin(text) {
      const login = readLoginFile(text, clock.now());
      await storeLogin(store, login);
      return { type: "done", ...(login.account === undefined ? {} : { account: login.account }) };
    },
    async models(signal) {
      try {
        const listed = await Array.fromAsync(
          client.models.list({ limit: 1000 }, { signal, headers: betaHeader(announced) }),
        );
        return listed.map(infoOf);
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
  };
}) satisfies Activate<typeof manifest>;

/** Without a key by the stored login; a server that wants neither is asked with neither. */
function fetchByLogin(context: ProviderContext<AnthropicConfig>): Fetch {
  const { store, fetch, clock } = context;
  const tokens = createTokens({ now: () => clock.now(), obtain: (refused) => obtainToken(context, refused) });
  const byToken = fetchWithToken(tokens, (token, input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("x-api-key");
    headers.set("authorization", `Bearer ${token.secret}`);
    headers.append("anthropic-beta", tokenBeta);
    return fetch(input, { ...init, headers });
  });
  return async (input, init) => ((await storedLogin(store)) ? await byToken(input, init) : await fetch(input, init));
}

function isToken({ apiKey }: Pick<AnthropicConfig, "apiKey">): boolean {
  return apiKey?.startsWith("sk-ant-oat") ?? false;
}

function betaHeader(betas: readonly string[]): Readonly<Record<string, string>> {
  return betas.length > 0 ? { "anthropic-beta": betas.join(",") } : {};
}

interface ClientParts {
  readonly fetch: ProviderContext["fetch"];
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Everything is said here, since the SDK else reads the environment for what is left out. */
function openClient(
  { apiKey = "", baseUrl, headers: own }: AnthropicConfig,
  { fetch, headers }: ClientParts,
): Anthropic {
  const key = isToken({ apiKey }) ? { apiKey: null, authToken: apiKey } : { apiKey: apiKey || "none", authToken: null };
  // The SDK sends a key as a bearer token, which servers that copied this API earlier do not look at.
  const isElsewhere = new URL(baseUrl).host !== "api.anthropic.com";
  const other = apiKey === "" ? { Authorization: null } : isElsewhere ? { "x-api-key": apiKey } : {};
  return new Anthropic({
    ...{ ...key, webhookKey: null, baseURL: baseUrl, fetch: refusing(fetch), maxRetries: 0, logLevel: "off" },
    defaultHeaders: { ...other, ...headers, ...own },
  });
}

/** What the vendor says of a model. Servers that copy this API leave much of it out. */
function infoOf(model: Anthropic.ModelInfo): ModelInfo {
  const can: Partial<Anthropic.ModelCapabilities> = model.capabilities ?? {};
  return {
    id: model.id,
    name: model.display_name || model.id,
    ...(model.max_input_tokens ? { contextTokens: model.max_input_tokens } : {}),
    ...(model.max_tokens ? { outputTokens: model.max_tokens } : {}),
    thinking: can.thinking?.supported ?? false,
    input: [
      "text",
      ...(can.image_input?.supported ? ["image" as const] : []),
      ...(can.pdf_input?.supported ? ["file" as const] : []),
    ],
  };
}
