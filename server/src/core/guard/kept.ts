// Scripts that were there before: which file of the workspace a command would run, and what is written in it.
import { codesOf, type Language, languageOf } from "./inner.ts";
import { areaOf, resolvePath } from "./places.ts";
import { toldInShell } from "./scripts.ts";
import type { Command, GuardSettings, Word } from "./verdict.ts";

export interface KeptScript {
  /** As the command names it. */
  readonly name: string;
  /** What it does, told in shell. */
  readonly text: string;
}

/** Undefined where it runs none, or none that is to be read. */
export function keptScript(command: Command, settings: GuardSettings): KeptScript | undefined {
  const { readFile, workspace } = settings;
  const named = command.remote || readFile === undefined ? undefined : fileOf(command);
  if (named === undefined) return undefined;
  const path = resolvePath(named.file, command.cwd);
  const content = areaOf(path, workspace) === "inside" ? readFile?.(path) : undefined;
  if (content === undefined || content.includes("\0")) return undefined;
  const mark = /^#!\s*\S*?(?:env\s+(?:-S\s+)?)?([\w.]+)(?:\s.*)?$/.exec(content.split("\n", 1)[0] ?? "")?.[1];
  const language = mark === undefined ? named.language : (languageOf(mark) ?? "shell");
  return { name: named.file, text: told(named, language, content) };
}

interface Named {
  readonly file: string;
  readonly language: Language;
  /** Of a file that holds several scripts, the one that runs. */
  readonly part?: string;
}

function told({ file, part }: Named, language: Language, content: string): string {
  if (part !== undefined) return scriptIn(content, part);
  if (/akefile$|\.mk$/.test(file))
    return Array.from(content.matchAll(/^\t[-@+]*(.*)$/gm), (found) => found[1] ?? "").join("\n");
  return language === "shell" ? content : toldInShell(language, content).join("\n");
}

/** The script of a package and those that run before and behind it. */
function scriptIn(content: string, name: string): string {
  try {
    const { scripts = {} } = JSON.parse(content) as { scripts?: Readonly<Record<string, unknown>> };
    return [`pre${name}`, name, `post${name}`].map((key) => String(scripts[key] ?? "")).join("\n");
  } catch {
    // No JSON: then its program runs nothing either.
    return "";
  }
}

function fileOf(command: Command): Named | undefined {
  const { name, args, path } = command;
  const operands = args.filter(({ text }) => !/^-/.test(text)).map(({ text }) => text);
  if (/^(npm|pnpm|yarn|bun)$/.test(name)) return ofPackage(name, operands);
  if (/^g?make$/.test(name)) return ofMake(args);
  const language = name === "source" || name === "." ? "shell" : languageOf(name);
  if (language === undefined) return path.includes("/") ? { file: path, language: "shell" } : undefined;
  const file = operands[0];
  return file === undefined || codesOf(command).length > 0 ? undefined : { file, language };
}

function ofPackage(name: string, [first = "", second]: readonly string[]): Named | undefined {
  const isRun = /^(run|run-script|rum|urn)$/.test(first);
  // The others take any script's name for a command of theirs.
  const part = isRun ? second : name !== "npm" || /^(test|start|stop|restart)$/.test(first) ? first : "";
  return part ? { file: "package.json", language: "shell", part } : undefined;
}

function ofMake(args: readonly Word[]): Named | undefined {
  const at = args.findIndex(({ text }) => /^(-f|--file|--makefile)$/.test(text));
  const file = at < 0 ? "Makefile" : args[at + 1]?.text;
  return file === undefined ? undefined : { file, language: "shell" };
}
