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
  readonly capabilities?: {
    /** Mistral. */
    readonly function_calling?: unknown;
    readonly vision?: unknown;
    readonly reasoning?: unknown;
    /** GitHub Copilot. */
    readonly type?: unknown;
    readonly supports?: { readonly tool_calls?: unknown; readonly vision?: unknown };
    readonly limits?: { readonly max_prompt_tokens?: unknown; readonly max_output_tokens?: unknown };
  };
  /** GitHub Copilot: which of its APIs serve the model, and whether it is offered for conversations. */
  readonly supported_endpoints?: readonly string[];
  readonly model_picker_enabled?: unknown;
  readonly policy?: { readonly state?: unknown };
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
    .filter((model) => !noConversation.test(model.id) && !unlisted?.test(model.id) && isOffered(model))
    .map((model) => ({ ...saidOf(model, vendor), ...vendor.models.find((item) => item.id === model.id) }));
}

/** What a list itself says is none of the account's, or none that this API serves. */
function isOffered({ capabilities, supported_endpoints, model_picker_enabled, policy }: Listed): boolean {
  const isServed = supported_endpoints?.includes("/chat/completions") ?? true;
  const converses = capabilities?.type === undefined || capabilities.type === "chat";
  return isServed && converses && model_picker_enabled !== false && policy?.state !== "disabled";
}

function saidOf(model: Listed, vendor: Vendor): ModelInfo {
  const { context_length, context_window, max_context_length, max_model_len, capabilities: can } = model;
  const told = [context_length, context_window, max_context_length, max_model_len, can?.limits?.max_prompt_tokens];
  const contextTokens = firstNumber(...told);
  const outputTokens = firstNumber(
    model.max_completion_tokens,
    model.top_provider?.max_completion_tokens,
    can?.limits?.max_output_tokens,
  );
  const sees = can?.vision === true || can?.supports?.vision === true;
  const inputs = model.architecture?.input_modalities ?? (sees ? ["image"] : []);
  const price = priceOf(model.pricing, vendor);
  const callsTools =
    model.supported_parameters?.includes("tools") ?? can?.function_calling ?? can?.supports?.tool_calls;
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
