// The agent that answers where none is named.
import type { AgentFacts } from "./house.ts";

export function defaultAgent(agents: readonly AgentFacts[]): AgentFacts | undefined {
  return agents.find((agent) => agent.isDefault) ?? agents[0];
}
