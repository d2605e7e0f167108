// `npm run build:image [name]`: the executable, and an image of it. Needs Docker.
import { join } from "node:path";
import { $ } from "bun";

const root = join(import.meta.dir, "..");
const name = process.argv[2] ?? "homarus:latest";

await $`${process.execPath} ${join(root, "tools", "binary.ts")}`;
const { exitCode } = await $`docker build --tag ${name} ${root}`.nothrow();
if (exitCode === 0) console.log(`${name} is built. How to run it: docs/guide/docker.md`);
process.exitCode = exitCode;
