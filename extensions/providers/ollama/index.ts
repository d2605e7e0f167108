// An Ollama server through Ollama's own library. Retries, failover and cost are the house's affair.
import {
  type Activate,
  answerOf,
  type Fetch,
  faultReader,
  type ModelRequest,
  type Provider,
  type ProviderContext,
  refusing,
} from "@homarus/sdk";
import { Ollama } from "ollama/browser";
import { openStep } from "./events.ts";
import { faultRows } from "./faults.ts";
import { readableLines } from "./lines.ts";
import type manifest from "./manifest.ts";
import { factsOf, infoOf, type ModelFacts, plainFacts } from "./model-facts.ts";
import { chatRequest } from "./request.ts";

/** What is read of the settings of any server that this code serves. */
export interface OllamaConfig {
  readonly apiKey?: string | undefined;
  readonly baseUrl: string;
  readonly contextTokens?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const usualContext = 32_768;

export const activate = (({ id, config, fetch, clock, log, vendor }: ProviderContext<OllamaConfig>): Provider => {
  const known = new Map<string, ModelFacts>();
  const now = () => clock.now();
  const secrets = [config.apiKey, ...Object.values(config.headers ?? {})];
  const fault = faultReader({ vendor, now, secrets, rows: faultRows(vendor.settings) });
  const clientFor = (signal: AbortSignal): Ollama => openClient(config, fetch, signal);
  const factsFor = async (client: Ollama, model: string): Promise<ModelFacts> => {
    const before = known.get(model);
    if (before) return before;
    const facts = factsOf(await client.show({ model }));
    known.set(model, facts);
    return facts;
  };
  const bodyFor = async (client: Ollama, request: ModelRequest) => {
    const contextTokens = config.contextTokens ?? usualContext;
    try {
      const facts = await factsFor(client, request.model);
      return chatRequest(request, { provider: id, contextTokens, facts });
    } catch (thrown) {
      // The answer itself will tell what is wrong, in better words than this question beforehand.
      log.debug("ollama.show-failed", { model: request.model, reason: String(thrown) });
      return chatRequest(request, { provider: id, contextTokens, facts: plainFacts });
    }
  };

  return {
    stream(request, signal) {
      const open = async () => {
        const client = clientFor(signal);
        const body = await bodyFor(client, request);
        // The server would refuse it in the same words; whoever asked can then do without.
        if (request.tools.length > 0 && known.get(request.model)?.callsTools === false) throw toolless(request.model);
        return { events: await client.chat(body) };
      };
      const step = openStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`);
      return answerOf({ step, open, fault, now, signal });
    },
    async models(signal) {
      try {
        const client = clientFor(signal);
        const { models } = await client.list();
        return await Promise.all(models.map(async ({ model }) => infoOf(model, await factsFor(client, model))));
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
    async embed({ model, texts, dimensions }, signal) {
      try {
        const wish = { model, input: [...texts], ...(dimensions && { dimensions }) };
        const answer = await clientFor(signal).embed(wish);
        return { vectors: answer.embeddings, tokens: answer.prompt_eval_count ?? 0 };
      } catch (thrown) {
        throw fault(thrown, { signal });
      }
    },
  };
}) satisfies Activate<typeof manifest>;

function toolless(model: string): Error {
  return Object.assign(new Error(`"${model}" does not support tools`), { status: 400, headers: new Headers() });
}

/** One for each call: the library takes no signal of ours, so it goes in through its fetch. */
function openClient({ baseUrl, apiKey, headers }: OllamaConfig, fetch: Fetch, signal: AbortSignal): Ollama {
  return new Ollama({
    host: baseUrl,
    headers: { ...(apiKey ? { Authorization: `Bearer ${apiKey}` } : {}), ...headers },
    fetch: ((input, init) =>
      readableLines(refusing(fetch))(input as string | URL | Request, {
        ...init,
        signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal,
      })) as typeof globalThis.fetch,
  });
}
