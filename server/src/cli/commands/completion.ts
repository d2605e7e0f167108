// `homarus completion`: a script for the shell, drawn from the command table.
import { type CommandWords, globalOptions, type Invocation } from "../command.ts";
import { printLine } from "../print.ts";

type Table = readonly CommandWords[];

export async function run({ operands, table }: Invocation): Promise<number> {
  const scripts: Readonly<Record<string, (commands: Table) => string>> = { bash, zsh, fish };
  printLine(scripts[operands[0] ?? ""]?.(table) ?? "");
  return 0;
}

function words(command: CommandWords): string {
  const options = Object.keys({ ...globalOptions, ...command.options }).map((name) => `--${name}`);
  return [...(command.subcommands ?? []), ...options].join(" ");
}

function bash(commands: Table): string {
  const cases = commands.map((command) => `    ${command.name}) words="${words(command)}" ;;`);
  return [
    "_homarus() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" words',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${commands.map((command) => command.name).join(" ")} --help --version"`,
    '  else case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac; fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -F _homarus homarus",
  ].join("\n");
}

function zsh(commands: Table): string {
  const names = commands.map((command) => `'${command.name}:${command.summary.replace(/[':]/g, "")}'`).join(" ");
  const cases = commands.map((command) => `    ${command.name}) compadd -- ${words(command)} ;;`);
  return [
    "#compdef homarus",
    "_homarus() {",
    "  if (( CURRENT == 2 )); then",
    `    local -a names=(${names})`,
    "    _describe command names",
    '  else case "$words[2]" in',
    ...cases,
    "  esac; fi",
    "}",
    "compdef _homarus homarus",
  ].join("\n");
}

function fish(commands: Table): string {
  return commands
    .flatMap((command) => [
      `complete -c homarus -f -n __fish_use_subcommand -a ${command.name} -d '${command.summary.replace(/'/g, "")}'`,
      `complete -c homarus -f -n '__fish_seen_subcommand_from ${command.name}' -a '${words(command)}'`,
    ])
    .join("\n");
}
