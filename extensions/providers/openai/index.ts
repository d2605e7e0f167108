// OpenAI and servers that speak its APIs, through OpenAI's own SDK. Retries, failover and cost are the house's affair.
import type { Activate, Fault, ModelInfo, ModelRequest, Provider, ProviderEvent } from "@homarus/sdk";
import OpenAI from "openai";
import { type OpenStep, openChatStep } from "./chat-events.ts";
import { chatRequest } from "./chat-request.ts";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";
import knownModels from "./models.json" with { type: "json" };
import { conversing } from "./models.ts";
import { openResponsesStep } from "./responses-events.ts";
import { responsesRequest } from "./responses-request.ts";

type Call<VendorEvent> = {
  readonly step: OpenStep<VendorEvent>;
  readonly open: () => PromiseLike<AsyncIterable<VendorEvent>>;
};

export const activate: Activate<typeof manifest> = ({ id, config, fetch, clock }): Provider => {
  const isVendor = new URL(config.baseUrl).host === "api.openai.com";
  const api = config.api === "auto" ? (isVendor ? "responses" : "chat") : config.api;
  // Everything is said here, since the SDK else reads the environment for what is left out.
  const client = new OpenAI({
    ...{ apiKey: config.apiKey, adminAPIKey: null, organization: null, project: null, webhookSecret: null },
    ...{ baseURL: config.baseUrl, fetch, maxRetries: 0, logLevel: "off" },
  });
  const fault = (thrown: unknown, signal: AbortSignal): Fault =>
    faultOf(thrown, { now: clock.now(), secret: config.apiKey, isStopped: signal.aborted });

  async function* run<VendorEvent>(call: Call<VendorEvent>, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    try {
      for await (const event of await call.open()) {
        if (signal.aborted) break;
        yield* call.step.take(event);
      }
      yield signal.aborted ? { type: "fault", fault: fault(undefined, signal).toJSON() } : call.step.end();
    } catch (thrown) {
      yield { type: "fault", fault: fault(thrown, signal).toJSON() };
    }
  }
  const chat = (request: ModelRequest, signal: AbortSignal): Call<OpenAI.Chat.ChatCompletionChunk> => ({
    step: openChatStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`),
    open: () => client.chat.completions.create(chatRequest(request, { provider: id, isVendor }), { signal }),
  });
  const responses = (request: ModelRequest, signal: AbortSignal): Call<OpenAI.Responses.ResponseStreamEvent> => ({
    step: openResponsesStep((error) => fault(error, signal).toJSON()),
    open: () => client.responses.create(responsesRequest(request, id), { signal }),
  });

  return {
    stream: (request, signal) =>
      api === "chat" ? run(chat(request, signal), signal) : run(responses(request, signal), signal),
    async models(signal) {
      try {
        const listed = await Array.fromAsync(client.models.list({ signal }));
        return conversing(listed, knownModels as readonly ModelInfo[]);
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
    async embed({ model, texts, dimensions }, signal) {
      try {
        const wish = { model, input: [...texts], encoding_format: "float" as const, ...(dimensions && { dimensions }) };
        const { data, usage } = await client.embeddings.create(wish, { signal });
        const ordered = [...data].sort((a, b) => a.index - b.index);
        return { vectors: ordered.map((item) => item.embedding), tokens: usage?.total_tokens ?? 0 };
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
  };
};
