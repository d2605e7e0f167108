// The policy as the config has it, and what it must know of tools.
import { type CatalogEntry, Fault, nearest } from "@homarus/sdk";
import type { Limit, LimitSettings } from "../core/limits/limits.ts";
import type { PolicySettings, PolicyTool } from "../core/policy/case.ts";
import type { HouseConfig } from "../host/config/schema.ts";

/** What holds for an agent: the nearest settings first. */
export function policySettings(id: string, { agents, policy, approvals }: HouseConfig): PolicySettings {
  const own = agents.list.find((agent) => agent.id === id);
  const { defaults } = agents;
  return {
    profile: own?.profile ?? defaults.profile ?? "full",
    lists: [defaults.tools, own?.tools].filter((list) => list !== undefined),
    rules: policy.rules,
    approvals: [own?.approvals, defaults.approvals, approvals].filter((item) => item !== undefined),
    unattended: approvals.unattended,
  };
}

/** `outside`: tools of servers. Throws an `invalid` Fault that names the nearest ones where there is no such tool. */
export function checkTool(name: string, catalog: readonly CatalogEntry[], outside: readonly string[] = []): void {
  const names = [...catalog.filter(({ kind }) => kind === "tool").map(({ id }) => id), ...outside];
  if (names.includes(name)) return;
  const parts = name.toLowerCase().split(/[^a-z0-9]+/);
  const near = nearest(name, names);
  const alike = names.filter((id) => id !== near && id.split("_").some((part) => parts.includes(part)));
  const meant = [...(near === undefined ? [] : [near]), ...alike];
  throw new Fault("invalid", "tool.unknown", `There is no tool ${name}, so nothing can be said of it.`, {
    hint: meant.length > 0 ? `Did you mean ${meant.join(" or ")}?` : `The tools are ${names.join(", ")}.`,
  });
}

/** Of a tool that is not there the worst is assumed. */
export function policyTool(name: string, catalog: readonly CatalogEntry[]): PolicyTool {
  const entry = catalog.find((item) => item.kind === "tool" && item.id === name);
  if (entry?.kind !== "tool") {
    const effects = { reads: true, writes: true, executes: true, network: true, outside: true, destructive: true };
    return { name, group: "house", effects, words: "foreign" };
  }
  const { group, effects, approval, words, fields } = entry;
  return { name, group, effects, approval, words, fields };
}

/** How often and how many at once, in the units of the house. */
export function limitSettings({ limits }: HouseConfig): LimitSettings {
  const { runs, groups, senders, agents } = limits;
  return { runs, groups: limitOf(groups), senders: limitOf(senders), agents: limitOf(agents) };
}

function limitOf({ cooldownSeconds, runsPerHour, runs }: HouseConfig["limits"]["groups" | "senders"]): Limit {
  return { cooldownMs: cooldownSeconds * 1000, runsPerHour, runs };
}
