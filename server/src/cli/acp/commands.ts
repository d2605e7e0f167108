// The house's slash commands as an editor offers them. Pure.
// Source: agentclientprotocol.com/protocol/v1/slash-commands.
import type { AvailableCommand } from "@agentclientprotocol/sdk";
import { houseCommands } from "../../boot/commands.ts";
import type { CommandList } from "./wire.ts";

/** What the gateway lists; where it lists nothing, the commands of this house. */
export function availableCommands(listed: CommandList | undefined): AvailableCommand[] {
  if (!listed) {
    return houseCommands.map(({ name, usage, help }) => command(name, help, usage.replace(/^\S+\s*/, "")));
  }
  return listed.commands.map(({ name, description, acceptsArgs, args }) =>
    command(name, description, acceptsArgs ? (args?.map((item) => item.name).join(" ") ?? "") || "text" : ""),
  );
}

/** Each name that the house takes as a command. */
export function commandNames(available: readonly AvailableCommand[]): ReadonlySet<string> {
  const aliases = houseCommands.flatMap((item) => [item.name, ...item.aliases]);
  return new Set([...available.map(({ name }) => name.toLowerCase()), ...aliases]);
}

function command(name: string, description: string, hint: string): AvailableCommand {
  return { name, description, ...(hint === "" ? {} : { input: { hint } }) };
}
