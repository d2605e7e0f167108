// The house's slash commands as an editor offers them. Pure.
// Source: agentclientprotocol.com/protocol/v1/slash-commands.
import type { AvailableCommand } from "@agentclientprotocol/sdk";
import type { CommandList } from "./wire.ts";

export function availableCommands({ commands }: CommandList): AvailableCommand[] {
  return commands.map(({ name, description, acceptsArgs, args }) => {
    const hint = (args ?? []).map((item) => item.description || item.name).join(" ");
    return { name, description, ...(acceptsArgs ? { input: { hint: hint || "text" } } : {}) };
  });
}

/** Each word that the house takes as a command. */
export function commandNames({ commands }: CommandList): ReadonlySet<string> {
  const names = commands.flatMap(({ name, textAliases }) => [name, ...(textAliases ?? [])]);
  return new Set(names.map((name) => name.replace(/^\//, "").toLowerCase()));
}
