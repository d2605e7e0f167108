// What the vendor, or a server that speaks its API, says of its models.
import type { ModelInfo, ModelPrice, Vendor } from "@homarus/sdk";

/** Fields that servers of this API add; OpenAI itself tells ids alone. */
interface Listed {
  readonly id: string;
  readonly name?: unknown;
  /** OpenRouter, Groq, Mistral, vLLM, LM Studio. */
  readonly context_length?: unknown;
  readonly context_window?: unknown;
  readonly max_context_length?: unknown;
  readonly max_model_len?: unknown;
  readonly max_completion_tokens?: unknown;
  readonly top_provider?: { readonly max_completion_tokens?: unknown };
  readonly architecture?: { readonly input_modalities?: readonly string[] };
  readonly supported_parameters?: readonly string[];
  /** Mistral. */
  readonly capabilities?: {
    readonly function_calling?: unknown;
    readonly vision?: unknown;
    readonly reasoning?: unknown;
  };
  /** OpenRouter: US dollars for one token, as text. */
  readonly pricing?: Readonly<Record<string, unknown>>;
  /** Vercel and OpenRouter say what a model makes; LM Studio, what it is. */
  readonly type?: unknown;
}

/** OpenAI's list, and those of others, hold models that do not converse. */
const noConversation =
  /^(?:text-embedding|whisper|tts|dall-e|gpt-image|sora|omni-moderation|davinci|babbage)|-(?:transcribe|tts|realtime|image|search-api)|(?:^|[-/])embed|embedding|whisper|moderation|-ocr|-guard/i;

export function conversing(models: readonly Listed[], vendor: Vendor): readonly ModelInfo[] {
  const unlisted = vendor.habits.unlisted === undefined ? undefined : new RegExp(vendor.habits.unlisted, "i");
  return models
    .filter((model) => !noConversation.test(model.id) && !unlisted?.test(model.id))
    .map((model) => ({ ...saidOf(model, vendor), ...vendor.models.find((item) => item.id === model.id) }));
}

function saidOf(model: Listed, vendor: Vendor): ModelInfo {
  const { context_length, context_window, max_context_length, max_model_len, capabilities: can } = model;
  const contextTokens = firstNumber(context_length, context_window, max_context_length, max_model_len);
  const outputTokens = firstNumber(model.max_completion_tokens, model.top_provider?.max_completion_tokens);
  const inputs = model.architecture?.input_modalities ?? (can?.vision === true ? ["image"] : []);
  const price = priceOf(model.pricing, vendor);
  const callsTools = model.supported_parameters?.includes("tools") ?? can?.function_calling;
  return {
    id: model.id,
    name: typeof model.name === "string" ? model.name : model.id,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    thinking: model.supported_parameters?.includes("reasoning") ?? can?.reasoning === true,
    ...(typeof callsTools === "boolean" ? { tools: callsTools } : {}),
    input: ["text", ...(["image", "audio", "file"] as const).filter((kind) => inputs.includes(kind))],
    ...(price ? { price } : {}),
  };
}

function firstNumber(...values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === "number" && value > 0);
}

/** A price below zero is the vendor's word for "it depends". */
function priceOf(pricing: Listed["pricing"], vendor: Vendor): ModelPrice | undefined {
  const million = (name: string): number | undefined => {
    const value = Number(pricing?.[name] ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? Number((value * 1e6).toPrecision(12)) : undefined;
  };
  const [input, output, cacheRead, cacheWrite] = [
    million("prompt"),
    million("completion"),
    million("input_cache_read"),
    million("input_cache_write"),
  ];
  if (input === undefined || output === undefined) return undefined;
  return {
    ...{ input, output },
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...{ asOf: new Date().toISOString().slice(0, 10), source: `the list of models of ${vendor.title}` },
  };
}
