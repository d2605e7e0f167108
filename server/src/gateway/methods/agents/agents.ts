// agents.list and agent.identity.get: who answers here.

import { defaultAgent } from "../../default-agent.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

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

export const handlers: Group["handlers"] = { "agents.list": agents, "agent.identity.get": identity };
