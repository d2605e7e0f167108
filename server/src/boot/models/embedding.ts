// Texts as vectors: which provider makes them, and by which of its models.
import { type EmbedRequest, Fault, type Provider } from "@homarus/sdk";
import type { ModelChoice } from "../../core/models/chain.ts";
import type { Embedded } from "../../gateway/house.ts";
import { type Choosing, chooseNamed } from "./choosing.ts";

export type Embed = (
  name: string | undefined,
  request: Omit<EmbedRequest, "model">,
  signal: AbortSignal,
) => Promise<Embedded>;

export function createEmbed(choosing: Choosing, open: (id: string) => Promise<Provider>): Embed {
  return async (name, request, signal) => {
    const { provider, model } = embeddingChoice(name, choosing);
    const opened = await open(provider);
    if (!opened.embed) throw noEmbeddings();
    return { ...(await opened.embed({ ...request, model }, signal)), model: `${provider}/${model}` };
  };
}

/** A model that makes vectors is in no list of those that converse: its name is the vendor's to judge. */
function embeddingChoice(name: string | undefined, choosing: Choosing): ModelChoice {
  const able = choosing.ordered().filter((entry) => entry.capabilities.includes("embeddings"));
  const named = able.find((entry) => name?.startsWith(`${entry.id}/`));
  const entry = named ?? able.find(choosing.isReady);
  if (!entry) throw noEmbeddings();
  if (named) return chooseNamed(name ?? "", choosing);
  const model = name ?? entry.embeddingModel;
  if (model === undefined) throw noEmbeddings();
  return { provider: entry.id, model };
}

function noEmbeddings(): Fault {
  return new Fault("config", "model.no-embeddings", "No provider that makes embeddings is set up.", {
    hint: "OpenAI, servers that speak its API, and Ollama make them: set OPENAI_API_KEY, or start Ollama.",
  });
}
