// Google's Gemini API through Google's own SDK. Retries, failover and cost are the house's affair.

// The build for browsers: the other one brings Google's login libraries and reads the environment.
import { GoogleGenAI, type Model } from "@google/genai/web";
import type { Activate, Fault, ModelInfo, Provider } from "@homarus/sdk";
import { openStep } from "./events.ts";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";
import { refusing } from "./refusal.ts";
import { contentRequest } from "./request.ts";

export const activate: Activate<typeof manifest> = ({ id, config, fetch, clock }): Provider => {
  const client = new GoogleGenAI({
    apiKey: config.apiKey,
    vertexai: false,
    // Tools described in JSON Schema, and thinking, are part of this version.
    httpOptions: { baseUrl: config.baseUrl, apiVersion: "v1beta", fetch: refusing(fetch) },
  });
  const fault = (thrown: unknown, signal: AbortSignal): Fault =>
    faultOf(thrown, { now: clock.now(), secret: config.apiKey, isStopped: signal.aborted });

  return {
    async *stream(request, signal) {
      const step = openStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`);
      try {
        signal.throwIfAborted();
        const asked = contentRequest(request, id);
        const chunks = await client.models.generateContentStream({
          ...asked,
          config: { ...asked.config, abortSignal: signal },
        });
        for await (const chunk of chunks) {
          if (signal.aborted) break;
          yield* step.take(chunk);
        }
        yield signal.aborted ? { type: "fault", fault: fault(undefined, signal).toJSON() } : step.end();
      } catch (thrown) {
        yield { type: "fault", fault: fault(thrown, signal).toJSON() };
      }
    },
    async models(signal) {
      try {
        const listed = await Array.fromAsync(
          await client.models.list({ config: { pageSize: 1000, abortSignal: signal } }),
        );
        return listed.filter((model) => model.supportedActions?.includes("generateContent")).map(infoOf);
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
  };
};

/** What the vendor says of a model; that all but the oldest read pictures it leaves out. */
function infoOf(model: Model): ModelInfo {
  const modelId = (model.name ?? "").replace(/^models\//, "");
  return {
    id: modelId,
    name: model.displayName || modelId,
    ...(model.inputTokenLimit ? { contextTokens: model.inputTokenLimit } : {}),
    ...(model.outputTokenLimit ? { outputTokens: model.outputTokenLimit } : {}),
    thinking: model.thinking ?? false,
    input: modelId.startsWith("gemini-") ? ["text", "image", "audio", "file"] : ["text"],
  };
}
