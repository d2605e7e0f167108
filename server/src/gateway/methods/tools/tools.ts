// tools.*, commands.list and their kin: what an agent may do, and a program doing it by itself.
import { type Json, textOf, toFault } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import type { Door } from "../../door.ts";
import type { CommandFacts, ToolListing } from "../../house.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

const profiles = [
  { id: "minimal", label: "Minimal" },
  { id: "coding", label: "Coding" },
  { id: "messaging", label: "Messaging" },
  { id: "full", label: "Full" },
];

function catalog(input: ParamsOf<typeof params.catalog>, { door }: Call): unknown {
  const agentId = agentOf(door, input.agentId);
  const tools = door.house.tools.list(agentId).map((tool) => ({
    ...{ id: tool.name, label: tool.title, description: tool.description, source: "core", defaultProfiles: ["full"] },
  }));
  return { agentId, profiles, groups: [{ id: "core", label: "Built-in tools", source: "core", tools }] };
}

function effective(input: ParamsOf<typeof params.effective>, { door }: Call): unknown {
  const named = /^agent:([^:]+):/.exec(input.sessionKey)?.[1];
  const agentId = agentOf(door, input.agentId ?? named);
  const allowed = door.house.tools.list(agentId).filter((tool) => tool.isAllowed);
  return {
    ...{ agentId, profile: "full" },
    groups: [{ id: "core", label: "Built-in tools", source: "core", tools: allowed.map(effectiveRow) }],
  };
}

function effectiveRow(tool: ToolListing) {
  const { name, title, description, prompt, effects } = tool;
  const risk = effects.executes ? "high" : effects.writes || effects.network ? "medium" : "low";
  return { id: name, label: title, description, rawDescription: prompt, source: "core", risk };
}

function agentOf(door: Door, wanted: string | undefined): string {
  const agents = door.house.agents();
  if (wanted !== undefined && !agents.some((agent) => agent.id === wanted))
    throw invalid(`unknown agent id "${wanted}"`);
  return wanted ?? defaultAgent(agents)?.id ?? "main";
}

/** A tool that fails is an answer, not a failed call: the caller sees why in `error`. */
async function invoke(input: ParamsOf<typeof params.invoke>, { door }: Call): Promise<unknown> {
  const sessionKey = door.house.sessions.resolveKey(input.sessionKey ?? "main", input.agentId);
  const agent = agentOf(door, input.agentId ?? /^agent:([^:]+):/.exec(sessionKey)?.[1]);
  try {
    const wish = { name: input.name, input: (input.args ?? {}) as Json, agent, sessionKey, signal: door.life };
    const { content } = await door.house.tools.invoke(wish);
    return { ok: true, toolName: input.name, output: { content, text: textOf(content) }, source: "core" };
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.kind === "bug") throw thrown;
    const code = fault.kind === "denied" ? "forbidden" : fault.code === "tool.unknown" ? "not_found" : fault.code;
    return { ok: false, toolName: input.name, source: "core", error: { code, message: fault.message } };
  }
}

function commands(input: ParamsOf<typeof params.commands>, { door }: Call): unknown {
  return { commands: door.house.commands.map((command) => commandRow(command, input.includeArgs !== false)) };
}

export function commandRow({ name, aliases, usage, help }: CommandFacts, includeArgs: boolean) {
  const argument = /\[(.+)\]/.exec(usage)?.[1];
  const args = [{ name: "value", description: argument ?? "", type: "string" }];
  return {
    ...{ name, nativeName: name, textAliases: [name, ...aliases].map((word) => `/${word}`), description: help },
    ...{ category: "session", source: "native", scope: "both", acceptsArgs: argument !== undefined },
    ...(includeArgs && argument !== undefined ? { args } : {}),
  };
}

function allowedTools(door: Door, agent: string): readonly string[] {
  return door.house.tools.list(agent).flatMap((tool) => (tool.isAllowed ? [tool.name] : []));
}

/** `auto` is the one that walls in; where it cannot, commands are refused and not run without it. */
function sandboxOf(config: Json): string {
  const wanted = typeof config === "object" && config !== null && "sandbox" in config ? config.sandbox : "auto";
  return typeof wanted === "string" && wanted !== "auto" ? wanted : "bubblewrap";
}

/** The extensions that this build has. Which are used says the config file, so none is put in or out by a call. */
async function plugins(_input: unknown, { door }: Call): Promise<unknown> {
  const channels = new Set(door.house.channels().map((channel) => channel.id));
  const providers = new Set((await door.house.models()).flatMap((model) => (model.available ? [model.provider] : [])));
  const tools = new Set(door.house.agents().flatMap((agent) => allowedTools(door, agent.id)));
  const sandbox = sandboxOf((await door.house.config.read()).resolved);
  const used: Readonly<Record<string, (id: string) => boolean>> = {
    channel: (id) => channels.has(id),
    provider: (id) => providers.has(id),
    tool: (id) => tools.has(id),
    sandbox: (id) => id === sandbox,
  };
  const isUsed = (kind: string, id: string) => used[kind]?.(id) ?? true;
  const rows = door.house.catalog.map(({ id, title, description, kind }) => {
    const enabled = isUsed(kind, id);
    const state = enabled ? "enabled" : "disabled";
    return { id, name: title, description, kind: [kind], origin: "bundled", installed: true, enabled, state };
  });
  return { plugins: rows, diagnostics: [], mutationAllowed: false };
}

const noDescriptors = () => ({ ok: true, descriptors: [] });

function browser(): never {
  const message = "browser control is disabled: this build has no browser; fetch pages with the web_fetch tool";
  throw new Refusal({ code: "UNAVAILABLE", message });
}

export const handlers: Group["handlers"] = {
  "tools.catalog": catalog,
  "tools.effective": effective,
  "tools.invoke": invoke,
  "commands.list": commands,
  "plugins.list": plugins,
  "plugins.uiDescriptors": noDescriptors,
  "browser.request": browser,
};
