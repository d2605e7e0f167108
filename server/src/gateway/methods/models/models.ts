// The models that can be chosen, the providers that give them, and their owner's say in both.
import type { Json } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import type { OfferedModel } from "../../house.ts";
import { invalid } from "../../refusal.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

async function models(input: ParamsOf<typeof params.modelsList>, { door }: Call): Promise<unknown> {
  const all = await door.house.models("ask");
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
    ...(model.outputTokens === undefined ? {} : { maxTokens: model.outputTokens }),
    ...(model.tools === false ? { tools: false, note: "experimental: its tool calls are read from its text" } : {}),
    ...(model.price && { price: model.price }),
  };
}

/** Whether each provider has what it needs to be called; nothing of the secret is told. */
async function authStatus(_input: unknown, { door }: Call): Promise<unknown> {
  const providers = (await door.house.providers.list()).map(({ id, title, isReady, health, keys, rests }) => ({
    ...{
      provider: id,
      displayName: title,
      status: isReady ? "ok" : "missing",
      profiles: keys.map((key) => ({ id: key })),
    },
    health: { ...health, rests },
  }));
  return { ts: door.clock.now(), providers };
}

async function providers(_input: unknown, { door }: Call): Promise<unknown> {
  return { ts: door.clock.now(), providers: await door.house.providers.list() };
}

/** One provider, or all that are set up. What the vendor says of a key comes back in its own words. */
async function test(input: ParamsOf<typeof params.modelsTest>, { door }: Call): Promise<unknown> {
  const { model } = input;
  const slash = model?.indexOf("/") ?? -1;
  const provider = input.provider ?? (slash > 0 ? model?.slice(0, slash) : undefined);
  const id = provider !== undefined && model?.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
  const ready = (await door.house.providers.list()).filter(({ isReady }) => isReady);
  const wanted = provider === undefined ? ready.map((one) => one.id) : [provider];
  const trials = await Promise.all(wanted.map((one) => door.house.providers.test({ provider: one, model: id })));
  return { trials: trials.flat() };
}

/** A name that means nothing here is refused before anything is written. */
async function set(input: ParamsOf<typeof params.modelsSet>, { door, caller }: Call): Promise<unknown> {
  const { model, agent } = input;
  const chain = door.house.providers.chain(model === "default" ? undefined : model);
  const value = model === "default" ? undefined : model;
  await door.house.config.edit([{ path: await modelPath(agent, door), value }], undefined, whoIs({ caller }));
  return { model, chain };
}

async function modelPath(agent: string | undefined, door: Door): Promise<readonly (string | number)[]> {
  if (agent === undefined) return ["agents", "defaults", "model"];
  const { parsed } = await door.house.config.read();
  const list = (parsed as { agents?: { list?: readonly { id?: string }[] } }).agents?.list ?? [];
  const index = list.findIndex(({ id }) => id === agent);
  if (index < 0)
    throw invalid(`agents.list of the config has no agent ${agent}: leave it out to set the default model`);
  return ["agents", "list", index, "model"];
}

/** The settings are tried before they are written: a key that the vendor refuses is not saved, unless forced. */
async function configure(input: ParamsOf<typeof params.modelsConfigure>, { door, caller }: Call): Promise<unknown> {
  const { provider, settings, force, makeDefault } = input;
  const trials = await door.house.providers.test({ provider, settings });
  const isGood = trials.every(({ ok }) => ok);
  if (!isGood && !force) return { provider, saved: false, trials };
  const fields = Object.entries(settings).map(([field, value]) => ({
    path: ["providers", provider, field],
    value: value as Json,
  }));
  const model = trials[0]?.model ?? "";
  const first = makeDefault ? [{ path: ["agents", "defaults", "model"], value: `${provider}/${model}` }] : [];
  await door.house.secrets.keep([...fields, ...first], caller.displayName ?? caller.clientId);
  return { provider, saved: true, trials };
}

function refresh(input: ParamsOf<typeof params.refresh>, { door }: Call): unknown {
  return door.house.providers.refresh(input);
}

export const handlers: Group["handlers"] = {
  ...{ "models.list": models, "models.authStatus": authStatus, "models.providers": providers },
  ...{ "models.test": test, "models.set": set, "models.configure": configure, "models.refresh": refresh },
};
