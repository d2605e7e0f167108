// How long files and functions may be, and how long they are. Functions are measured by their braces.
import { mask } from "./mask.ts";
import { isSource, isTest, type Rule, type Tree } from "./tree.ts";

const fileLimit = 400;
const testLimit = 600;
const functionLimit = 60;

/** Files with a limit of their own, which is the aim of that one file. */
const particular: ReadonlyMap<string, number> = new Map([
  ["server/src/core/line.ts", 80],
  ["server/src/boot.ts", 200],
]);

/** Tables and schemas that may be longer than a file, each with the reason. */
export const exemptFiles: ReadonlyMap<string, string> = new Map([
  ["server/src/cli/commands.ts", "one table: a row for each command, with its words and options"],
]);

/** No file is longer than its limit. */
export const filesAreShort: Rule = (tree) =>
  sources(tree)
    .filter(([path]) => !exemptFiles.has(path))
    .map(([path, text]) => ({ path, lines: linesOf(text), limit: limitOf(path) }))
    .filter(({ lines, limit }) => lines > limit)
    .map(({ path, lines, limit }) => `${path}: ${lines} lines, the limit is ${limit}`);

function limitOf(path: string): number {
  return particular.get(path) ?? (isTest(path) ? testLimit : fileLimit);
}

function linesOf(text: string): number {
  return text.trimEnd().split("\n").length;
}

function sources(tree: Tree): [path: string, text: string][] {
  return [...tree].filter(([path]) => isSource(path));
}

/** No function is longer than 60 lines, from the line of its opening brace to that of its closing one. */
export const functionsAreShort: Rule = (tree) =>
  sources(tree)
    .filter(([path]) => !isTest(path) && !path.startsWith("tests/"))
    .flatMap(([path, text]) => longFunctionsIn(mask(text)).map((found) => `${path}:${found}`));

function longFunctionsIn(code: string): string[] {
  const lineAt = lineCounter(code);
  const open: number[] = [];
  const found: string[] = [];
  for (const { index, 0: brace } of code.matchAll(/[{}]/g)) {
    if (brace === "{") {
      open.push(index);
      continue;
    }
    const begin = open.pop();
    if (begin === undefined || !opensFunction(code, begin)) continue;
    const lines = lineAt(index) - lineAt(begin) + 1;
    if (lines > functionLimit)
      found.push(`${lineAt(begin)}: a function of ${lines} lines, the limit is ${functionLimit}`);
  }
  return found;
}

/** Whether the brace follows an arrow, or the parameters (and result type) of a function or method. */
function opensFunction(code: string, brace: number): boolean {
  const before = code.slice(0, brace).trimEnd();
  if (before.endsWith("=>")) return true;
  const header = /[^;]*$/.exec(before.slice(-600))?.[0] ?? "";
  const close = header.search(/\)\s*(?::[^=]*)?$/);
  if (close < 0) return false;
  const word = /([\w$#]+)?\s*(?:<[^()]*>)?\s*$/.exec(
    header.slice(0, openingOf(header, header.lastIndexOf(")", close))),
  )?.[1];
  return !/^(?:if|for|while|switch|catch|with|extends)$/.test(word ?? "");
}

/** Where the bracket that closes at `close` was opened; 0 when that lies before the text. */
function openingOf(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text[at] === ")") depth++;
    if (text[at] === "(" && --depth === 0) return at;
  }
  return 0;
}

function lineCounter(code: string): (index: number) => number {
  const breaks = Array.from(code.matchAll(/\n/g), (match) => match.index);
  return (index) => breaks.filter((at) => at < index).length + 1;
}

/** Median and 90th percentile of the lengths of files that are not tests, the longest, and a guess at the tokens. */
export function report(
  tree: Tree,
  folder: string,
): { files: number; median: number; p90: number; longest: number; tokens: number } {
  const texts = sources(tree).filter(([path]) => path.startsWith(folder) && !isTest(path));
  const lengths = texts.map(([, text]) => linesOf(text)).sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0;
  // About four characters make one token of source.
  const tokens = Math.round(texts.reduce((sum, [, text]) => sum + text.length, 0) / 4);
  return { files: lengths.length, median: at(0.5), p90: at(0.9), longest: at(1), tokens };
}
