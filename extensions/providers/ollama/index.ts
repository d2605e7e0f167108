// An Ollama server through Ollama's own library. Retries, failover and cost are the house's affair.
import type { Activate, Fault, Fetch, ModelRequest, Provider } from "@homarus/sdk";
import { Ollama } from "ollama/browser";
import { openStep } from "./events.ts";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";
import { factsOf, infoOf, type ModelFacts, plainFacts } from "./model-facts.ts";
import { refusing } from "./refusal.ts";
import { chatRequest } from "./request.ts";

export const activate: Activate<typeof manifest> = ({ id, config, fetch, clock, log }): Provider => {
  const known = new Map<string, ModelFacts>();
  const fault = (thrown: unknown, signal: AbortSignal): Fault =>
    faultOf(thrown, { now: clock.now(), secret: config.apiKey ?? "", isStopped: signal.aborted });

  const clientFor = (signal: AbortSignal): Ollama => openClient(config, fetch, signal);
  const factsFor = async (client: Ollama, model: string): Promise<ModelFacts> => {
    const before = known.get(model);
    if (before) return before;
    const facts = factsOf(await client.show({ model }));
    known.set(model, facts);
    return facts;
  };
  const bodyFor = async (client: Ollama, request: ModelRequest) => {
    try {
      const facts = await factsFor(client, request.model);
      return chatRequest(request, { provider: id, contextTokens: config.contextTokens, facts });
    } catch (thrown) {
      // The answer itself will tell what is wrong, in better words than this question beforehand.
      log.debug("ollama.show-failed", { model: request.model, reason: String(thrown) });
      return chatRequest(request, { provider: id, contextTokens: config.contextTokens, facts: plainFacts });
    }
  };

  return {
    async *stream(request, signal) {
      const step = openStep(() => `call_${crypto.randomUUID().replaceAll("-", "")}`);
      try {
        const client = clientFor(signal);
        for await (const line of await client.chat(await bodyFor(client, request))) {
          if (signal.aborted) break;
          yield* step.take(line);
        }
        yield signal.aborted ? { type: "fault", fault: fault(undefined, signal).toJSON() } : step.end();
      } catch (thrown) {
        yield { type: "fault", fault: fault(thrown, signal).toJSON() };
      }
    },
    async models(signal) {
      try {
        const client = clientFor(signal);
        const { models } = await client.list();
        return await Promise.all(models.map(async ({ model }) => infoOf(model, await factsFor(client, model))));
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
    async embed({ model, texts, dimensions }, signal) {
      try {
        const wish = { model, input: [...texts], ...(dimensions && { dimensions }) };
        const answer = await clientFor(signal).embed(wish);
        return { vectors: answer.embeddings, tokens: answer.prompt_eval_count ?? 0 };
      } catch (thrown) {
        throw fault(thrown, signal);
      }
    },
  };
};

/** One for each call: the library takes no signal of ours, so it goes in through its fetch. */
function openClient(
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey?: string | undefined },
  fetch: Fetch,
  signal: AbortSignal,
): Ollama {
  return new Ollama({
    host: baseUrl,
    ...(apiKey ? { headers: { Authorization: `Bearer ${apiKey}` } } : {}),
    fetch: ((input, init) =>
      refusing(fetch)(input as string | URL | Request, {
        ...init,
        signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal,
      })) as typeof globalThis.fetch,
  });
}
