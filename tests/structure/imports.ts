// Finds what each file imports and where that leads in the repository.
import { posix } from "node:path";
import { mask } from "./mask.ts";
import { isSource, type Tree } from "./tree.ts";

export type Import = {
  /** The file that imports. */
  readonly from: string;
  /** As written; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** The path it leads to, also where the tree holds no such file; undefined for packages. */
  readonly to: string | undefined;
  readonly isDynamic: boolean;
  /** Gone when the types are stripped. */
  readonly isType: boolean;
  readonly line: number;
};

const clause = /(?<![.\w$])(?:import|export)\s+(type\s+(?!from\b))?([^'"`;()=]*?)\bfrom\s*["']/g;
const effect = /(?<![.\w$])import\s*["']/g;
const call = /(?<![.\w$])(?:import|require)\s*\(\s*["'`]?/g;

/** All imports and re-exports of the tree's TypeScript, in the order of the files. */
export function importsOf(tree: Tree): Import[] {
  return [...tree].filter(([path]) => isSource(path)).flatMap(([path, text]) => importsIn(path, text, tree));
}

function importsIn(from: string, source: string, tree: Tree): Import[] {
  const code = mask(source);
  const found = (match: RegExpExecArray, isDynamic: boolean, isType: boolean): Import => {
    const specifier = literalAt(source, match.index + match[0].length - 1);
    const to = specifier === undefined ? undefined : resolve(from, specifier, tree);
    return { from, specifier, to, isDynamic, isType, line: source.slice(0, match.index).split("\n").length };
  };
  return [
    ...Array.from(code.matchAll(clause), (match) => found(match, false, isTypeOnly(match[1], match[2] ?? ""))),
    ...Array.from(code.matchAll(effect), (match) => found(match, false, false)),
    ...Array.from(code.matchAll(call), (match) => found(match, true, false)),
  ];
}

function isTypeOnly(keyword: string | undefined, names: string): boolean {
  if (keyword !== undefined) return true;
  const inBraces = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  return inBraces?.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name)) ?? false;
}

/** The text of the string whose quote stands at `index`; undefined when none does, or when it has computed parts. */
function literalAt(source: string, index: number): string | undefined {
  const quote = source[index] ?? "";
  if (!/["'`]/.test(quote)) return undefined;
  const text = source.slice(index + 1, source.indexOf(quote, index + 1));
  return quote === "`" && text.includes("${") ? undefined : text;
}

const sdkEntries: Readonly<Record<string, string>> = {
  "@homarus/sdk": "sdk/src/index.ts",
  "@homarus/sdk/client": "sdk/src/wire/client.ts",
  "@homarus/sdk/html": "sdk/src/html/index.ts",
  "@homarus/sdk/markdown": "sdk/src/markdown/index.ts",
  "@homarus/sdk/testing": "sdk/src/testing/index.ts",
};

function resolve(from: string, specifier: string, tree: Tree): string | undefined {
  if (!specifier.startsWith(".")) return sdkEntries[specifier];
  const path = posix.join(posix.dirname(from), specifier);
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((candidate) => tree.has(candidate)) ?? path;
}
