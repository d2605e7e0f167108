// Builds dist/homarus: one executable with the catalog, every built-in extension and the web page inside.
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { $ } from "bun";

const root = join(import.meta.dir, "..");
const generated = join(root, "server", "generated");
const web = join(root, "server", "dist", "web");
const output = process.argv[2] ?? join(root, "dist", "homarus");

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    return item.isDirectory() ? filesBelow(path) : [path];
  });
}

/** The entry of the executable: each file of the page is embedded, and found by its path on the wire. */
function writeEntry(): void {
  const files = filesBelow(web).filter((file) => !file.endsWith(".map"));
  const imports = files.map(
    (file, index) => `import file${index} from ${JSON.stringify(relative(generated, file))} with { type: "file" };`,
  );
  const rows = files.map((file, index) => `  ${JSON.stringify(`/${relative(web, file)}`)}: file${index},`);
  const text = [
    "// @ts-nocheck: generated for the single executable. Not committed, not edited.",
    ...imports,
    'import { main } from "../src/cli/main.ts";',
    'import { embeddedAsset } from "../src/boot/assets.ts";',
    'import { version } from "../package.json";',
    `const files: Readonly<Record<string, string>> = {\n${rows.join("\n")}\n};`,
    "process.exitCode = await main(process.argv.slice(2), { version, asset: embeddedAsset(files) });",
    "if (process.exitCode !== 0) process.exit();",
  ];
  writeFileSync(join(generated, "binary.ts"), `${text.join("\n")}\n`);
}

await $`${process.execPath} ${join(root, "tools", "catalog.ts")}`.quiet();
writeEntry();
mkdirSync(join(output, ".."), { recursive: true });
const begun = Date.now();
await $`${process.execPath} build ${join(generated, "binary.ts")} --compile --minify --bytecode --splitting --format=esm --outfile ${output}`.quiet();
console.log(`${relative(root, output)}: ${Math.round(statSync(output).size / 1e6)} MB in ${Date.now() - begun} ms`);
