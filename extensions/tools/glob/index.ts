// Finds files by the pattern of their path, the newest first.
import { matchesGlob } from "node:path";
import { type Activate, Fault, type FileFacts, type Files, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

const mostFound = 200;
const mostVisited = 200_000;
/** Folders that hold what others made; they are looked into only when the pattern or path names them. */
const passedOver = [".git", "node_modules"] as const;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ pattern, path = "." }, { files, signal }) {
    if (pattern.split("/").includes(".."))
      throw new Fault("denied", "glob.outside", "A pattern cannot lead out of the folder.", {
        hint: "Name the folder as path.",
      });
    const { found, isCut } = await findFiles(files, { pattern: pattern.replace(/^\.?\//, ""), path, signal });
    if (found.length === 0) return textOutput(`[No file fits ${pattern}.]`);
    const newest = found.sort((a, b) => b.modifiedAt - a.modifiedAt || (a.path < b.path ? -1 : 1));
    const notes = [
      ...(found.length > mostFound ? [`[${found.length - mostFound} more. Narrow the pattern down.]`] : []),
      ...(isCut ? ["[There are too many files to look at all of them. Name a folder as path.]"] : []),
    ];
    return textOutput([...newest.slice(0, mostFound).map((item) => item.path), ...notes].join("\n"));
  },
  preview({ pattern, path = "." }) {
    return `Find ${pattern.replace(/\s+/g, " ").slice(0, 100)} in ${path.replace(/\s+/g, " ").slice(0, 80)}`;
  },
});

async function findFiles(
  files: Files,
  { pattern, path, signal }: { pattern: string; path: string; signal: AbortSignal },
): Promise<{ found: FileFacts[]; isCut: boolean }> {
  const ignored = passedOver.filter((name) => !`${path}/${pattern}`.split("/").includes(name));
  const start = await prefixOf(files, path);
  const found: FileFacts[] = [];
  let visited = 0;
  for await (const item of files.walk(path, signal)) {
    visited += 1;
    if (visited > mostVisited) return { found, isCut: true };
    const below = item.path.slice(start.length);
    if (item.type !== "file" || ignored.some((name) => below.split("/").includes(name))) continue;
    if (matchesGlob(pattern.includes("/") ? below : below.slice(below.lastIndexOf("/") + 1), pattern)) found.push(item);
  }
  signal.throwIfAborted();
  return { found, isCut: false };
}

/** What the paths of everything in a folder begin with. */
async function prefixOf(files: Files, path: string): Promise<string> {
  const facts = await files.facts(path);
  return facts === undefined || facts.path === "" ? "" : `${facts.path}/`;
}
