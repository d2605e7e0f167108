// Google's Gemini API through Google's own SDK. Retries, failover and cost are the house's affair.

// The build for browsers: the other one brings Google's login libraries and reads the environment.
import { GoogleGenAI, type Model } from "@google/genai/web";
import {
  type Activate,
  answerOf,
  faultReader,
  type ModelInfo,
  type Provider,
  type ProviderContext,
  refusing,
} from "@homarus/sdk";
import { openStep } from "./events.ts";
import { factsOf, faultRows } from "./faults.ts";
import type manifest from "./manifest.ts";
import { contentRequest } from "./request.ts";

/** What is read of the settings of any vendor that this code serves. */
export interface GoogleConfig {
  readonly apiKey?: string | undefined;
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const activate = (({ id, config, fetch, clock, vendor }: ProviderContext<GoogleConfig>): Provider => {
  const client = new GoogleGenAI({
    apiKey: config.apiKey || "none",
    vertexai: false,
    // Tools described in JSON Schema, and thinking, are part of this version.
    httpOptions: {
      ...{ baseUrl: config.baseUrl, apiVersion: "v1beta", fetch: refusing(fetch) },
      headers: { ...vendor.habits.headers, ...config.headers },
    },
  });
  const now = () => clock.now();
  const secrets = [config.apiKey, ...Object.values(config.headers ?? {})];
  const fault = faultReader({ vendor, now, secrets, rows: faultRows, factsOf });

  return {
    stream(request, signal) {
      const step = openStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`);
      const open = async () => {
        const asked = contentRequest(request, id);
        const config = { ...asked.config, abortSignal: signal };
        return { events: await client.models.generateContentStream({ ...asked, config }) };
      };
      return answerOf({ step, open, fault, now, signal });
    },
    async models(signal) {
      try {
        const listed = await Array.fromAsync(
          await client.models.list({ config: { pageSize: 1000, abortSignal: signal } }),
        );
        return listed.filter((model) => model.supportedActions?.includes("generateContent")).map(infoOf);
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
  };
}) satisfies Activate<typeof manifest>;

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
