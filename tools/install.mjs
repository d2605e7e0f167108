// @ts-check
// Makes sure that node_modules holds what package-lock.json says. Does nothing when it already does.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bun, listen, root } from "./child.mjs";
import { patiently } from "./progress.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { adviceFor, Trouble } from "./trouble.mjs";

/**
 * @typedef {Record<string, string>} Versions
 * @typedef {{ version?: string, optional?: boolean, dependencies?: Versions, devDependencies?: Versions,
 *   optionalDependencies?: Versions }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} Lock
 */

const stamp = "node_modules/.homarus-stamp";

// The level is named because a silent npm around us would silence this one too, and with it the reason of a failure.
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

/** Installs the packages if they differ from the lock file; throws Trouble with the remedy when it cannot. */
export async function ensureInstalled() {
  const hash = hashOf(["package-lock.json", ...manifests()]);
  if (isFresh(stamp, hash) && existsSync(bun)) return;
  if (!alreadyInstalled()) await patiently("Installing packages (about a minute)", installPackages);
  await ensureBunRuns();
  writeStamp(stamp, hash);
}

/**
 * The package.json of the root and of each workspace. A segment of a workspace's pattern may be `*`; nothing else of
 * glob is understood.
 * @returns {string[]}
 */
function manifests() {
  /** @type {{ workspaces?: string[] }} */
  const { workspaces = [] } = readJson("package.json");
  const folders = workspaces.flatMap((pattern) => expand("", pattern.split("/"))).sort();
  return ["", ...folders].map((folder) => join(folder, "package.json")).filter((file) => existsSync(join(root, file)));
}

/**
 * @param {string} folder
 * @param {string[]} segments
 * @returns {string[]}
 */
function expand(folder, [segment, ...rest]) {
  if (segment === undefined) return [folder];
  if (segment !== "*") return expand(join(folder, segment), rest);
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).flatMap((entry) => expand(join(folder, entry.name), rest));
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

/** Whether npm's own record of node_modules names every package of the lock file in the same version. */
function alreadyInstalled() {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const locked = /** @type {Lock} */ (readJson("package-lock.json")).packages ?? {};
  if (!manifests().every((file) => isLocked(file, locked))) return false;
  const wanted = Object.entries(locked);
  const found = /** @type {Lock} */ (readJson("node_modules/.package-lock.json")).packages ?? {};
  return wanted.every(([path, entry]) => {
    if (entry.optional || !path.includes("node_modules/")) return true;
    return found[path]?.version === entry.version && existsSync(join(root, path));
  });
}

/**
 * Whether the lock file was made from this package.json: the same dependencies in the same versions.
 * @param {string} file
 * @param {Record<string, Entry>} locked
 */
function isLocked(file, locked) {
  const folder = dirname(file) === "." ? "" : dirname(file);
  const wishes = (/** @type {Entry | undefined} */ { dependencies = {}, devDependencies = {} } = {}) =>
    JSON.stringify([dependencies, devDependencies].map((names) => Object.entries(names).sort()));
  return wishes(readJson(file)) === wishes(locked[folder]);
}

async function installPackages() {
  const strict = await listen("npm", ["ci", ...quiet]);
  if (strict.code === 0) return;
  // A registry that does not carry the builds for other platforms leaves them out of the lock file, and `npm ci`
  // then refuses; `npm install` takes the same locked versions and passes over them.
  if (!lacksOnlyOtherPlatforms(strict.output)) throw installTrouble(strict.output);
  const lenient = await listen("npm", ["install", "--no-save", ...quiet]);
  if (lenient.code !== 0) throw installTrouble(lenient.output);
}

/**
 * Whether all that `npm ci` found missing in the lock file is an optional dependency of a locked package.
 * @param {string} output
 */
function lacksOnlyOtherPlatforms(output) {
  if (!output.includes("EUSAGE")) return false;
  const complaints = output.match(/^npm error (Missing|Invalid): .*$/gm) ?? [];
  const lock = /** @type {Lock} */ (readJson("package-lock.json"));
  const optional = new Set(
    Object.values(lock.packages ?? {}).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})),
  );
  return complaints.length > 0 && complaints.every((line) => optional.has(/Missing: (.+)@/.exec(line)?.[1] ?? ""));
}

/** @param {string} output what npm said */
function installTrouble(output) {
  if (output.includes("EUSAGE"))
    return new Trouble(
      "package.json and package-lock.json do not agree. Run `npm install` to bring the lock file up to date, then " +
        "run the command again.",
    );
  if (/ENOENT.*npm|spawn npm/.test(output))
    return new Trouble("npm was not found. Install Node 20 or newer with npm, then run the command again.");
  const tail = output.trimEnd().split("\n").slice(-15).join("\n");
  return new Trouble(adviceFor(output) ?? `${tail}\n\nnpm could not install the packages; its last words are above.`);
}

/** Bun's package ships an empty shell that its install script fills; where npm holds scripts back, we run it. */
async function ensureBunRuns() {
  if ((await listen(bun, ["--version"])).code === 0) return;
  const filled = await listen(process.execPath, ["node_modules/bun/install.js"]);
  const tried = await listen(bun, ["--version"]);
  if (tried.code === 0) return;
  throw new Trouble(
    `${(filled.output + tried.output).trim()}\n\nThe Bun runtime in node_modules does not start on this machine. ` +
      "Delete the node_modules folder and run the command again; if that does not help, this processor or system is " +
      "not one Bun is built for.",
  );
}
