// What a folder holds at one moment: each file by the digest of its bytes. Folders that programs can make again are left
// out, and so is what is too large to be kept.
import type { FileFacts, Files } from "@homarus/sdk";

export interface KeptFile {
  readonly hash: string;
  readonly size: number;
  /** Of the look that was taken; the same again means that nothing was changed. */
  readonly seen: string;
}

export interface Tree {
  readonly files: Readonly<Record<string, KeptFile>>;
  /** Paths that were left out for their size, and whether there were more files than are kept. */
  readonly left: readonly string[];
}

/** Folders that are made again by a command, wherever they stand. */
const ignored = new Set([
  "node_modules",
  ".git",
  ".cache",
  ".venv",
  "venv",
  "__pycache__",
  "target",
  ".next",
  ".gradle",
]);
export const mostBytes = 20_000_000;
export const mostFiles = 20_000;

export interface TreeParts {
  readonly files: Files;
  /** Keeps bytes and gives their digest. */
  readonly keep: (bytes: Uint8Array) => Promise<string>;
  readonly signal: AbortSignal;
}

/** Looks at every file; only what has changed since `before` is read. */
export async function takeTree(before: Tree | undefined, { files, keep, signal }: TreeParts): Promise<Tree> {
  const found: Record<string, KeptFile> = {};
  const left: string[] = [];
  let count = 0;
  for await (const facts of walk(files, signal)) {
    count += 1;
    if (facts.size > mostBytes || count > mostFiles) {
      left.push(facts.path);
      continue;
    }
    const seen = `${facts.size}:${facts.modifiedAt}:${facts.changedAt ?? 0}`;
    const known = before?.files[facts.path];
    found[facts.path] = known?.seen === seen ? known : await kept(facts, seen, { files, keep });
  }
  return { files: found, left: left.slice(0, 100) };
}

async function kept(
  { path }: FileFacts,
  seen: string,
  { files, keep }: Pick<TreeParts, "files" | "keep">,
): Promise<KeptFile> {
  const bytes = await files.read(path, { maxBytes: mostBytes });
  return { hash: await keep(bytes), size: bytes.length, seen };
}

/** Files below, without going into what is ignored. */
async function* walk(files: Files, signal: AbortSignal): AsyncGenerator<FileFacts> {
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    // It may be gone again by now.
    const items = await files.list(folder === "" ? "." : folder).catch(() => []);
    for (const item of items) {
      const path = folder === "" ? nameOf(item.path) : `${folder}/${nameOf(item.path)}`;
      if (item.type === "file") yield { ...item, path };
      else if (item.type === "folder" && !ignored.has(nameOf(path))) folders.push(path);
    }
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export interface Difference {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** From one tree to another. */
export function differences(from: Tree, to: Tree): Difference {
  const paths = Object.keys(to.files);
  return {
    changed: paths.filter((path) => from.files[path] && from.files[path].hash !== to.files[path]?.hash),
    added: paths.filter((path) => !from.files[path]),
    gone: Object.keys(from.files).filter((path) => !to.files[path]),
  };
}
