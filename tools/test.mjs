// @ts-check
// `npm test [filter]`: sets up what the tests need, runs them all under Bun, and ends with `N passed, N failed`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { attach, bun, root } from "./child.mjs";
import { ensureSystemPackages } from "./debian.mjs";
import { ensureInstalled } from "./install.mjs";
import { readCases, summarise } from "./junit.mjs";
import { prepareCatalog, preparePage } from "./prepare.mjs";
import { filesUnder } from "./stamp.mjs";
import { explain } from "./trouble.mjs";

/** Against programs of others: those have to be installed first (tools/interop.mjs). */
const apart = ["interop"];
const testFolders = readdirSync(join(root, "tests")).filter((folder) => !apart.includes(folder));
const folders = ["sdk", "server", "extensions", "web", "tools", ...testFolders.map((folder) => `tests/${folder}`)];
const report = ".cache/junit.xml";

/** @returns {Promise<string | undefined>} what stands in the way, in words; undefined when all is in place */
async function setUp() {
  try {
    await ensureInstalled();
    await ensureSystemPackages();
    await prepareCatalog();
    await preparePage();
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

/** The gate says yes or no to the code, not to the dice. HOMARUS_TEST_SEED=random, or a number, looks elsewhere. */
function chooseSeed() {
  const wanted = process.env.HOMARUS_TEST_SEED ?? "20261127";
  process.env.HOMARUS_TEST_SEED = wanted === "random" ? String(Date.now() % 2 ** 31) : wanted;
}

/**
 * A filter takes the place of the folders: part of a file name, or an option of `bun test` such as `-t words`.
 * @param {readonly string[]} filter
 * @returns {Promise<number>}
 */
async function runTests(filter) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  rmSync(join(root, report), { force: true });
  const where =
    filter.length > 0
      ? filter
      : folders.filter((folder) => existsSync(join(root, folder))).map((folder) => `./${folder}`);
  const workers = Math.min(4, availableParallelism());
  const options = ["--timeout=60000", `--parallel=${workers}`, "--reporter=junit", `--reporter-outfile=${report}`];
  chooseSeed();
  return attach(bun, ["test", "--preload=./tests/seed.ts", ...options, ...where]);
}

async function main() {
  const obstacle = await setUp();
  if (obstacle) {
    console.error(obstacle);
    console.log("0 passed, 1 failed");
    return 1;
  }
  const filter = process.argv.slice(2);
  const exitCode = await runTests(filter);
  const file = join(root, report);
  const cases = existsSync(file) ? readCases(readFileSync(file, "utf8")) : [];
  const expectedFiles = filter.length > 0 ? [] : filesUnder(folders).filter((path) => /\.test\.tsx?$/.test(path));
  const { line, isGood, missingFiles } = summarise({ cases, exitCode, expectedFiles });
  for (const path of missingFiles)
    console.log(`(fail) ${path} reported no test: it did not load, or ended the process`);
  console.log(line);
  return isGood ? 0 : 1;
}

process.exitCode = await main();
