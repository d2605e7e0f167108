// Station 2: which Agent answers, and in which Session.
import type { Audience, InboundMessage } from "@homarus/sdk";

/** Who answers where; the first that fits wins, and fields that are absent fit all. */
export interface Binding {
  readonly agent: string;
  readonly channel?: string | undefined;
  readonly account?: string | undefined;
  readonly peer?: string | undefined;
  readonly place?: string | undefined;
}

/**
 * How direct chats map to sessions. `main`: all of an agent's direct chats are one conversation; `per-peer`: one for
 * each sender, whatever the channel; `per-channel-peer`: one for each sender on each channel, as for guests always.
 */
export type SessionScope = "main" | "per-peer" | "per-channel-peer";

export interface RouteRules {
  readonly defaultAgent: string;
  readonly agents: readonly string[];
  readonly bindings: readonly Binding[];
  readonly scope: SessionScope;
}

export interface Route {
  readonly agent: string;
  readonly sessionKey: string;
}

export function route(message: InboundMessage, rules: RouteRules, audience: Audience = "owner"): Route {
  if (message.session) {
    const sessionKey = resolveKey(message.session, rules.defaultAgent);
    const named = sessionKey.split(":")[1] ?? "";
    return { agent: rules.agents.includes(named) ? named : rules.defaultAgent, sessionKey };
  }
  const binding = rules.bindings.find((item) => fits(item, message));
  const agent = binding && rules.agents.includes(binding.agent) ? binding.agent : rules.defaultAgent;
  return {
    agent,
    sessionKey: `agent:${agent}:${sessionName(message, audience === "guest" ? "per-channel-peer" : rules.scope)}`,
  };
}

/** A short name as a full key: `main` becomes `agent:<agent>:main`; full keys stay. */
export function resolveKey(name: string, agent: string): string {
  const trimmed = name.trim();
  if (trimmed.startsWith("agent:")) return trimmed;
  return `agent:${agent}:${trimmed || "main"}`;
}

function fits(binding: Binding, message: InboundMessage): boolean {
  return (
    (binding.channel === undefined || binding.channel === message.channel) &&
    (binding.account === undefined || binding.account === message.account) &&
    (binding.peer === undefined || binding.peer === message.peer.id) &&
    (binding.place === undefined || binding.place === message.place.id)
  );
}

function sessionName(message: InboundMessage, scope: SessionScope): string {
  const { channel, account, place, peer } = message;
  const where = account === "default" ? channel : `${channel}:${account}`;
  const topic = place.topic === undefined ? "" : `:topic:${place.topic}`;
  if (place.type === "group") return `${where}:group:${place.id}${topic}`;
  if (scope === "main") return "main";
  if (scope === "per-peer") return `direct:${peer.id}`;
  return `${where}:direct:${peer.id}${topic}`;
}
