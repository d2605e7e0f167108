// @ts-check
// `npm check`: types, lint, structure and dead code. Runs all of them, whatever the others say, and tells each result.
import { bun, listen } from "./child.mjs";
import { ensureInstalled } from "./install.mjs";
import { prepareCatalog } from "./prepare.mjs";
import { explain, runTool } from "./trouble.mjs";

const checks = [
  { name: "types", command: "node_modules/.bin/tsc", args: ["--noEmit", "-p", "tsconfig.json", "--pretty", "false"] },
  { name: "lint", command: "node_modules/.bin/biome", args: ["check", "--error-on-warnings", "--max-diagnostics=200"] },
  { name: "structure", command: bun, args: ["test", "--timeout=60000", "./tests/structure"] },
  { name: "dead code", command: "node_modules/.bin/knip", args: ["--no-progress"] },
];

/**
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} work
 */
async function timed(name, work) {
  const begin = Date.now();
  const { code, output } = await work();
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  if (code !== 0) console.log(output.trimEnd());
  return { isGood: code === 0, line: `${name.padEnd(10)} ${code === 0 ? "ok" : "FAILED"} (${seconds} s)` };
}

async function makeCatalog() {
  try {
    await prepareCatalog();
    return { code: 0, output: "" };
  } catch (error) {
    return { code: 1, output: explain(error) };
  }
}

await runTool(async () => {
  await ensureInstalled();
  const results = [await timed("catalog", makeCatalog)];
  for (const { name, command, args } of checks) results.push(await timed(name, () => listen(command, args)));
  console.log(results.map((result) => result.line).join("\n"));
  return results.every((result) => result.isGood) ? 0 : 1;
});
