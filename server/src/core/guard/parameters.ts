// `$x` and `${x...}`: the forms of bash's parameter expansion, over what the scope knows.
import type { Scope } from "./scope.ts";
import { hole } from "./verdict.ts";

/** Between the items of a list that stay words of their own. Must be the same as in words.ts. */
export const fieldBreak = "\uE001";

const form = /^\$\{(!)?(#)?([A-Za-z_]\w*|[@*#?$!\d-]+)(\[[^\]]*\])?([\s\S]*)\}$/;

/** A longer value is not edited: what stands in it is then unknown. */
const longestValue = 2_000;

/** The value; a hole when it is not known. */
export function expandParameter(text: string, scope: Scope): string {
  if (!text.startsWith("${")) return lookUp(text.slice(1), undefined, scope);
  const found = form.exec(text);
  if (found === null) return hole;
  const [, indirect, length, name = "", index, rest = ""] = found;
  if (indirect !== undefined && /^\[[@*]\]$/.test(index ?? "")) return keysOf(name, scope).join(fieldBreak);
  let value = lookUp(name, index, scope);
  if (indirect !== undefined)
    value = /[*@]$/.test(rest) || value.includes(hole) ? hole : lookUp(value, undefined, scope);
  if (length !== undefined) return value.includes(hole) ? hole : String(value.length);
  return rest === "" ? value : changed(value, rest, scope, name);
}

function lookUp(name: string, index: string | undefined, scope: Scope): string {
  if (name === "@" || name === "*") return scope.positional.join(fieldBreak);
  if (name === "0") return scope.variables.get("0") ?? "bash";
  if (/^\d+$/.test(name)) return scope.positional[Number(name) - 1] ?? hole;
  const list = scope.arrays.get(name);
  return list === undefined ? (scope.variables.get(name) ?? hole) : itemOf(list, name, index, scope);
}

function itemOf(list: readonly string[], name: string, index: string | undefined, scope: Scope): string {
  const key = index === undefined ? "0" : keyIn(index, scope);
  if (index === "[@]" || index === "[*]") return list.join(fieldBreak);
  return scope.variables.get(`${name}[${key}]`) ?? list[Number(key)] ?? (list.includes(hole) ? hole : "");
}

/** `[i]`, `[$i]` and `["i"]`, with what the variable holds. */
function keyIn(index: string, scope: Scope): string {
  const key = index.slice(1, -1).replace(/["']/g, "");
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(key)?.[1];
  return name === undefined ? key : (scope.variables.get(name) ?? key);
}

function keysOf(name: string, scope: Scope): readonly string[] {
  const own = [...scope.variables.keys()].flatMap((key) =>
    key.startsWith(`${name}[`) ? [key.slice(name.length + 1, -1)] : [],
  );
  return own.length > 0 ? own : (scope.arrays.get(name) ?? []).map((_, index) => String(index));
}

function changed(value: string, rest: string, scope: Scope, name: string): string {
  const known = !value.includes(hole);
  const fallback = /^:?([-=+?])([\s\S]*)$/.exec(rest);
  if (fallback !== null) {
    const [, sign = "", other = ""] = fallback;
    const result = replaced(value, known, sign, literal(other, scope));
    if (sign === "=") scope.variables.set(name, result);
    return result;
  }
  if (!known || value.length > longestValue) return hole;
  const slice = /^:\s*([^:]+)(?::\s*(.+))?$/.exec(rest);
  if (slice !== null) return sliced(value, literal(slice[1] ?? "", scope), slice[2] && literal(slice[2], scope));
  return letterCase(value, rest) ?? swapped(value, rest, scope) ?? trimmed(value, rest, scope);
}

/** `:-`, `:=`, `:+` and `:?`: of a variable that is not known, the other text is the one that can be judged. */
function replaced(value: string, known: boolean, sign: string, other: string): string {
  if (sign === "?") return value;
  if (sign === "+") return known ? other : hole;
  return (known && value !== "") || other === "" ? value : other;
}

/** `${x:1:2}`; over a list it counts words, over a text letters. */
function sliced(value: string, from: string, count: string | undefined): string {
  const begin = Number(from.trim().replace(/[()]/g, ""));
  const size = count === undefined ? undefined : Number(count);
  if (Number.isNaN(begin) || Number.isNaN(size ?? 0)) return hole;
  // The home stands as `~`, but begins with a slash like every home.
  if (begin === 0 && size === 1 && value.startsWith("~")) return "/";
  if (value.includes(fieldBreak)) {
    const list = value.split(fieldBreak);
    const first = Math.max(begin - 1, 0);
    return list.slice(first, size === undefined ? undefined : first + size).join(fieldBreak);
  }
  if (size === undefined) return value.slice(begin);
  const start = begin < 0 ? value.length + begin : begin;
  return value.slice(start, size < 0 ? value.length + size : start + size);
}

function letterCase(value: string, rest: string): string | undefined {
  if (rest === "^^" || rest === "@U") return value.toUpperCase();
  if (rest === ",," || rest === "@L") return value.toLowerCase();
  if (rest === "^") return value.slice(0, 1).toUpperCase() + value.slice(1);
  if (rest === ",") return value.slice(0, 1).toLowerCase() + value.slice(1);
  return rest.startsWith("@") ? value : undefined;
}

/** `${x/a/b}` and its forms. */
function swapped(value: string, rest: string, scope: Scope): string | undefined {
  const found = /^\/([/#%])?((?:\\.|[^/\\])*)(?:\/([\s\S]*))?$/.exec(rest);
  if (found === null) return undefined;
  const [, mode = "", pattern = "", by = ""] = found;
  const shape = globShape(literal(pattern, scope), true);
  if (shape === undefined) return hole;
  const anchored = mode === "#" ? `^${shape}` : mode === "%" ? `${shape}$` : shape;
  return value.replace(new RegExp(anchored, mode === "/" ? "g" : ""), () => literal(by, scope));
}

/** `${x#a}`, `${x%a}` and their greedy forms. */
function trimmed(value: string, rest: string, scope: Scope): string {
  const found = /^(##?|%%?)([\s\S]*)$/.exec(rest);
  const [, sign = "", pattern = ""] = found ?? [];
  const shape = globShape(literal(pattern, scope), sign.length === 2);
  if (found === null || shape === undefined) return hole;
  if (sign.startsWith("#")) return value.replace(new RegExp(`^${shape}`), "");
  const end = new RegExp(`^${shape}$`);
  const cuts = Array.from({ length: value.length + 1 }, (_, index) => index);
  const at = (sign === "%" ? cuts.reverse() : cuts).find((index) => end.test(value.slice(index)));
  return at === undefined ? value : value.slice(0, at);
}

/** Undefined for a pattern that would take long to try. */
function globShape(pattern: string, greedy: boolean): string | undefined {
  if (pattern.split("*").length > 4) return undefined;
  const many = greedy ? "[\\s\\S]*" : "[\\s\\S]*?";
  return pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", many)
    .replaceAll("?", "[\\s\\S]");
}

/** The words inside the braces, where variables and quotes may stand again. */
function literal(text: string, scope: Scope): string {
  if (/\$\(|`/.test(text)) return hole;
  return text
    .replace(/\$\{?([A-Za-z_]\w*|\d)\}?/g, (_, name: string) => lookUp(name, undefined, scope))
    .replace(/["']|\\(?=.)/g, "");
}
