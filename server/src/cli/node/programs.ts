// Where programs lie: by the node's own PATH and never by the caller's.
import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, resolve } from "node:path";

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function searchPath(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PATH || environment.Path || usualPath;
}

/** Absolute path of the program that a command's first word names; undefined when there is none. */
export function findProgram(word: string, folder: string, path = searchPath()): string | undefined {
  if (word === "" || word.includes("\0")) return undefined;
  if (word !== basename(word)) return runnable(isAbsolute(word) ? resolve(word) : resolve(folder, word));
  for (const place of path.split(delimiter)) {
    // An empty or relative part of PATH would mean the folder that the caller chose.
    const found = isAbsolute(place) ? runnable(resolve(place, word)) : undefined;
    if (found) return found;
  }
  return undefined;
}

const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat", ".com", ""] : [""];

function runnable(path: string): string | undefined {
  return endings.map((ending) => `${path}${ending}`).find(isRunnable);
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, not ours to run, or a folder: the next place may have it.
    return false;
  }
}
