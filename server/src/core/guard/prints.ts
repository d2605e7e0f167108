// What a command would print, where that can be told without running it: enough to undo the usual disguises.
import { formatPrintf, fromBase32, fromBase64, fromHex, translate, unescapeAnsi } from "./decode.ts";
import { resolvePath } from "./places.ts";
import type { Scope } from "./scope.ts";
import { type Command, hole } from "./verdict.ts";

type Printer = (args: readonly string[], input: string, command: Command, scope: Scope) => string;

const isFlag = (arg: string): boolean => /^-./.test(arg);
const values = (args: readonly string[]): string[] => args.filter((arg) => !isFlag(arg));
const decodes = (args: readonly string[]): boolean => args.some((arg) => /^(-[a-z]*[dD][a-z]*|--decode)$/.test(arg));
const passes: Printer = (args, input) => (values(args).length > 0 ? hole : input);
const nothing: Printer = () => "";

const printers: Readonly<Record<string, Printer>> = {
  echo: (args) => {
    const flags = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
    const rest = flags < 0 ? [] : args.slice(flags);
    const text = rest.join(" ");
    return `${args.slice(0, Math.max(flags, 0)).some((arg) => arg.includes("e")) ? unescapeAnsi(text) : text}\n`;
  },
  printf: (args) => {
    const rest = args[0] === "--" ? args.slice(1) : args;
    return rest[0] === "-v" ? "" : formatPrintf(rest[0] ?? "", rest.slice(1));
  },
  cat: (args, input, command, scope) => {
    const files = values(args).filter((arg) => !/^(\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0)$/.test(arg));
    if (files.length === 0) return input;
    return files.map((file) => scope.files.get(resolvePath(file, command.cwd))?.text ?? hole).join("");
  },
  tee: (_, input) => input,
  base64: (args, input) => (decodes(args) && values(args).length === 0 ? fromBase64(input) : hole),
  base32: (args, input) => (decodes(args) ? fromBase32(input) : hole),
  openssl: (args, input) => (/^(enc|base64)$/.test(args[0] ?? "") && decodes(args) ? fromBase64(input) : hole),
  xxd: (args, input) => (args.some((arg) => /^-[a-z]*r/.test(arg)) ? fromHex(input) : hole),
  rev: (args, input) => (values(args).length > 0 ? hole : input.split("\n").map(reversed).join("\n")),
  tac: (args, input) => (values(args).length > 0 ? hole : input.trimEnd().split("\n").reverse().join("\n")),
  tr: (args, input) => translate(input, args.filter(isFlag).join(""), values(args)[0] ?? "", values(args)[1] ?? ""),
  sed: (args, input) => edit(values(args), args, input),
  head: (args, input) => sliceOf(args, input),
  cut: (args, input) => columns(args, input),
  fold: passes,
  sort: passes,
  uniq: passes,
  pwd: (_, __, command) => command.cwd,
  whoami: () => "user",
  mktemp: () => `/tmp/${hole}`,
  which: (args) => values(args).map(pathOf).join("\n"),
  basename: (args) => (args[0] ?? "").replace(/\/+$/, "").split("/").at(-1) ?? "",
  dirname: (args) => (args[0] ?? "").replace(/\/*[^/]*\/*$/, "") || (args[0]?.startsWith("/") ? "/" : "."),
  realpath: (args, _, command) => resolvePath(values(args)[0] ?? "", command.cwd),
  readlink: (args, _, command) => (args.includes("-f") ? resolvePath(values(args)[0] ?? "", command.cwd) : hole),
  git: (args, _, command) => (args.includes("--show-toplevel") ? command.cwd : hole),
  seq: (args) =>
    args.length === 1 && Number(args[0]) <= 20
      ? Array.from({ length: Number(args[0]) }, (_, i) => i + 1).join("\n")
      : hole,
  awk: (args) => said(args),
  perl: (args) => said(args),
  python: (args) => said(args),
  node: (args) => said(args),
  ruby: (args) => said(args),
  php: (args) => said(args),
  ...{ cd: nothing, true: nothing, ":": nothing, export: nothing, set: nothing, test: nothing, "[": nothing },
  ...{ mkdir: nothing, rm: nothing, cp: nothing, chmod: nothing, sleep: nothing, shopt: nothing, alias: nothing },
};

/** What it would print; a hole where that is unknown. */
export function printed(command: Command, scope: Scope): string {
  if (/^(command|type)$/.test(command.through.at(-1) ?? "") && command.name === "") return hole;
  const name = command.name.replace(/^(python|perl|ruby|php)[\d.]+$/, "$1").replace(/^([gm]awk|nawk)$/, "awk");
  const printer = Object.hasOwn(printers, name) ? printers[name] : undefined;
  if (printer === undefined) return hole;
  const args = command.args.map((word) => word.text);
  return printer(args, command.input?.text ?? hole, command, scope);
}

const reversed = (line: string): string => [...line].reverse().join("");

export function pathOf(program: string): string {
  return program.startsWith("/") ? program : `/usr/bin/${program}`;
}

/** A program of an interpreter that only prints one literal. */
function said(args: readonly string[]): string {
  const code = args.filter((arg) => !isFlag(arg))[0] ?? "";
  const found =
    /^\s*(?:BEGIN\s*\{)?\s*(?:print|puts|echo|console\.log|process\.stdout\.write|printf)\s*\(?\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)?\s*;?\s*\}?\s*$/.exec(
      code,
    )?.[1];
  return found === undefined ? hole : unescapeAnsi(found.slice(1, -1));
}

function edit(scripts: readonly string[], args: readonly string[], input: string): string {
  const script = scripts[0] ?? "";
  const found = /^s([/|#,:])((?:\\.|(?!\1).)*)\1((?:\\.|(?!\1).)*)\1([gi]*)$/.exec(script);
  if (found === null || scripts.length > 1 || args.filter(isFlag).some((arg) => !/^-[rEe]$/.test(arg))) return hole;
  const [, , pattern = "", by = "", flags = ""] = found;
  if (pattern.length > 60 || input.length > 500 || /[*+][^)]*\)[*+]/.test(pattern)) return hole;
  try {
    return input.replace(new RegExp(pattern, `${flags}m`), by.replace(/\\(\d)/g, "$$$1").replaceAll("&", "$$&"));
  } catch {
    // A pattern of another dialect: what it would leave is unknown.
    return hole;
  }
}

function sliceOf(args: readonly string[], input: string): string {
  const joined = args.join(" ");
  const bytes = /-c\s*(\d+)/.exec(joined)?.[1];
  if (bytes !== undefined) return input.slice(0, Number(bytes));
  const lines = /-n?\s*(\d+)/.exec(joined)?.[1];
  return input
    .split("\n")
    .slice(0, Number(lines ?? 10))
    .join("\n");
}

function columns(args: readonly string[], input: string): string {
  const joined = args.join(" ");
  const letters = /-[cb]\s*(\d+)(?:(-)(\d*))?/.exec(joined);
  const cut = (pick: (line: string) => string): string => input.split("\n").map(pick).join("\n");
  if (letters !== null) {
    const begin = Number(letters[1]) - 1;
    const end = letters[2] === undefined ? begin + 1 : letters[3] === "" ? undefined : Number(letters[3]);
    return cut((line) => line.slice(begin, end));
  }
  const field = /-f\s*(\d+)/.exec(joined)?.[1];
  const by = /-d\s*(\S| )/.exec(joined)?.[1] ?? "\t";
  return field === undefined ? hole : cut((line) => line.split(by)[Number(field) - 1] ?? "");
}
