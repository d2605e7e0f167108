// models.list: the models that can be chosen.
import type { OfferedModel } from "../../house.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

async function models(input: ParamsOf<typeof params.modelsList>, { door }: Call): Promise<unknown> {
  const all = await door.house.models();
  const available = all.filter((model) => model.available);
  // A newcomer without any key still sees what there is to choose from.
  const shown = input.view === "all" || available.length === 0 ? all : available;
  return { models: shown.map(modelChoice) };
}

export function modelChoice(model: OfferedModel) {
  return {
    id: model.id,
    name: model.name,
    provider: model.provider,
    ...(model.contextTokens === undefined ? {} : { contextWindow: model.contextTokens }),
    reasoning: model.thinking,
    input: model.input,
  };
}

/** Whether each provider has what it needs to be called; nothing of the secret is told. */
async function authStatus(_input: unknown, { door }: Call): Promise<unknown> {
  const byProvider = new Map<string, boolean>();
  for (const { provider, available } of await door.house.models())
    byProvider.set(provider, available || byProvider.get(provider) === true);
  const providers = [...byProvider].map(([provider, isReady]) => ({
    ...{ provider, displayName: provider, status: isReady ? "ok" : "missing", profiles: [] },
  }));
  return { ts: door.clock.now(), providers };
}

export const handlers: Group["handlers"] = { "models.list": models, "models.authStatus": authStatus };
