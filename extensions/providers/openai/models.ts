// What the vendor, or a server that speaks its API, says of its models.
import type { ModelInfo } from "@homarus/sdk";

/** Fields that servers of this API add; OpenAI itself tells ids alone. */
interface Listed {
  readonly id: string;
  readonly name?: unknown;
  /** OpenRouter. */
  readonly context_length?: unknown;
  /** vLLM. */
  readonly max_model_len?: unknown;
  readonly architecture?: { readonly input_modalities?: readonly string[] };
  readonly supported_parameters?: readonly string[];
}

/** OpenAI's list holds models that do not converse. */
const noConversation =
  /^(?:text-embedding|whisper|tts|dall-e|gpt-image|sora|omni-moderation|davinci|babbage)|-(?:transcribe|tts|realtime|image|search-api)/;

export function conversing(models: readonly Listed[], known: readonly ModelInfo[]): readonly ModelInfo[] {
  return models
    .filter((model) => !noConversation.test(model.id))
    .map((model) => ({ ...saidOf(model), ...known.find((item) => item.id === model.id) }));
}

function saidOf(model: Listed): ModelInfo {
  const contextTokens = [model.context_length, model.max_model_len].find((value) => typeof value === "number");
  const inputs = model.architecture?.input_modalities ?? [];
  return {
    id: model.id,
    name: typeof model.name === "string" ? model.name : model.id,
    ...(typeof contextTokens === "number" ? { contextTokens } : {}),
    thinking: model.supported_parameters?.includes("reasoning") ?? false,
    input: ["text", ...(["image", "audio", "file"] as const).filter((kind) => inputs.includes(kind))],
  };
}
