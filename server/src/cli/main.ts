// The command line: finds the command in the table, reads its options, runs it, and turns faults into sentences.
import { parseArgs } from "node:util";
import { type Build, type CommandWords, globalOptions } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, mainHelp } from "./help.ts";

export async function main(argv: readonly string[], build: Build): Promise<number> {
  const word = commandWord(argv);
  const named = commands.find((command) => command.name === word);
  const own = beforeDashes(argv);
  if (own.includes("--version") || own.includes("-V")) return say(build.version);
  const asksHelp = own.includes("--help") || own.includes("-h");
  if (!named) {
    if (asksHelp || (word === undefined && argv.length === 0) || word === "help") return say(mainHelp(build.version));
    return wrong(word === undefined ? "Which command?" : `There is no command "${word}".${suggestion(word)}`);
  }
  if (asksHelp) return say(commandHelp(named));
  return runCommand(named, argv, build);
}

/** What stands behind `--` is for another program. */
function beforeDashes(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("--");
  return at < 0 ? argv : argv.slice(0, at);
}

/** The first word that is neither an option of every command nor the value of one: `homarus --port 1 status` is a status. */
function commandWord(argv: readonly string[]): string | undefined {
  const options = plain(globalOptions);
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  return tokens.find((token) => token.kind === "positional")?.value;
}

async function runCommand(command: CommandWords, argv: readonly string[], build: Build): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(command, argv);
  } catch (thrown) {
    return wrong(`${(thrown as Error).message.replace(/\.? To specify.*$/s, "")}. See: homarus ${command.name} --help`);
  }
  const [, ...named] = parsed.positionals;
  const operands = named.length === 0 && command.usual !== undefined ? [command.usual] : named;
  const first = operands[0];
  if (command.subcommands && !command.subcommands.includes(first ?? "")) {
    return wrong(`homarus ${command.name} wants one of: ${command.subcommands.join(", ")}.`);
  }
  const json = parsed.values.json === true;
  try {
    const { run } = await command.load();
    return await run({ operands, options: parsed.values, build, table: commands });
  } catch (thrown) {
    return failed(thrown, json, parsed.values.verbose === true);
  }
}

function parse(command: CommandWords, argv: readonly string[]) {
  const options = plain({ ...globalOptions, ...command.options });
  const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  const flat = Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.join() : value]);
  return { positionals, values: Object.fromEntries(flat) as Record<string, string | boolean> };
}

/** Options as Node reads them. */
function plain(options: typeof globalOptions) {
  const rows = Object.entries(options).map(([name, { type, short, isList = false }]) => [
    name,
    { type, ...(short && { short }), multiple: isList },
  ]);
  return Object.fromEntries(rows) as Record<string, { type: "string" | "boolean"; short?: string; multiple: boolean }>;
}

interface Told {
  readonly kind?: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

/** What happened and what to do. The stack is for `--verbose`, and for what nobody expected. */
function failed(thrown: unknown, json: boolean, verbose: boolean): number {
  const { kind, code, message, hint } = thrown as Told;
  if (json) {
    console.log(
      JSON.stringify({ ok: false, error: { kind: kind ?? "bug", code: code ?? "cli.unexpected", message, hint } }),
    );
  } else {
    console.error([message, hint].filter(Boolean).join("\n"));
    if (verbose || kind === undefined) console.error((thrown as Error).stack ?? "");
  }
  if (kind === "unavailable") return 3;
  return kind === "invalid" ? 2 : 1;
}

function say(text: string): number {
  console.log(text);
  return 0;
}

function wrong(text: string): number {
  console.error(`${text}\nSee: homarus --help`);
  return 2;
}

/** Two letters that changed places, or an end that is another. The sdk knows more, and would have to be loaded for it. */
function suggestion(word: string): string {
  const names = commands.map(({ name }) => name);
  const letters = (text: string): string => [...text].sort().join("");
  const near =
    names.find((name) => name.startsWith(word.slice(0, 3))) ?? names.find((name) => letters(name) === letters(word));
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}
