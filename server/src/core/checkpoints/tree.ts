// What a folder holds at one moment: each file by the digest of its bytes. Folders that programs can make again are not
// looked at. What is too large, too many or not readable is left out, and named: nothing may be said of it.
import { type FileFacts, type Files, isFault } from "@homarus/sdk";

export interface KeptFile {
  readonly hash: string;
  readonly size: number;
  /** Of the look that was taken; the same again means that nothing was changed. */
  readonly seen: string;
}

export interface Tree {
  readonly files: Readonly<Record<string, KeptFile>>;
  /** What was left out. With a slash at the end it is a folder with all in it that is not among the files; "/" is the whole. */
  readonly left: readonly string[];
  /** Trees of earlier versions name a hundred at most, and no unreadable folder. */
  readonly namesAll?: true;
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

interface Growing {
  readonly found: Record<string, KeptFile>;
  readonly left: string[];
  count: number;
}

/** Looks at every file; only what has changed since `before` is read. */
export async function takeTree(before: Tree | undefined, parts: TreeParts): Promise<Tree> {
  const tree: Growing = { found: {}, left: [], count: 0 };
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    parts.signal.throwIfAborted();
    if (tree.count >= mostFiles) tree.left.push(`${folder}/`);
    else folders.push(...(await takeFolder(folder, tree, before, parts)));
  }
  return { files: tree.found, left: tree.left, namesAll: true };
}

/** Takes the files that stand in a folder, and gives the folders that do. */
async function takeFolder(
  folder: string,
  tree: Growing,
  before: Tree | undefined,
  parts: TreeParts,
): Promise<readonly string[]> {
  const listed = await unlessGone<readonly FileFacts[]>(parts.files.list(folder === "" ? "." : folder), []);
  if (listed === undefined) tree.left.push(`${folder}/`);
  const items = (listed ?? []).map((item) => ({
    ...item,
    path: folder === "" ? nameOf(item.path) : `${folder}/${nameOf(item.path)}`,
  }));
  const files = items.filter(({ type }) => type === "file");
  const room = mostFiles - tree.count;
  for (const item of files.slice(0, room)) {
    tree.count += 1;
    const file = await takeFile(item, before, parts);
    if (file === "left") tree.left.push(item.path);
    else if (file) tree.found[item.path] = file;
  }
  // The rest of it as one: there may be a million.
  if (files.length > room) tree.left.push(`${folder}/`);
  return items.filter(({ type, path }) => type === "folder" && !ignored.has(nameOf(path))).map(({ path }) => path);
}

/** Undefined for one that is gone by now. */
async function takeFile(
  facts: FileFacts,
  before: Tree | undefined,
  { files, keep }: Pick<TreeParts, "files" | "keep">,
): Promise<KeptFile | "left" | undefined> {
  if (facts.size > mostBytes) return "left";
  const seen = `${facts.size}:${facts.modifiedAt}:${facts.changedAt ?? 0}`;
  const known = before?.files[facts.path];
  if (known?.seen === seen) return known;
  const bytes = await unlessGone(files.read(facts.path, { maxBytes: mostBytes + 1 }), gone);
  if (bytes === gone) return undefined;
  // It may have grown since it was looked at: a part of it must not pass for the whole.
  if (bytes === undefined || bytes.length > mostBytes) return "left";
  return { hash: await keep(bytes), size: bytes.length, seen };
}

const gone = Symbol("gone");

/** What is asked for; `otherwise` where nothing is there any more, and undefined where it cannot be read. */
async function unlessGone<Value, Otherwise = Value>(
  asked: Promise<Value>,
  otherwise: Otherwise,
): Promise<Value | Otherwise | undefined> {
  return asked.catch((thrown: unknown) =>
    isFault(thrown) && thrown.code === "files.not-found" ? otherwise : undefined,
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export interface Difference {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** What either tree leaves out: of that it is not known. */
  readonly left: readonly string[];
}

/** From one tree to another. */
export function differences(from: Tree, to: Tree): Difference {
  const paths = Object.keys(to.files);
  const [leftOfFrom, leftOfTo] = [isLeftOut(from), isLeftOut(to)];
  return {
    changed: paths.filter((path) => from.files[path] && from.files[path].hash !== to.files[path]?.hash),
    added: paths.filter((path) => !from.files[path] && !leftOfFrom(path)),
    gone: Object.keys(from.files).filter((path) => !to.files[path] && !leftOfTo(path)),
    left: [...new Set([...from.left, ...to.left])].sort(),
  };
}

/** Whether a path that is not among the files may have been there all the same. */
function isLeftOut({ left, namesAll }: Tree): (path: string) => boolean {
  const named = new Set(left);
  const isUnknown = !namesAll && left.length > 0;
  return (path) => {
    if (isUnknown || named.has("/") || named.has(path) || named.has(`${path}/`)) return true;
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1))
      if (named.has(path.slice(0, at + 1))) return true;
    return false;
  };
}
