// @ts-check
// The two things made from the source before the house can start: the catalog of extensions and the chat page.
// Each is made again only when the content of what it is made from has changed.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bun, listen, root } from "./child.mjs";
import { patiently } from "./progress.mjs";
import { filesUnder, hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { adviceFor, Trouble } from "./trouble.mjs";

/**
 * @typedef {{ name: string, needs: string, inputs: () => string[], output: string, stamp: string,
 *   command: string, args: string[], says: string }} Product
 */

/** @type {Product} */
const catalog = {
  name: "the catalog of extensions",
  needs: "tools/catalog.ts",
  inputs: () =>
    filesUnder(["tools/catalog.ts", "sdk/src", "sdk/package.json", "package-lock.json", "extensions"]).filter(isNoTest),
  output: "server/generated",
  stamp: ".cache/catalog.stamp",
  command: bun,
  args: ["tools/catalog.ts"],
  says: "Reading the extensions",
};

/** @type {Product} */
const page = {
  name: "the chat page",
  needs: "web/index.html",
  inputs: () => filesUnder(["web", "sdk/src", "sdk/package.json", "package-lock.json"]).filter(isNoTest),
  output: "server/dist/web",
  stamp: ".cache/web.stamp",
  command: "npm",
  args: ["run", "build", "-w", "web", "--loglevel=error"],
  says: "Building the chat page (a few seconds)",
};

/** @param {string} file */
function isNoTest(file) {
  return !/\.test\.tsx?$/.test(file);
}

/** Makes the catalog if its inputs changed. Throws Trouble when it cannot. */
export const prepareCatalog = () => prepare(catalog);

/** Builds the chat page into server/dist/web if its inputs changed. Throws Trouble when it cannot. */
export const preparePage = () => prepare(page);

/** @param {Product} product */
async function prepare(product) {
  if (!existsSync(join(root, product.needs)))
    throw new Trouble(`${product.needs} is missing, so ${product.name} cannot be made. Is the checkout complete?`);
  const hash = hashOf(product.inputs());
  if (isFresh(product.stamp, hash) && holdsFiles(product.output)) return;
  const { code, output } = await patiently(product.says, () => listen(product.command, product.args));
  if (code !== 0)
    throw new Trouble(
      adviceFor(output) ?? `${output.trimEnd()}\n\nMaking ${product.name} failed; the reason is above.`,
    );
  writeStamp(product.stamp, hash);
}

/** @param {string} folder */
function holdsFiles(folder) {
  const full = join(root, folder);
  return existsSync(full) && readdirSync(full).length > 0;
}
