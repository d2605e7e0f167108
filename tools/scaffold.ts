// `npm run new <kind> <id> [title]`: a new extension that works and passes its contract, to be changed into yours.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { version } from "../package.json";

const root = join(import.meta.dir, "..");
const folders: Readonly<Record<string, string>> = {
  channel: "channels",
  provider: "providers",
  // A provider that is data alone, for a vendor that speaks OpenAI's API.
  vendor: "providers",
  tool: "tools",
  sandbox: "sandboxes",
};

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const [kind = "", id = "", ...words] = process.argv.slice(2);
const parent = folders[kind] ?? fail(`npm run new <kind> <id> [title]\nkinds: ${Object.keys(folders).join(", ")}`);
const pattern = kind === "tool" ? /^[a-z][a-z0-9_]*$/ : /^[a-z][a-z0-9-]*$/;
if (!pattern.test(id))
  fail(`"${id}" is no id for a ${kind}: lower case letters, digits and ${kind === "tool" ? "underscores" : "dashes"}.`);
const target = join(root, "extensions", parent, id);
if (existsSync(target)) fail(`${relative(root, target)} exists already.`);

const title = words.join(" ") || id.charAt(0).toUpperCase() + id.slice(1).replace(/[-_]/g, " ");
mkdirSync(target, { recursive: true });
const templates = join(import.meta.dir, "templates", kind);
for (const name of readdirSync(templates).sort()) {
  const text = readFileSync(join(templates, name), "utf8");
  const filled = text
    .replaceAll("__ID__", id)
    .replaceAll("__TITLE__", title)
    .replaceAll("__VERSION__", version.split(".").slice(0, 2).join("."));
  const file = join(target, basename(name, ".txt"));
  writeFileSync(file, filled);
  console.log(`made ${relative(root, file)}`);
}
console.log(
  `\nnext: npm test ${relative(root, target)}, then change index.ts until it does what it should; npm run check`,
);
