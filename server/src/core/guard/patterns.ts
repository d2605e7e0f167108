// The owner's patterns over a command as it would run: a glob over its words, or a regular expression between slashes.
import type { Command } from "./verdict.ts";

/** Whether a pattern fits a command, however its short options are written. */
export function fitsPattern(pattern: string, command: Command, whole: string): boolean {
  const expression = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  const forms = formsOf(command);
  if (expression !== null) {
    const shape = compiled(expression[1] ?? "", expression[2]);
    return shape !== undefined && [...forms, whole].some((form) => shape.test(form));
  }
  const globs = [pattern, ordered(pattern.split(/\s+/))].map(globShape);
  return globs.some((shape) => forms.some((form) => shape.test(form)));
}

/** A pattern that is no regular expression fits everything: an owner's slip must not open a door. */
function compiled(source: string, flags = ""): RegExp | undefined {
  try {
    return new RegExp(source, flags.replace(/[gy]/g, ""));
  } catch {
    // The configuration's own check says what is wrong with it.
    return /^/;
  }
}

function formsOf(command: Command): string[] {
  const name = command.name.replace(/:$/, "");
  const words = command.args.map((word) => word.text);
  const bare = [name, ...words].join(" ").trim();
  return [bare, [command.path, ...words].join(" ").trim(), ordered([name, ...words])];
}

const longNames: Readonly<Record<string, string>> = {
  "--recursive": "-r",
  "--force": "-f",
  "-R": "-r",
  "--all": "-a",
  "--verbose": "-v",
};

/** Short options taken together and sorted behind the program: `rm -r -f x` and `rm -fr x` are one. */
function ordered(words: readonly string[]): string {
  const [name = "", ...rest] = words.map((word) => longNames[word] ?? word);
  const short = rest.filter((word) => /^-[A-Za-z]+$/.test(word));
  const letters = [...new Set(short.flatMap((word) => [...word.slice(1)]))].sort().join("");
  return [name, ...(letters === "" ? [] : [`-${letters}`]), ...rest.filter((word) => !short.includes(word))].join(" ");
}

function globShape(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[\\s\\S]*")
    .replaceAll("?", "[\\s\\S]");
  return new RegExp(`^${source}$`);
}

const standard = /^\/(usr\/(local\/)?)?s?bin\/[^/]+$/;

/** Whether the list lets a command run: a program's name is good for it only where programs are kept. */
export function isListed(list: readonly string[], command: Command): boolean {
  const name = command.name.replace(/:$/, "");
  if (name === "") return true;
  const honest = !command.path.includes("/") || standard.test(command.path) || list.includes(command.path);
  return (
    honest &&
    list.some((entry) =>
      /[\s*?]|^\/.*\/[a-z]*$/.test(entry) ? fitsPattern(entry, command, "") : entry === name || entry === command.path,
    )
  );
}
