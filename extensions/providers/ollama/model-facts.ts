// What an Ollama server says of one of its models. The request depends on it: a model that cannot think, call tools or
// see refuses a request that asks it to.
import type { ModelInfo } from "@homarus/sdk";

export interface ModelFacts {
  readonly thinks: boolean;
  readonly callsTools: boolean;
  readonly sees: boolean;
  readonly contextTokens: number | undefined;
}

/** Where the server does not say: only what every model takes. */
export const plainFacts: ModelFacts = { thinks: false, callsTools: true, sees: true, contextTokens: undefined };

/** The answer of `/api/show`. Servers before 0.6.4 name no capabilities. */
export interface Shown {
  readonly capabilities?: readonly string[];
  readonly model_info?: unknown;
}

export function factsOf(shown: Shown): ModelFacts {
  const contextTokens = contextOf(shown.model_info);
  const can = shown.capabilities;
  if (!can) return { ...plainFacts, contextTokens };
  return {
    thinks: can.includes("thinking"),
    callsTools: can.includes("tools"),
    sees: can.includes("vision"),
    contextTokens,
  };
}

/** It stands under a name that begins with the model's family, for example `qwen3.context_length`. */
function contextOf(info: unknown): number | undefined {
  if (typeof info !== "object" || info === null) return undefined;
  const found = Object.entries(info).find(
    ([key, value]) => key.endsWith(".context_length") && typeof value === "number",
  );
  return found?.[1] as number | undefined;
}

export function infoOf(id: string, facts: ModelFacts): ModelInfo {
  return {
    id,
    name: id,
    ...(facts.contextTokens === undefined ? {} : { contextTokens: facts.contextTokens }),
    thinking: facts.thinks,
    tools: facts.callsTools,
    input: facts.sees ? ["text", "image"] : ["text"],
  };
}
