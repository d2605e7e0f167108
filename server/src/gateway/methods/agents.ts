// models.list, agents.list and agent.identity.get: who answers here, and with which models.

import { invalid } from "../frames/codec.ts";
import type { AgentFacts, OfferedModel } from "../house.ts";
import type { Call, Group, ParamsOf } from "./handler.ts";
import type * as params from "./params.ts";

async function models(input: ParamsOf<typeof params.modelsList>, { door }: Call): Promise<unknown> {
  const all = await door.house.models();
  const available = all.filter((model) => model.available);
  // A newcomer without any key still sees what there is to choose from.
  const shown = input.view === "all" || available.length === 0 ? all : available;
  return { models: shown.map(modelChoice) };
}

function modelChoice(model: OfferedModel) {
  return {
    id: model.id,
    name: model.name,
    provider: model.provider,
    ...(model.contextTokens === undefined ? {} : { contextWindow: model.contextTokens }),
    reasoning: model.thinking,
    input: model.input,
  };
}

export function defaultAgent(agents: readonly AgentFacts[]): AgentFacts | undefined {
  return agents.find((agent) => agent.isDefault) ?? agents[0];
}

function agents(_input: unknown, { door }: Call): unknown {
  const all = door.house.agents();
  return {
    defaultId: defaultAgent(all)?.id ?? "main",
    mainKey: "main",
    scope: "per-sender",
    agents: all.map((agent) => ({
      id: agent.id,
      ...(agent.name === undefined ? {} : { name: agent.name, identity: { name: agent.name } }),
      workspace: agent.workspace,
      model: { primary: agent.model },
    })),
  };
}

function identity(input: ParamsOf<typeof params.agentIdentity>, { door }: Call): unknown {
  const all = door.house.agents();
  const wanted = input.agentId ?? agentOfKey(input.sessionKey);
  const agent = wanted === undefined ? defaultAgent(all) : all.find((item) => item.id === wanted);
  if (!agent) throw invalid(`unknown agent id "${wanted ?? ""}"`);
  const name = agent.name ?? agent.id;
  return { agentId: agent.id, name, avatar: name.slice(0, 1).toUpperCase() };
}

function agentOfKey(sessionKey: string | undefined): string | undefined {
  return sessionKey === undefined ? undefined : /^agent:([^:]+):/.exec(sessionKey)?.[1];
}

export const methods: Group = { "models.list": models, "agents.list": agents, "agent.identity.get": identity };
