// What a command leaves behind in the shell or on the disk that a later one of the same text depends on.
import { formatPrintf } from "./decode.ts";
import { resolvePath } from "./places.ts";
import type { Scope } from "./scope.ts";
import { type Command, hole } from "./verdict.ts";

type Effect = (args: readonly string[], scope: Scope, command: Command) => string | undefined;

const operands = (args: readonly string[]): string[] => args.filter((arg) => !/^-./.test(arg));

const enter: Effect = (args, scope) => {
  const target = operands(args)[0] ?? "~";
  scope.cwd = target === "-" ? hole : resolvePath(target, scope.cwd);
  scope.variables.set("PWD", scope.cwd);
  return undefined;
};

const copy: Effect = (args, scope, command) => {
  const paths = operands(args).map((arg) => resolvePath(arg, command.cwd));
  const [from = "", to = ""] = [paths.at(-2), paths.at(-1)];
  const file = scope.files.get(from);
  if (file !== undefined) scope.files.set(to, file);
  const program =
    scope.copies.get(from) ?? (/^\/(usr\/)?(local\/)?s?bin\//.test(from) ? from.split("/").at(-1) : undefined);
  if (program === undefined) return undefined;
  scope.copies.set(to, program);
  scope.copies.set(to.split("/").at(-1) ?? to, program);
  return undefined;
};

/** A file that comes from elsewhere: running it later is running what nobody has read. */
const fetchFile: Effect = (args, scope, command) => {
  const at = args.findIndex((arg) => /^(-[a-zA-Z]*[oO]|--output|--output-document|--out)$/.test(arg));
  const given =
    args[at + 1] ??
    /^(?:--output(?:-document)?=|-O|-o)(.+)$/.exec(args.find((arg) => /^(--output|-[oO].)/.test(arg)) ?? "")?.[1];
  const url = args.find((arg) => /:\/\/|^[\w.-]+\.\w+\//.test(arg)) ?? "";
  const own = url.split(/[?#]/)[0]?.split("/").at(-1) ?? "";
  const remote = command.name === "wget" || args.some((arg) => /^-[a-zA-Z]*O$|^--remote-name$/.test(arg));
  const name =
    at >= 0 && given !== undefined && !(command.name === "curl" && /O$/.test(args[at] ?? ""))
      ? given
      : remote
        ? own
        : undefined;
  if (name !== undefined && name !== "-")
    scope.files.set(resolvePath(name, command.cwd), { text: hole, from: [command] });
  return undefined;
};

const effects: Readonly<Record<string, Effect>> = {
  ...{ cd: enter, pushd: enter, chdir: enter },
  ...{ cp: copy, ln: copy, mv: copy, install: copy },
  ...{ curl: fetchFile, wget: fetchFile },
  alias: (args, scope) => {
    for (const arg of args)
      if (arg.includes("=")) scope.aliases.set(arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1));
    return undefined;
  },
  unalias: (args, scope) => {
    for (const arg of args) scope.aliases.delete(arg);
    return undefined;
  },
  set: (args, scope) => {
    const at = args.indexOf("--");
    if (at >= 0) scope.positional = args.slice(at + 1);
    return undefined;
  },
  shift: (args, scope) => {
    scope.positional = scope.positional.slice(Number(args[0] ?? 1));
    return undefined;
  },
  read: (args, scope, command) => {
    const names = operands(args).filter((name) => /^[A-Za-z_]\w*$/.test(name));
    for (const name of names) scope.origins.set(name, command.input?.from ?? []);
    const text = command.input?.text ?? hole;
    const isWhole = args.some((arg, index) => arg === "-d" && (args[index + 1] ?? "") === "") || args.includes("-N");
    const line = isWhole ? text : (text.split("\n")[0] ?? "");
    if (args.some((arg) => /^-[a-z]*a/.test(arg)))
      scope.arrays.set(names.at(-1) ?? "", fieldsOf(line, command.assigned.get("IFS")));
    else if (names.length <= 1) scope.variables.set(names[0] ?? "REPLY", line);
    else for (const [index, name] of names.entries()) scope.variables.set(name, partOf(line, index, names.length));
    return undefined;
  },
  printf: (args, scope) => {
    if (args[0] !== "-v") return undefined;
    const [, name = "", format = "", ...rest] = args;
    scope.variables.set(name, formatPrintf(format, rest));
    return undefined;
  },
  mapfile: (args, scope, command) => {
    scope.arrays.set(operands(args).at(-1) ?? "MAPFILE", (command.input?.text ?? hole).split("\n"));
    return undefined;
  },
  tee: (args, scope, command) => {
    for (const arg of operands(args))
      scope.files.set(resolvePath(arg, command.cwd), command.input ?? { text: hole, from: [] });
    return undefined;
  },
  unset: (args, scope) => {
    for (const arg of operands(args)) scope.variables.set(arg, "");
    return undefined;
  },
  at: (_, __, command) => command.input?.text,
  ssh: (args, _, command) =>
    operands(args).length === 1 && command.input?.file === undefined ? command.input?.text : undefined,
  batch: (_, __, command) => command.input?.text,
  trap: (args) => {
    const own = args[0] === "--" ? args.slice(1) : args;
    return /^(-|$)/.test(own[0] ?? "") || own.length < 2 ? undefined : own[0];
  },
  ed: (_, __, command) => Array.from((command.input?.text ?? "").matchAll(/^!(.*)$/gm), (found) => found[1]).join("\n"),
  ftp: (_, __, command) =>
    Array.from((command.input?.text ?? "").matchAll(/^!(.*)$/gm), (found) => found[1]).join("\n"),
  make: (args, scope, command) => {
    const named = args[args.findIndex((arg) => /^(-f|--file|--makefile)$/.test(arg)) + 1];
    const own = ["Makefile", "makefile", "GNUmakefile"].map((name) => scope.files.get(resolvePath(name, command.cwd)));
    const text = args.includes("-f")
      ? (command.input ?? scope.files.get(resolvePath(named ?? "", command.cwd)))?.text
      : own.find((file) => file !== undefined)?.text;
    return text === undefined || text === hole ? undefined : makeLines(text);
  },
  crontab: (args, _, command) =>
    args.length === 0 || args.includes("-") ? command.input?.text.replace(/^(\S+\s+){5}|^@\w+\s+/gm, "") : undefined,
};

/** Changes the scope; a text that is returned runs as well. */
export function effectOf(command: Command, scope: Scope): string | undefined {
  const name = command.name === "readarray" ? "mapfile" : command.name;
  if (!Object.hasOwn(effects, name)) return undefined;
  return effects[name]?.(
    command.args.map((word) => word.text),
    scope,
    command,
  );
}

function fieldsOf(line: string, separators: string | undefined): string[] {
  if (separators === undefined || separators === "") return line.trim().split(/\s+/);
  return line.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, "\\$&")}]`)).filter((part) => part !== "");
}

function partOf(line: string, index: number, count: number): string {
  const parts = line.trim().split(/\s+/);
  return index === count - 1 ? parts.slice(index).join(" ") : (parts[index] ?? "");
}

function makeLines(text: string): string {
  return Array.from(text.matchAll(/^\t[-@]*(.*)$|;(.*)$/gm), (found) => found[1] ?? found[2] ?? "").join("\n");
}
