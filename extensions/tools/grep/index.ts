// Searches the files of a folder line by line. It never holds the house up: the pattern cannot explode, and the search
// steps aside between lines.
import { matchesGlob } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Activate, type Files, isFault, textOutput } from "@homarus/sdk";
import { createMatcher } from "./automaton.ts";
import type manifest from "./manifest.ts";
import { readPattern } from "./pattern.ts";
import { searchText } from "./search.ts";

const mostFinds = 200;
const mostCharacters = 40_000;
const mostVisited = 200_000;
const mostFileBytes = 5 * 1024 * 1024;
/** Longest stretch of work before others get their turn. */
const stretchMs = 20;
/** Folders that hold what others made; they are searched only when the path or glob names them. */
const passedOver = [".git", "node_modules"] as const;

interface Search {
  readonly files: Files;
  readonly path: string;
  readonly glob: string | undefined;
  readonly matches: (line: string) => boolean;
  readonly context: number;
  readonly signal: AbortSignal;
}

export const activate: Activate<typeof manifest> = () => ({
  async execute({ pattern, path = ".", glob, literal = false, ignore_case = false, context = 0 }, { files, signal }) {
    const matches = literal ? plainMatcher(pattern, ignore_case) : createMatcher(readPattern(pattern, ignore_case));
    const { text, count, notes } = await searchFiles({ files, path, glob, matches, context, signal });
    if (count === 0) return textOutput([`[No line fits ${JSON.stringify(pattern)}.]`, ...notes].join("\n"));
    return textOutput([text, ...notes].join("\n"));
  },
  preview({ pattern, path = "." }) {
    return `Search ${JSON.stringify(pattern).slice(0, 100)} in ${path.replace(/\s+/g, " ").slice(0, 80)}`;
  },
});

function plainMatcher(text: string, ignoreCase: boolean): (line: string) => boolean {
  if (!ignoreCase) return (line) => line.includes(text);
  const wanted = text.toLowerCase();
  return (line) => line.toLowerCase().includes(wanted);
}

async function searchFiles(search: Search): Promise<{ text: string; count: number; notes: readonly string[] }> {
  const pause = createPause(search.signal);
  const shown: string[] = [];
  const notes: string[] = [];
  let [count, length, skipped] = [0, 0, 0];
  for await (const path of pathsIn(search, notes)) {
    const text = await readText(search.files, path);
    if (text === undefined) skipped += 1;
    if (!text) continue;
    const found = await searchText(text, { ...search, most: mostFinds - count, pause });
    count += found.count;
    const lines = found.lines.map((line) => (line === "--" ? line : `${path}:${line}`));
    length += lines.reduce((sum, line) => sum + line.length + 1, 0);
    shown.push(...(search.context > 0 && shown.length > 0 && lines.length > 0 ? ["--"] : []), ...lines);
    if (count >= mostFinds || length > mostCharacters) {
      notes.push("[There may be more. Narrow the search down by path or glob.]");
      break;
    }
  }
  if (skipped > 0) notes.push(`[${skipped} files were passed over: not text, or larger than 5 MB.]`);
  return { text: bounded(shown), count, notes };
}

function bounded(lines: readonly string[]): string {
  const text = lines.join("\n");
  return text.length <= mostCharacters ? text : text.slice(0, text.lastIndexOf("\n", mostCharacters));
}

/** The one file that is named, or the files below the folder that is. */
async function* pathsIn({ files, path, glob, signal }: Search, notes: string[]): AsyncGenerator<string, void> {
  const facts = await files.facts(path);
  if (facts?.type === "file") return yield facts.path;
  const start = facts === undefined || facts.path === "" ? "" : `${facts.path}/`;
  const ignored = passedOver.filter((name) => !`${path}/${glob ?? ""}`.split("/").includes(name));
  let visited = 0;
  for await (const item of files.walk(path, signal)) {
    visited += 1;
    if (visited > mostVisited)
      return void notes.push("[There are too many files to search all of them. Name a folder as path.]");
    const below = item.path.slice(start.length);
    if (item.type !== "file" || ignored.some((name) => below.split("/").includes(name))) continue;
    if (glob === undefined || matchesGlob(glob.includes("/") ? below : below.slice(below.lastIndexOf("/") + 1), glob))
      yield item.path;
  }
  signal.throwIfAborted();
}

/** Undefined when it is not text, too large, or went away meanwhile. */
async function readText(files: Files, path: string): Promise<string | undefined> {
  const bytes = await files.read(path, { maxBytes: mostFileBytes + 1 }).catch((thrown: unknown) => {
    // A file may be removed or closed to us after the walk has seen it; the others are still worth searching.
    if (isFault(thrown) && thrown.code.startsWith("files.")) return undefined;
    throw thrown;
  });
  if (!bytes || bytes.byteLength > mostFileBytes || bytes.includes(0)) return undefined;
  return new TextDecoder().decode(bytes);
}

/** Lets others have their turn when a stretch of work is over, and ends the search when it is aborted. */
function createPause(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - since < stretchMs) return;
    await setImmediate();
    since = performance.now();
  };
}
