// @ts-check
// Remembers, by content, what a set-up step was last done for, so that the next start can skip it. A stamp is a
// file with one hash; deleting it only costs the step once more.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./child.mjs";

const skipped = new Set(["node_modules", "dist", "generated", "fixtures", ".cache"]);

/**
 * Every file under the given files and folders (paths relative to the repository), sorted; missing ones are left out.
 * @param {readonly string[]} paths
 * @returns {string[]}
 */
export function filesUnder(paths) {
  return paths.flatMap((path) => filesOf(path)).sort();
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full, { withFileTypes: true })
      .filter((entry) => !skipped.has(entry.name))
      .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return [path];
    throw error;
  }
}

/**
 * One hash over the names and contents of files.
 * @param {readonly string[]} files paths relative to the repository
 * @returns {string}
 */
export function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @param {string} stamp path of the stamp, relative to the repository
 * @param {string} hash
 * @returns {boolean}
 */
export function isFresh(stamp, hash) {
  const full = join(root, stamp);
  return existsSync(full) && readFileSync(full, "utf8") === hash;
}

/**
 * @param {string} stamp path of the stamp, relative to the repository
 * @param {string} hash
 */
export function writeStamp(stamp, hash) {
  const full = join(root, stamp);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, hash);
}
