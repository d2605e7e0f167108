// One folder of the machine as the Files port: nothing that is asked for leads out of it, also while others write in it.
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { resolve } from "node:path";
import { Fault, type FileFacts, type Files } from "@homarus/sdk";
import { enter, type Folder, openFolder } from "./jail-folder.ts";
import { codeOf, namesOf, notAFile, outside, refusal } from "./jail-path.ts";
import { giveToOwner } from "./owner.ts";

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
const newFileMode = 0o644;
/** Facts asked of the system at the same time. */
const atOnce = 128;

/** Opens a folder by its absolute path. It is made at the first call when it is missing. */
export function openFiles(folder: string): Files {
  const root = resolve(folder);
  const names = (path: string): readonly string[] => namesOf(path, root);
  return {
    read: async (path, options) =>
      inParent(root, names(path), (parent, name) => readFrom(parent.at(name), path, options)),
    write: async (path, bytes, options = {}) =>
      inParent(
        root,
        names(path),
        (parent, name) => (options.append ? append(parent, name, bytes) : replace(parent, name, bytes)),
        { make: true },
      ),
    facts: async (path) => factsOf(root, names(path)),
    list: async (path) => listFolder(root, names(path)),
    async *walk(path, signal) {
      yield* walkFolder(root, names(path), signal);
    },
    remove: async (path) => inParent(root, names(path), (parent, name) => removeFrom(parent, name, path)),
  };
}

/** Runs work on the open folder that holds what is named, and turns the system's refusals into Faults. */
async function inParent<T>(
  root: string,
  names: readonly string[],
  work: (parent: Folder, name: string) => Promise<T>,
  options: { readonly make?: boolean } = {},
): Promise<T> {
  const name = names.at(-1);
  if (name === undefined) throw notAFile(".");
  const parent = await openFolder(root, names.slice(0, -1), options);
  try {
    return await work(parent, name);
  } catch (thrown) {
    throw refusal(thrown, names.join("/"));
  } finally {
    await parent.close();
  }
}

async function readFrom(
  place: string,
  path: string,
  options: { readonly maxBytes: number; readonly offset?: number },
): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a pipe would wait for its other end.
  const handle = await open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw notAFile(path);
    const offset = options.offset ?? 0;
    return await readWhole(handle, offset, Math.max(0, Math.min(options.maxBytes, found.size - offset)));
  } finally {
    await handle.close();
  }
}

async function readWhole(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** What stands there now, or undefined. */
async function standing(place: string): Promise<Stats | undefined> {
  return lstat(place).catch((thrown: unknown) => {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  });
}

/** A new file takes the old one's place and mode in one step, and is on the disk before it does. */
async function replace(parent: Folder, name: string, bytes: Uint8Array): Promise<void> {
  const old = await standing(parent.at(name));
  if (old) checkWritable(old, name);
  const place = parent.at(`.homarus-${randomBytes(8).toString("hex")}.tmp`);
  const handle = await open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, newFileMode);
  try {
    try {
      await handle.writeFile(bytes);
      await giveToOwner(handle, parent.at("."));
      if (old) await handle.chmod(old.mode & 0o777);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(place, parent.at(name));
  } catch (thrown) {
    // The reason to tell is why the write failed, not that its remains could not be removed.
    await unlink(place).catch(() => undefined);
    throw thrown;
  }
}

async function append(parent: Folder, name: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(parent.at(name), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, newFileMode);
  try {
    const found = await handle.stat();
    checkWritable(found, name);
    if (found.size === 0) await giveToOwner(handle, parent.at("."));
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

function checkWritable(found: Stats, name: string): void {
  if (found.isSymbolicLink()) throw outside(name);
  if (!found.isFile()) throw notAFile(name);
  if ((found.mode & 0o200) === 0) throw new Fault("denied", "files.read-only", `${name} is marked read-only.`);
}

function toFacts(path: string, found: Stats): FileFacts {
  const type = found.isFile() ? "file" : found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
  return { path, type, size: found.size, modifiedAt: Math.round(found.mtimeMs), changedAt: found.ctimeMs };
}

async function factsOf(root: string, names: readonly string[]): Promise<FileFacts | undefined> {
  try {
    if (names.length === 0)
      return await inFolder(root, names, async (folder) => toFacts("", await lstat(folder.at("."))));
    return await inParent(root, names, async (parent, name) => toFacts(names.join("/"), await lstat(parent.at(name))));
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "files.not-found" || code === "files.not-a-folder") return undefined;
    throw thrown;
  }
}

async function inFolder<T>(root: string, names: readonly string[], work: (folder: Folder) => Promise<T>): Promise<T> {
  const folder = await openFolder(root, names);
  try {
    return await work(folder);
  } catch (thrown) {
    throw refusal(thrown, names.join("/"));
  } finally {
    await folder.close();
  }
}

function listFolder(root: string, names: readonly string[]): Promise<readonly FileFacts[]> {
  return inFolder(root, names, async (folder) => {
    const found: FileFacts[] = [];
    const inside = (await readdir(folder.at("."))).sort();
    for (let from = 0; from < inside.length; from += atOnce) {
      const part = inside.slice(from, from + atOnce).map(async (name) => {
        const facts = await standing(folder.at(name));
        return facts ? [toFacts([...names, name].join("/"), facts)] : [];
      });
      found.push(...(await Promise.all(part)).flat());
    }
    return found;
  });
}

async function* walkFolder(
  root: string,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<FileFacts, void> {
  const waiting = [(await listFolder(root, names)).values()];
  while (!signal.aborted) {
    const inside = waiting.at(-1);
    if (!inside) return;
    const { value, done } = inside.next();
    if (done) {
      waiting.pop();
      continue;
    }
    yield value;
    if (value.type === "folder") waiting.push((await listIfThere(root, value.path.split("/"))).values());
  }
}

/** A folder that is gone, swapped or closed to us by the time the walk comes to it is passed over. */
async function listIfThere(root: string, names: readonly string[]): Promise<readonly FileFacts[]> {
  return listFolder(root, names).catch((thrown: unknown) => {
    if (/^files\./.test(codeOf(thrown) ?? "")) return [];
    throw thrown;
  });
}

/** Removes a file, a link itself, or a folder with all it holds. */
async function removeFrom(parent: Folder, name: string, path: string): Promise<void> {
  const found = await lstat(parent.at(name));
  if (!found.isDirectory()) return unlink(parent.at(name));
  const folder = await enter(parent, name, path);
  try {
    for (const inside of await readdir(folder.at("."))) await removeFrom(folder, inside, `${path}/${inside}`);
  } finally {
    await folder.close();
  }
  await rmdir(parent.at(name));
}
