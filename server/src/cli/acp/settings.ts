// What a person can set about a session in the editor: the model and how long it thinks. Config options where the
// editor knows them, the thinking level as modes beside them for those that do not yet. Pure.
// Source: agentclientprotocol.com/protocol/v1/session-config-options.
import type { SessionConfigOption, SessionModeState } from "@agentclientprotocol/sdk";
import type { ModelList, SessionRow } from "./wire.ts";

export interface Settings {
  /** `provider/model`; empty where the gateway does not say. */
  readonly model: string;
  /** `default`, off, low, medium or high. */
  readonly thinking: string;
}

export interface Offer {
  readonly modes: SessionModeState;
  readonly configOptions: SessionConfigOption[];
}

const levels = [
  { id: "default", name: "Default", description: "As the agent is set up" },
  { id: "off", name: "Off", description: "Answers at once" },
  { id: "low", name: "Low", description: "Thinks a little" },
  { id: "medium", name: "Medium", description: "Thinks" },
  { id: "high", name: "High", description: "Thinks long" },
];

export function settingsOf(row: SessionRow | undefined, agentModel: string | undefined): Settings {
  const own = row?.modelProvider && row.model ? `${row.modelProvider}/${row.model}` : undefined;
  const thinking = levels.some((level) => level.id === row?.thinkingLevel) ? row?.thinkingLevel : undefined;
  return { model: own ?? agentModel ?? "", thinking: thinking ?? "default" };
}

export function offerOf(settings: Settings, models: ModelList["models"]): Offer {
  return {
    modes: {
      currentModeId: settings.thinking,
      availableModes: levels.map(({ id, name, description }) => ({ id, name: `Thinking: ${name}`, description })),
    },
    configOptions: [...modelOption(settings.model, models), thinkingOption(settings.thinking)],
  };
}

function modelOption(current: string, models: ModelList["models"]): SessionConfigOption[] {
  const options = models.map(({ provider, id, name }) => ({ value: `${provider}/${id}`, name, description: provider }));
  const isListed = options.some(({ value }) => value === current);
  const all = isListed || current === "" ? options : [{ value: current, name: current }, ...options];
  if (all.length === 0 || current === "") return [];
  return [{ type: "select", id: "model", name: "Model", category: "model", currentValue: current, options: all }];
}

function thinkingOption(current: string): SessionConfigOption {
  return {
    ...{ type: "select", id: "thinking", name: "Thinking", category: "thought_level", currentValue: current },
    options: levels.map(({ id, name, description }) => ({ value: id, name, description })),
  };
}

/** A value an option has, as the gateway's change of the session; undefined when there is no such option or value. */
export function changeOf(
  offer: Offer,
  configId: string,
  value: unknown,
): { readonly settings: Partial<Settings>; readonly patch: Readonly<Record<string, string | null>> } | undefined {
  const option = offer.configOptions.find(({ id }) => id === configId);
  if (typeof value !== "string" || option?.type !== "select") return undefined;
  if (!option.options.some((item) => "value" in item && item.value === value)) return undefined;
  if (configId === "model") return { settings: { model: value }, patch: { model: value } };
  return { settings: { thinking: value }, patch: { thinkingLevel: value === "default" ? null : value } };
}
