// @ts-check
// `node tools/run.mjs FILE args...`: runs one of our TypeScript programs on the pinned Bun, installing it first.
import { attach, bun } from "./child.mjs";
import { ensureInstalled } from "./install.mjs";
import { runTool } from "./trouble.mjs";

await runTool(async () => {
  const [file, ...args] = process.argv.slice(2);
  if (!file) {
    console.error("Usage: node tools/run.mjs FILE [arguments]");
    return 2;
  }
  await ensureInstalled();
  return attach(bun, [file, ...args]);
});
