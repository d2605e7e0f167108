// Agents, bindings and their defaults, as the config has them.
import type { AgentSettings } from "../core/line/parts.ts";
import type { RouteRules } from "../core/route/route.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { policySettings } from "./policy.ts";

/** What holds where neither the agent nor `agents.defaults` says otherwise. */
const builtIn = { name: "Homarus", maxSteps: 40, timeoutSeconds: 600, thinking: "low" } as const;

export function agentSettings(id: string, config: HouseConfig): AgentSettings {
  const own = config.agents.list.find((agent) => agent.id === id);
  const { defaults } = config.agents;
  return {
    id,
    name: own?.name ?? defaults.name ?? (own ? own.id : builtIn.name),
    model: own?.model ?? defaults.model,
    thinking: own?.thinking ?? defaults.thinking ?? builtIn.thinking,
    persona: own?.persona ?? defaults.persona,
    maxSteps: own?.maxSteps ?? defaults.maxSteps ?? builtIn.maxSteps,
    timeoutMs: (own?.timeoutSeconds ?? defaults.timeoutSeconds ?? builtIn.timeoutSeconds) * 1000,
    historyChars: own?.historyChars ?? defaults.historyChars,
    policy: policySettings(id, config),
    approvalTimeoutMs: config.approvals.timeoutSeconds * 1000,
  };
}

export function routeRules(config: HouseConfig): RouteRules {
  const { list } = config.agents;
  const first = list.find((agent) => agent.default) ?? list[0];
  return {
    defaultAgent: first?.id ?? "main",
    agents: list.length > 0 ? list.map((agent) => agent.id) : ["main"],
    bindings: config.bindings,
    scope: config.session.scope,
  };
}
