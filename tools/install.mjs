// @ts-check
// Makes sure that node_modules holds what package-lock.json says. Does nothing when it already does.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bun, listen, root } from "./child.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { adviceFor, Trouble } from "./trouble.mjs";

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} Lock
 */

const stamp = "node_modules/.homarus-stamp";

// The level is named because a silent npm around us would silence this one too, and with it the reason of a failure.
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

/** Installs the packages if they differ from the lock file; throws Trouble with the remedy when it cannot. */
export async function ensureInstalled() {
  const hash = hashOf(["package-lock.json", "package.json", ...workspaceManifests()]);
  if (isFresh(stamp, hash) && existsSync(bun)) return;
  if (!alreadyInstalled()) await installPackages();
  await ensureBunRuns();
  writeStamp(stamp, hash);
}

/**
 * The package.json of each workspace. A pattern's last segments may be `*`; nothing else of glob is understood.
 * @returns {string[]}
 */
function workspaceManifests() {
  const { workspaces = [] } = readJson("package.json");
  return workspaces
    .flatMap((/** @type {string} */ pattern) => expand("", pattern.split("/")))
    .map((/** @type {string} */ folder) => join(folder, "package.json"))
    .filter((/** @type {string} */ file) => existsSync(join(root, file)))
    .sort();
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
  const wanted = Object.entries(/** @type {Lock} */ (readJson("package-lock.json")).packages ?? {});
  const found = /** @type {Lock} */ (readJson("node_modules/.package-lock.json")).packages ?? {};
  return wanted.every(([path, entry]) => {
    if (entry.optional || !path.includes("node_modules/")) return true;
    return found[path]?.version === entry.version && existsSync(join(root, path));
  });
}

async function installPackages() {
  console.log("Installing packages (about a minute) ...");
  const begin = Date.now();
  const seconds = () => Math.round((Date.now() - begin) / 1000);
  const heartbeat = setInterval(() => console.log(`  still installing (${seconds()} s)`), 10_000);
  try {
    const strict = await listen("npm", ["ci", ...quiet]);
    if (strict.code === 0) return;
    // A registry that does not carry the builds for other platforms leaves them out of the lock file, and `npm ci`
    // then refuses; `npm install` takes the same locked versions and passes over them.
    if (!lacksOnlyOtherPlatforms(strict.output)) throw installTrouble(strict.output);
    const lenient = await listen("npm", ["install", "--no-save", ...quiet]);
    if (lenient.code !== 0) throw installTrouble(lenient.output);
  } finally {
    clearInterval(heartbeat);
    console.log(`  ended after ${seconds()} s`);
  }
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
  const remedy = adviceFor(output) ?? "npm could not install the packages; its last words are above.";
  return new Trouble(`${tail}\n\n${remedy}`);
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
