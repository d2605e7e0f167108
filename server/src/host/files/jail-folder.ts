// Folders held open. On Linux each step down goes through the handle of the folder above, so that what somebody else
// renames or links meanwhile cannot lead it elsewhere. Without /proc the real path is checked instead, which leaves a
// window between check and use.
import { constants, existsSync } from "node:fs";
import { lstat, mkdir, open, realpath } from "node:fs/promises";
import { codeOf, notAFolder, outside, refusal } from "./jail-path.ts";
import { giveFolderToOwner } from "./owner.ts";

export interface Folder {
  /** The path of something directly inside; valid until closed. */
  at(name: string): string;
  close(): Promise<void>;
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const privateMode = 0o700;

export function canHoldFolders(): boolean {
  return process.platform === "linux" && existsSync("/proc/self/fd");
}

/** Opens the root, which the owner chose and which may itself be a link. It is made when it is missing. */
export async function openRoot(root: string): Promise<Folder> {
  await mkdir(root, { recursive: true, mode: privateMode });
  return canHoldFolders() ? hold(root, O_RDONLY | O_DIRECTORY) : named(await realpath(root));
}

/** Opens the folder below `root` that `names` leads to. Rejects with a Fault of the port. */
export async function openFolder(
  root: string,
  names: readonly string[],
  options: { readonly make?: boolean } = {},
): Promise<Folder> {
  let folder = await openRoot(root);
  for (const [index, name] of names.entries()) {
    const path = names.slice(0, index + 1).join("/");
    const above = folder;
    try {
      folder = await enter(above, name, path);
    } catch (thrown) {
      if (!options.make || codeOf(thrown) !== "files.not-found") throw thrown;
      await makeFolder(above, name, path);
      folder = await enter(above, name, path);
    } finally {
      await above.close();
    }
  }
  return folder;
}

async function makeFolder(above: Folder, name: string, path: string): Promise<void> {
  try {
    await mkdir(above.at(name), { mode: privateMode });
    await giveFolderToOwner(above.at(name), above.at("."));
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw refusal(thrown, path);
  }
}

/** Steps down into a folder. Never through a link. */
export async function enter(above: Folder, name: string, path: string): Promise<Folder> {
  try {
    if (canHoldFolders()) return await hold(above.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const next = above.at(name);
    if (!(await lstat(next)).isDirectory() || (await realpath(next)) !== next) throw notAFolder(path);
    return named(next);
  } catch (thrown) {
    const isLink = await lstat(above.at(name)).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    throw isLink ? outside(path) : refusal(thrown, path);
  }
}

async function hold(path: string, flags: number): Promise<Folder> {
  const handle = await open(path, flags);
  return { at: (name) => `/proc/self/fd/${handle.fd}/${name}`, close: () => handle.close() };
}

function named(path: string): Folder {
  return { at: (name) => (name === "." ? path : `${path}/${name}`), close: async () => undefined };
}
