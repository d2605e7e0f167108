// OpenAI and servers that speak its APIs, through OpenAI's own SDK. Retries, failover and cost are the house's affair.
import {
  type Activate,
  type AnswerParts,
  answerOf,
  faultReader,
  type ModelRequest,
  type Provider,
  type ProviderContext,
  refusing,
} from "@homarus/sdk";
import OpenAI from "openai";
import { openChatStep } from "./chat-events.ts";
import { takenBy } from "./chat-parts.ts";
import { chatRequest } from "./chat-request.ts";
import type manifest from "./manifest.ts";
import { conversing } from "./models.ts";
import { openResponsesStep } from "./responses-events.ts";
import { responsesRequest } from "./responses-request.ts";

/** What is read of the settings of any vendor that this code serves. */
export interface OpenAiConfig {
  readonly apiKey?: string | undefined;
  readonly baseUrl: string;
  readonly api?: "auto" | "responses" | "chat" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type Opening<VendorEvent> = Pick<AnswerParts<VendorEvent>, "step" | "open">;

export const activate = (({ id, config, fetch, clock, vendor }: ProviderContext<OpenAiConfig>): Provider => {
  const isOpenAi = new URL(config.baseUrl).host === "api.openai.com";
  const api = (config.api ?? "auto") === "auto" ? (isOpenAi ? "responses" : "chat") : config.api;
  const client = openClient({ config, fetch: refusing(fetch), headers: vendor.habits.headers });
  const secrets = [config.apiKey, ...Object.values(config.headers ?? {})];
  const fault = faultReader({ vendor, now: () => clock.now(), secrets });
  let known = vendor.models;
  const target = (model: string) => ({ provider: id, isOpenAi, habits: vendor.habits, takes: takenBy(model, known) });

  const chat = (request: ModelRequest, signal: AbortSignal): Opening<OpenAI.Chat.ChatCompletionChunk> => ({
    step: openChatStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`),
    open: async () => {
      const asked = client.chat.completions.create(chatRequest(request, target(request.model)), { signal });
      const { data, response } = await asked.withResponse();
      return { events: data, headers: response.headers };
    },
  });
  const responses = (request: ModelRequest, signal: AbortSignal): Opening<OpenAI.Responses.ResponseStreamEvent> => ({
    step: openResponsesStep((error) => fault(error, { signal, hasBegun: true }).toJSON()),
    open: async () => {
      const asked = client.responses.create(
        responsesRequest(request, { provider: id, takes: takenBy(request.model, known) }),
        { signal },
      );
      const { data, response } = await asked.withResponse();
      return { events: data, headers: response.headers };
    },
  });
  const answer = <VendorEvent>(opening: Opening<VendorEvent>, signal: AbortSignal) =>
    answerOf({ ...opening, fault, now: () => clock.now(), signal });

  return {
    stream: (request, signal) =>
      api === "chat" ? answer(chat(request, signal), signal) : answer(responses(request, signal), signal),
    async models(signal) {
      try {
        const listed = await Array.fromAsync(client.models.list({ signal }));
        known = conversing(listed, vendor);
        return known;
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
    async embed({ model, texts, dimensions }, signal) {
      try {
        const wish = { model, input: [...texts], encoding_format: "float" as const, ...(dimensions && { dimensions }) };
        const { data, usage } = await client.embeddings.create(wish, { signal });
        const ordered = [...data].sort((a, b) => a.index - b.index);
        return { vectors: ordered.map((item) => item.embedding), tokens: usage?.total_tokens ?? 0 };
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
  };
}) satisfies Activate<typeof manifest>;

interface ClientParts {
  readonly config: OpenAiConfig;
  readonly fetch: ProviderContext["fetch"];
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Everything is said here, since the SDK else reads the environment for what is left out. */
function openClient({ config, fetch, headers }: ClientParts): OpenAI {
  const apiKey = config.apiKey ?? "";
  // A server without a key gets no header that would look like one.
  const unsigned = apiKey === "" ? { Authorization: null } : {};
  return new OpenAI({
    ...{ apiKey: apiKey || "none", adminAPIKey: null, organization: null, project: null, webhookSecret: null },
    ...{ baseURL: config.baseUrl, fetch, maxRetries: 0, logLevel: "off" },
    defaultHeaders: { ...unsigned, ...headers, ...config.headers },
  });
}
