// @ts-check
// `npm start`: sets up what is missing, then starts the gateway. A second start finds all in place and sets up nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attach, bun, root } from "./child.mjs";
import { ensureInstalled } from "./install.mjs";
import { prepareCatalog, preparePage } from "./prepare.mjs";
import { runTool, Trouble } from "./trouble.mjs";

const entry = "server/src/cli/start.ts";

await runTool(async () => {
  if (!existsSync(join(root, entry))) throw new Trouble(`${entry} is missing. Is the checkout complete?`);
  await ensureInstalled();
  await prepareCatalog();
  await preparePage();
  return attach(bun, [entry, "gateway", ...process.argv.slice(2)]);
});
