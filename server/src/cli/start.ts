// The entry of a checkout: the web page comes from the build folder.
import { readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { version } from "../../package.json";
import type { Asset, Build } from "./commands.ts";
import { main } from "./main.ts";

const folder = join(import.meta.dirname, "..", "..", "dist", "web");

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  json: "application/json",
  webmanifest: "application/manifest+json",
  woff2: "font/woff2",
};

function asset(path: string): Asset | undefined {
  const inside = normalize(path).replace(/^[/\\]+/, "");
  if (inside.startsWith("..")) return undefined;
  try {
    const bytes = new Uint8Array(readFileSync(join(folder, inside)));
    return { bytes, type: types[inside.split(".").at(-1) ?? ""] ?? "application/octet-stream" };
  } catch (thrown) {
    if (["ENOENT", "EISDIR"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw thrown;
  }
}

const build: Build = { version, asset };
process.exitCode = await main(process.argv.slice(2), build);
