// From a word of the grammar to the words a program gets: quotes off, variables and braces expanded, split in fields.
// Inside, a character that was quoted is moved to a private place, so that nothing later takes it for syntax.
import { unescapeAnsi } from "./decode.ts";
import type { ShellNode } from "./node.ts";
import { expandParameter, fieldBreak } from "./parameters.ts";
import type { Scope } from "./scope.ts";
import { hole, type Word } from "./verdict.ts";

/** What `$(..)` prints, and the path of `<(..)`; the walk knows. */
export type Substitute = (node: ShellNode) => string;

const special = /[{},*?[\]~ \t\n]/g;
const moved = /[\uF000-\uF07F]/g;

const protect = (text: string): string =>
  text.replace(special, (letter) => String.fromCharCode(0xf0_00 + letter.charCodeAt(0)));
const unprotect = (text: string): string =>
  text.replace(moved, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xf0_00));

/** Words of one node; none for an unquoted variable that is empty. */
export function expandWord(node: ShellNode, scope: Scope, substitute: Substitute): Word[] {
  const whole = textOf(node, scope, substitute, false);
  return braces(whole).flatMap((text) => fields(text, whole === "" && !/^["']/.test(node.text), node.text));
}

/** The value of a node as one text, as in an assignment: not split. */
export function expandText(node: ShellNode, scope: Scope, substitute: Substitute): string {
  const whole = textOf(node, scope, substitute, true).replaceAll(fieldBreak, " ");
  return unprotect(tilde(whole));
}

function fields(text: string, gone: boolean, raw: string): Word[] {
  if (gone) return [];
  const parts = text.includes(fieldBreak) ? text.split(fieldBreak).filter((part) => part !== "") : [text];
  return parts.map((part) => ({ text: unprotect(tilde(part)), glob: /[*?]|\[[^\]]+\]|[@+!]\(/.test(part), raw }));
}

function tilde(text: string): string {
  return text.startsWith("~root")
    ? `/root${text.slice(5)}`
    : text.replace(/^~[a-z_][\w-]*(?=\/|$)/, "/home".concat("/other"));
}

function textOf(node: ShellNode, scope: Scope, substitute: Substitute, quoted: boolean): string {
  switch (node.type) {
    case "string":
    case "translated_string":
      return protect(insideOf(node, scope, substitute));
    case "raw_string":
      return protect(node.text.slice(1, -1));
    case "ansi_c_string":
      return protect(unescapeAnsi(node.text.slice(2, -1)));
    case "simple_expansion":
    case "expansion":
      return split(expandParameter(node.text, scope), scope, quoted);
    case "command_substitution":
      return split(substitute(node).replace(/\n+$/, ""), scope, quoted);
    case "process_substitution":
      return protect(substitute(node));
    case "arithmetic_expansion":
      return arithmetic(node.text, scope);
    case "array":
      return node.children
        .filter((child) => !/^[()]$/.test(child.type))
        .flatMap((child) => expandWord(child, scope, substitute))
        .map((word) => protect(word.text))
        .join(fieldBreak);
    case "brace_expression":
      return node.text;
    default:
      return node.children.length === 0 ? bare(node.text) : joined(node, scope, substitute, quoted);
  }
}

/** A variable's value outside of quotes is split where IFS says, and its braces mean nothing. */
function split(value: string, scope: Scope, quoted: boolean): string {
  const parts = quoted ? [value] : value.split(ifsPattern(scope.variables.get("IFS") ?? " \t\n"));
  return parts.map((part) => part.replace(/[{},~]/g, protect)).join(fieldBreak);
}

function ifsPattern(separators: string): RegExp | string {
  if (separators === " \t\n" || separators === hole) return /[\s\uE001]+/;
  return new RegExp(`[${separators.replace(/[\]\\^-]/g, "\\$&")}\uE001]+`);
}

/** Children side by side, with what stands between them as it is. */
function joined(node: ShellNode, scope: Scope, substitute: Substitute, quoted: boolean): string {
  let out = "";
  let at = node.start;
  for (const child of node.children) {
    out += bare(node.text.slice(at - node.start, child.start - node.start));
    out += textOf(child, scope, substitute, quoted);
    at = child.start + child.text.length;
  }
  return out + bare(node.text.slice(at - node.start));
}

/** The inside of double quotes, or of a here-document whose end is not quoted. */
export function insideOf(node: ShellNode, scope: Scope, substitute: Substitute): string {
  let out = "";
  let at = node.start;
  const take = (end: number): string => softQuoted(node.text.slice(at - node.start, end - node.start));
  for (const child of node.children) {
    out += take(child.start);
    at = child.start + child.text.length;
    if (child.type === '"' || child.type === '$"') continue;
    if (/^(simple_)?expansion$/.test(child.type))
      out += expandParameter(child.text, scope).replaceAll(fieldBreak, joint(child.text, scope));
    else if (child.type === "command_substitution") out += substitute(child).replace(/\n+$/, "");
    else if (child.type === "arithmetic_expansion") out += arithmetic(child.text, scope);
    else out += softQuoted(child.text);
  }
  const end = node.start + node.text.length;
  // "$@" alone is as many words as there are arguments.
  const alone = /^"(\$@|\$\{@(?::\d+)*\}|\$\{!?\w+\[@\]\})"$/.exec(node.text)?.[1];
  if (alone !== undefined) return expandParameter(alone, scope);
  return out + take(end);
}

/** What stands between the items of a list in quotes: of `$*` and `${x[*]}` the first sign of IFS. */
function joint(text: string, scope: Scope): string {
  const separators = scope.variables.get("IFS") ?? " ";
  return /\*(\])?\}?$/.test(text) && separators !== hole ? separators.slice(0, 1) : " ";
}

function softQuoted(text: string): string {
  return text.replace(/\\\n/g, "").replace(/\\([$`"\\])/g, "$1");
}

function bare(text: string): string {
  return text.replace(/\\\n/g, "").replace(/\\(.)/gs, (_, letter: string) => protect(letter));
}

function arithmetic(text: string, scope: Scope): string {
  const inside = text.replace(/^\$(\(\(|\[)|(\)\)|\])$/g, "");
  const known = inside.replace(/\$?\b([A-Za-z_]\w*)/g, (_, name: string) => scope.variables.get(name) ?? hole);
  const sum = /^\s*(\d+)\s*(?:([-+*])\s*(\d+)\s*)?$/.exec(known);
  if (sum === null) return hole;
  const [left, right] = [Number(sum[1]), Number(sum[3] ?? 0)];
  return String(sum[2] === "*" ? left * right : sum[2] === "-" ? left - right : left + right);
}

/** `{a,b}` and `{1..3}`; at most `mostWords` words come of one. */
function braces(text: string): string[] {
  let words = [text];
  for (let round = 0; round < 8 && words.length < mostWords; round += 1) {
    const next = words.flatMap(unfold).slice(0, mostWords);
    if (next.length === words.length && next.every((word, index) => word === words[index])) break;
    words = next;
  }
  return words.length === 1 ? words : words.filter((word) => word !== "");
}

const mostWords = 200;

function unfold(text: string): string[] {
  const found = /\{([^{}]*,[^{}]*|[^{}]+\.\.[^{}]+)\}/.exec(text);
  if (found === null) return [text];
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
  const inside = found[1] ?? "";
  return (inside.includes(",") ? inside.split(",") : range(inside)).map((choice) => before + choice + after);
}

function range(text: string): string[] {
  const [first = "", last = ""] = text.split("..");
  const letters = first.length === 1 && !/\d/.test(first);
  const [begin, end] = letters ? [first.charCodeAt(0), last.charCodeAt(0)] : [Number(first), Number(last)];
  if (Number.isNaN(begin) || Number.isNaN(end)) return [hole];
  const size = Math.min(Math.abs(end - begin) + 1, 40);
  const step = end < begin ? -1 : 1;
  return Array.from({ length: size }, (_, index) => begin + index * step).map((value) =>
    letters ? String.fromCharCode(value) : String(value),
  );
}
