// OpenAI and servers that speak its APIs, through OpenAI's own SDK. Retries, failover and cost are the house's affair.
import type { Activate, FaultData, ModelInfo, ModelRequest, Provider, ProviderEvent } from "@homarus/sdk";
import OpenAI from "openai";
import { type OpenStep, openChatStep } from "./chat-events.ts";
import { chatRequest } from "./chat-request.ts";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";

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
  const faultData = (thrown: unknown, signal: AbortSignal): FaultData =>
    faultOf(thrown, { now: clock.now(), secret: config.apiKey, isStopped: signal.aborted }).toJSON();

  async function* run<VendorEvent>(call: Call<VendorEvent>, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    try {
      for await (const event of await call.open()) {
        if (signal.aborted) break;
        yield* call.step.take(event);
      }
      yield signal.aborted ? { type: "fault", fault: faultData(undefined, signal) } : call.step.end();
    } catch (thrown) {
      yield { type: "fault", fault: faultData(thrown, signal) };
    }
  }
  const chat = (request: ModelRequest, signal: AbortSignal): Call<OpenAI.Chat.ChatCompletionChunk> => ({
    step: openChatStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`),
    open: () => client.chat.completions.create(chatRequest(request, { provider: id, isVendor }), { signal }),
  });

  return {
    stream: (request, signal) => run(chat(request, signal), signal),
  };
};
