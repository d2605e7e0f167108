// Where the house is root, commands in a workspace are another user, to whom it belongs. What the house makes there
// becomes that user's too: it goes to the owner of the folder it is in. Anywhere else nothing happens.
import { lchownSync, statSync } from "node:fs";
import { type FileHandle, lchown, stat } from "node:fs/promises";

const isRoot = process.getuid?.() === 0;

/** A file that was just made, by its handle: whatever stands at its path by now is not touched. */
export async function giveToOwner(file: FileHandle, folder: string): Promise<void> {
  if (!isRoot) return;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) await file.chown(uid, gid);
}

/** A folder that was just made. A link that took its place is changed itself, and not what it leads to. */
export async function giveFolderToOwner(made: string, folder: string): Promise<void> {
  if (!isRoot) return;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) await lchown(made, uid, gid);
}

/** The same at once, for what the house alone writes. */
export function giveAtOnce(made: string, folder: string): void {
  if (!isRoot) return;
  const { uid, gid } = statSync(folder);
  if (uid !== 0) lchownSync(made, uid, gid);
}
