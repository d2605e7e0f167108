// The help, drawn from the command table.
import { type CommandWords, globalOptions, type OptionWords } from "./command.ts";
import { commands } from "./commands.ts";

export function mainHelp(version: string): string {
  return [
    `Homarus ${version}: your own agent, on your own machine.`,
    "",
    "Usage: homarus <command> [options]",
    "",
    "Commands:",
    ...columns(commands.map((command) => [command.name, command.summary])),
    "",
    "Options of every command:",
    ...optionLines(globalOptions),
    "",
    "First steps:",
    "  homarus gateway                     start it, then open the address it prints",
    '  homarus agent "what time is it"     ask something from here',
    "  homarus doctor                      when something is not right",
    "",
    "`homarus <command> --help` tells more. State is kept in ~/.homarus (HOMARUS_HOME).",
  ].join("\n");
}

export function commandHelp(command: CommandWords): string {
  const own = Object.keys(command.options).length > 0 ? ["", "Options:", ...optionLines(command.options)] : [];
  return [
    `Usage: homarus ${[command.name, command.operands].filter(Boolean).join(" ")} [options]`,
    "",
    command.about,
    ...own,
    "",
    "Options of every command:",
    ...optionLines(globalOptions),
  ].join("\n");
}

function optionLines(options: Readonly<Record<string, OptionWords>>): string[] {
  return columns(
    Object.entries(options).map(([name, { short, type, help }]) => [
      `${short ? `-${short}, ` : "    "}--${name}${type === "string" ? " <value>" : ""}`,
      help,
    ]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
