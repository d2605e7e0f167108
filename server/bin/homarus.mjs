#!/usr/bin/env node
// The command of a checkout: hands over to Bun, which runs the house.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const server = join(dirname(fileURLToPath(import.meta.url)), "..");
const places = [join(server, "node_modules", ".bin", "bun"), join(server, "..", "node_modules", ".bin", "bun")];
const bun = places.find((place) => existsSync(place)) ?? "bun";
const { status, error } = spawnSync(bun, [join(server, "src", "cli", "start.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
if (error)
  process.stderr.write(
    `Bun could not be started: ${error.message}. Run \`npm start\` once; it installs what is missing.\n`,
  );
process.exitCode = status ?? 1;
