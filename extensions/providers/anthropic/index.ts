// Anthropic's Messages API through Anthropic's own SDK. Retries, failover and cost are the house's affair.

import Anthropic from "@anthropic-ai/sdk";
import type { Activate, Fault, ModelInfo, Provider } from "@homarus/sdk";
import { openStep } from "./events.ts";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";
import knownModels from "./models.json" with { type: "json" };
import { messagesRequest } from "./request.ts";

export const activate: Activate<typeof manifest> = ({ id, config, fetch, clock }): Provider => {
  // Everything is said here, since the SDK else reads the environment for what is left out.
  const client = new Anthropic({
    ...{ apiKey: config.apiKey, authToken: null, webhookKey: null, baseURL: config.baseUrl },
    ...{ fetch, maxRetries: 0, logLevel: "off" },
  });
  const fault = (thrown: unknown, signal: AbortSignal): Fault =>
    faultOf(thrown, { now: clock.now(), secret: config.apiKey, isStopped: signal.aborted });

  return {
    async *stream(request, signal) {
      const step = openStep();
      try {
        const outputTokens = knownModels.find((model) => model.id === request.model)?.outputTokens;
        const { body, headers } = messagesRequest(request, { provider: id, outputTokens });
        for await (const event of await client.messages.create(body, { signal, headers })) {
          if (signal.aborted) break;
          yield* step.take(event);
        }
        yield signal.aborted ? { type: "fault", fault: fault(undefined, signal).toJSON() } : step.end();
      } catch (thrown) {
        yield { type: "fault", fault: fault(thrown, signal).toJSON() };
      }
    },
    async models(signal) {
      try {
        const listed = await Array.fromAsync(client.models.list({ limit: 1000 }, { signal }));
        return listed.map(infoOf);
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
  };
};

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
