// Files of the web page by their path on the wire: embedded in the single executable, or from the build folder.
import { readFileSync } from "node:fs";
import { join, normalize } from "node:path";

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Media type. */
  readonly type: string;
}

export type FindAsset = (path: string) => Asset | undefined;

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

/** Pages have an address of their own and one file. */
const pages: Readonly<Record<string, string>> = { "/chat": "/index.html" };

/** `files`: path on the wire -> where the runtime finds the bytes. */
export function embeddedAsset(files: Readonly<Record<string, string>>): FindAsset {
  return (path) => {
    const name = pages[path] ?? path;
    const found = files[name];
    return found === undefined ? undefined : { bytes: new Uint8Array(readFileSync(found)), type: mediaTypeOf(name) };
  };
}

export function folderAsset(folder: string): FindAsset {
  return (path) => {
    const name = pages[path] ?? path;
    const inside = normalize(name).replace(/^[/\\]+/, "");
    if (inside.startsWith("..")) return undefined;
    try {
      return { bytes: new Uint8Array(readFileSync(join(folder, inside))), type: mediaTypeOf(name) };
    } catch (thrown) {
      if (["ENOENT", "EISDIR"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw thrown;
    }
  };
}

function mediaTypeOf(path: string): string {
  return types[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
}
