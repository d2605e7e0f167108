// The repository as the rules see it: paths and texts. Rules take a tree, so that a test can hand them a planted one.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Path from the repository's root, with slashes, to the file's text. */
export type Tree = ReadonlyMap<string, string>;

/** What a rule found: one sentence per place, beginning with the path. Empty when all is well. */
export type Rule = (tree: Tree) => readonly string[];

export const repository = join(import.meta.dir, "..", "..");

const unwatched = new Set([".git", ".cache", "node_modules", "dist", "generated"]);
const largestText = 1_000_000;

/** Reads every text file of the repository that is not made by a tool. Files with a zero byte count as binary. */
export function readTree(root: string = repository): Tree {
  const tree = new Map<string, string>();
  for (const path of walk(root, "")) {
    if (statSync(join(root, path)).size > largestText) continue;
    const text = readFileSync(join(root, path), "utf8");
    if (!text.includes("\0")) tree.set(path, text);
  }
  return tree;
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (unwatched.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** A tree made of the given files, for tests of the rules. */
export function plant(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

export function isSource(path: string): boolean {
  return /\.tsx?$/.test(path);
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** Whether a file may use what only tests may: tests, and the folders that serve tests and builds. */
export function isOutsideTheHouse(path: string): boolean {
  return isTest(path) || /^(tests|tools|bench)\//.test(path);
}
