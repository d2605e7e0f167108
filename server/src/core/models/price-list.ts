// Lists of models that others keep: windows, abilities and prices, read from whichever of three shapes a list has. What a
// list does not say stays unknown; a price is never guessed.
import { Fault, type ModelInfo, type ModelPrice } from "@homarus/sdk";

/** Of one model, as far as the list knows. */
export type ListedModel = Partial<Omit<ModelInfo, "id">>;

export interface PriceList {
  /** `provider/model` -> what is known. */
  readonly models: Readonly<Record<string, ListedModel>>;
}

type Row = Readonly<Record<string, unknown>>;

/** Other names for our providers. */
const providerNames: Readonly<Record<string, string>> = {
  "amazon-bedrock": "bedrock",
  bedrock_converse: "bedrock",
  gemini: "google",
  "github-copilot": "copilot",
  github_copilot: "copilot",
};
const million = 1_000_000;

/**
 * Reads the list of models.dev (`api.json`: providers with their models), that of LiteLLM
 * (`model_prices_and_context_window.json`: a row for each model, in dollars a token), or one of our own: `provider/model`
 * with the fields of a model. Throws an `invalid` Fault for anything else.
 */
export function readPriceList(text: string, about: { readonly asOf: string; readonly source: string }): PriceList {
  const parsed = parse(text);
  const rows = Object.entries(parsed).flatMap(([name, value]) => readEntry(name, rowOf(value), about));
  const models = Object.fromEntries(rows.filter(([, model]) => Object.keys(model).length > 0));
  if (Object.keys(models).length > 0) return { models };
  throw new Fault("invalid", "models.list-unknown", "This is no list of models that can be read.", {
    hint: 'It is the api.json of models.dev, the price list of LiteLLM, or {"provider/model": {"contextTokens": 200000, "price": {"input": 3, "output": 15}}}.',
  });
}

function parse(text: string): Row {
  try {
    return rowOf(JSON.parse(text));
  } catch (cause) {
    throw new Fault("invalid", "models.list-json", "The list of models is no JSON.", {
      cause,
      hint: "Check its address.",
    });
  }
}

function readEntry(
  name: string,
  row: Row,
  about: Pick<ModelPrice, "asOf" | "source">,
): (readonly [string, ListedModel])[] {
  if (typeof row.models === "object" && row.models !== null)
    return Object.entries(rowOf(row.models)).map(
      ([id, model]) => [`${ourName(name)}/${id}`, listed(rowOf(model), about)] as const,
    );
  if (typeof row.litellm_provider === "string") {
    const provider = ourName(row.litellm_provider);
    const id = name.startsWith(`${row.litellm_provider}/`) ? name.slice(row.litellm_provider.length + 1) : name;
    return row.mode === undefined || row.mode === "chat" || row.mode === "responses"
      ? [[`${provider}/${id}`, perToken(row, about)]]
      : [];
  }
  return name.includes("/") ? [[name, own(row, about)]] : [];
}

function ourName(name: string): string {
  return providerNames[name] ?? name;
}

/** A model of models.dev. */
function listed(row: Row, about: Pick<ModelPrice, "asOf" | "source">): ListedModel {
  const [limit, modalities] = [rowOf(row.limit), rowOf(row.modalities)];
  const input = Array.isArray(modalities.input) ? modalities.input.map((kind) => (kind === "pdf" ? "file" : kind)) : [];
  return facts({
    ...{ name: row.name, contextTokens: limit.context, outputTokens: limit.output, thinking: row.reasoning },
    ...{ tools: row.tool_call, input },
    price: priceOf(rowOf(row.cost), 1, ["input", "output", "cache_read", "cache_write"], about),
  });
}

/** A model of LiteLLM. */
function perToken(row: Row, about: Pick<ModelPrice, "asOf" | "source">): ListedModel {
  const names = ["input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost"] as const;
  return facts({
    ...{ contextTokens: row.max_input_tokens ?? row.max_tokens, outputTokens: row.max_output_tokens },
    ...{ thinking: row.supports_reasoning, tools: row.supports_function_calling },
    input: [
      "text",
      ...(row.supports_vision === true ? ["image"] : []),
      ...(row.supports_audio_input === true ? ["audio"] : []),
      ...(row.supports_pdf_input === true ? ["file"] : []),
    ],
    price: priceOf(row, million, [...names, "cache_creation_input_token_cost"], about),
  });
}

function own(row: Row, about: Pick<ModelPrice, "asOf" | "source">): ListedModel {
  return facts({ ...row, price: priceOf(rowOf(row.price), 1, ["input", "output", "cacheRead", "cacheWrite"], about) });
}

function facts(row: Row): ListedModel {
  const { name, contextTokens, outputTokens, thinking, tools, input, price } = row;
  const kinds = Array.isArray(input) ? input.filter((kind) => ["text", "image", "audio", "file"].includes(kind)) : [];
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(isCount(contextTokens) ? { contextTokens } : {}),
    ...(isCount(outputTokens) ? { outputTokens } : {}),
    ...(typeof thinking === "boolean" ? { thinking } : {}),
    ...(typeof tools === "boolean" ? { tools } : {}),
    ...(kinds.length > 0 ? { input: kinds } : {}),
    ...(price === undefined ? {} : { price: price as ModelPrice }),
  };
}

function priceOf(
  row: Row,
  factor: number,
  [input = "", output = "", cacheRead = "", cacheWrite = ""]: readonly string[],
  about: Pick<ModelPrice, "asOf" | "source">,
): ModelPrice | undefined {
  const dollars = (name: string): number | undefined => {
    const value = row[name];
    return typeof value === "number" && Number.isFinite(value) && value >= 0
      ? Math.round(value * factor * 1e6) / 1e6
      : undefined;
  };
  const [read, written] = [dollars(input), dollars(output)];
  if (read === undefined || written === undefined) return undefined;
  const [kept, stored] = [dollars(cacheRead), dollars(cacheWrite)];
  return {
    ...{ input: read, output: written, ...about },
    ...(kept === undefined ? {} : { cacheRead: kept }),
    ...(stored === undefined ? {} : { cacheWrite: stored }),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function rowOf(value: unknown): Row {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Row) : {};
}
