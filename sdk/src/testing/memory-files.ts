// Files kept in memory, for tests of tools. Links can be planted; they are never followed.
import { Fault } from "../errors.ts";
import type { FileFacts, Files } from "../ports/files.ts";

export interface MemoryFiles extends Files {
  readonly root: string;
  /** Plants a symbolic link. */
  link(path: string): void;
}

type Item =
  | { readonly type: "file"; readonly bytes: Uint8Array; readonly modifiedAt: number }
  | { readonly type: "folder" | "link" };

const longestName = 255;
const outside = (path: string) => new Fault("denied", "files.outside", `${path} is not inside the workspace.`);
const notFound = (path: string) => new Fault("invalid", "files.not-found", `There is no ${path}.`);
const notAFile = (path: string) => new Fault("invalid", "files.not-a-file", `${path} is not a file.`);
const notAFolder = (path: string) => new Fault("invalid", "files.not-a-folder", `${path} is not a folder.`);

/** Starts with the given texts by path. Each write is a millisecond later than the one before. */
export function createMemoryFiles(texts: Readonly<Record<string, string>> = {}, root = "/workspace"): MemoryFiles {
  const items = new Map<string, Item>();
  let time = 0;
  const locate = (path: string): string => placeOf(path, root);
  const put = (path: string, bytes: Uint8Array): void => {
    time += 1;
    makeFolders(items, path);
    items.set(path, { type: "file", bytes, modifiedAt: time });
  };
  for (const [path, text] of Object.entries(texts)) put(locate(path), new TextEncoder().encode(text));
  return {
    root,
    link: (path) => items.set(locate(path), { type: "link" }),
    async read(path, { maxBytes, offset = 0 }) {
      return fileAt(items, locate(path)).bytes.slice(offset, offset + maxBytes);
    },
    async write(path, bytes, options) {
      const place = locate(path);
      const old = place === "" ? undefined : find(items, place);
      if (place === "" || (old && old.type !== "file")) throw old?.type === "link" ? outside(path) : notAFile(path);
      put(place, options?.append && old ? joined(old.bytes, bytes) : Uint8Array.from(bytes));
    },
    async facts(path) {
      const place = locate(path);
      const found = place === "" ? { type: "folder" as const } : find(items, place);
      return found && factsOf(place, found);
    },
    list: async (path) => listed(items, locate(path)),
    async *walk(path, signal) {
      const place = locate(path);
      listed(items, place);
      const prefix = place === "" ? "" : `${place}/`;
      const below = [...items.keys()].filter((item) => item.startsWith(prefix)).sort(byParts);
      for (const item of below) {
        if (signal.aborted) return;
        const found = items.get(item);
        if (found) yield factsOf(item, found);
      }
    },
    async remove(path) {
      const place = locate(path);
      if (place === "") throw notAFile(path);
      if (!find(items, place)) throw notFound(path);
      for (const item of [...items.keys()]) if (item === place || item.startsWith(`${place}/`)) items.delete(item);
    },
  };
}

function placeOf(path: string, root: string): string {
  const relative = `${path}/`.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  if (relative.startsWith("/") && relative === path) throw outside(path);
  const names: string[] = [];
  for (const name of relative.split("/").filter((part) => part !== "" && part !== ".")) {
    if (!isName(name)) throw new Fault("invalid", "files.bad-path", "That cannot be the name of a file.");
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) throw outside(path);
  }
  return names.join("/");
}

function isName(name: string): boolean {
  return !name.includes("\0") && name.isWellFormed() && name.length <= longestName;
}

/** What stands at a place; checks the folders on the way there. */
function find(items: ReadonlyMap<string, Item>, place: string): Item | undefined {
  const names = place.split("/");
  for (let depth = 1; depth < names.length; depth++) {
    const above = items.get(names.slice(0, depth).join("/"));
    if (above?.type === "link") throw outside(place);
    if (!above) return undefined;
  }
  return items.get(place);
}

function fileAt(items: ReadonlyMap<string, Item>, place: string): Item & { type: "file" } {
  const found = place === "" ? undefined : find(items, place);
  if (found?.type === "file") return found;
  if (found?.type === "link") throw outside(place);
  throw found || place === "" ? notAFile(place) : notFound(place);
}

function makeFolders(items: Map<string, Item>, place: string): void {
  const names = place.split("/");
  for (let depth = 1; depth < names.length; depth++) {
    const path = names.slice(0, depth).join("/");
    const above = items.get(path);
    if (above?.type === "file") throw notAFolder(path);
    if (!above) items.set(path, { type: "folder" });
  }
}

function listed(items: ReadonlyMap<string, Item>, place: string): readonly FileFacts[] {
  const found = place === "" ? { type: "folder" } : find(items, place);
  if (!found) throw notFound(place);
  if (found.type !== "folder") throw found.type === "link" ? outside(place) : notAFolder(place);
  const prefix = place === "" ? "" : `${place}/`;
  return [...items]
    .filter(([path]) => path.startsWith(prefix) && !path.slice(prefix.length).includes("/"))
    .map(([path, item]) => factsOf(path, item))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function factsOf(path: string, item: Item): FileFacts {
  return item.type === "file"
    ? { path, type: "file", size: item.bytes.byteLength, modifiedAt: item.modifiedAt }
    : { path, type: item.type, size: 0, modifiedAt: 0 };
}

function byParts(a: string, b: string): number {
  return a.replaceAll("/", "\0") < b.replaceAll("/", "\0") ? -1 : 1;
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(before.byteLength + after.byteLength);
  bytes.set(before);
  bytes.set(after, before.byteLength);
  return bytes;
}
