// The shell's grammar: tree-sitter and its bash grammar, both WebAssembly, read into a plain tree that lives on its own.
// What a command does is judged elsewhere.
import { readFileSync } from "node:fs";
import { Fault } from "@homarus/sdk";
import bash from "tree-sitter-bash/tree-sitter-bash.wasm" with { type: "file" };
import { Language, Parser, type TreeCursor } from "web-tree-sitter";
import engine from "web-tree-sitter/web-tree-sitter.wasm" with { type: "file" };

export interface ShellNode {
  readonly type: string;
  readonly text: string;
  /** Offset in UTF-16 units of the whole text. */
  readonly start: number;
  readonly children: readonly ShellNode[];
  /** What the grammar does not know, or what it had to add to go on. */
  readonly isError: boolean;
}

/** Loads the grammar. Returns undefined for a text that is nested deeper than anyone writes. */
export async function createShellParser(): Promise<(text: string) => ShellNode | undefined> {
  await Parser.init({ wasmBinary: readFileSync(engine) });
  const language = await Language.load(new Uint8Array(readFileSync(bash)));
  const parser = new Parser();
  parser.setLanguage(language);
  return (whole) => {
    const text = inBraces(withoutNotes(whole));
    const tree = parser.parse(text);
    if (tree === null)
      throw new Fault("bug", "shell.parse", "The shell grammar gave no tree.", { hint: "Report the command." });
    const cursor = tree.walk();
    try {
      return plainNode(cursor, text, 0);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
}

/**
 * People comment the lines of a long command as `#so`. The grammar lets such a comment run on over its end, bash does not
 * (Bash manual, 3.5.4). Only where no other backquote stands in the text is it sure what is meant.
 */
function withoutNotes(text: string): string {
  if (!text.includes("`#")) return text;
  const plain = text.replace(/`#[\w ,.()+-]*`/g, (found) => " ".repeat(found.length));
  return plain.includes("`") ? text : plain;
}

/** Deeper than this no honest command goes, and the stack of whoever reads the tree is spared. */
const deepest = 200;

/** The grammar ends a word before a second variable that more follows: `a$b-c$d/e`. In braces it does not. */
function inBraces(text: string): string {
  return text.includes("$") ? text.replace(second, "${$1}") : text;
}

const second = /(?<=\$[A-Za-z_]\w*[^\s$"'`;|&()<>{}\\]*)\$([A-Za-z_]\w*)(?=[^\s"'`;|&()<>{}\w])/g;

/** In quotes the grammar counts the blanks before these to them (`"$a $b"`), which are of the text. */
const begins = new Set([
  "simple_expansion",
  "expansion",
  "command_substitution",
  "arithmetic_expansion",
  "$",
  "${",
  "$(",
]);

function blanksAt(text: string, index: number): number {
  let end = index;
  while (text[end] === " " || text[end] === "\t" || text[end] === "\n") end += 1;
  return end - index;
}

/** A cursor crosses into WebAssembly far less often than nodes do, which is most of the time that a small text takes. */
function plainNode(cursor: TreeCursor, text: string, depth: number): ShellNode | undefined {
  if (depth > deepest) return undefined;
  const type = cursor.nodeType;
  const start = begins.has(type) ? cursor.startIndex + blanksAt(text, cursor.startIndex) : cursor.startIndex;
  const isError = type === "ERROR" || cursor.nodeIsMissing;
  const end = cursor.endIndex;
  const children: ShellNode[] = [];
  if (cursor.gotoFirstChild()) {
    do {
      const child = plainNode(cursor, text, depth + 1);
      if (child === undefined) return undefined;
      children.push(child);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return { type, text: text.slice(start, end), start, children, isError };
}
