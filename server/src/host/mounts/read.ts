// Reads the owner's list of what may be mounted, and resolves links. Read at each use: a change counts at once.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";

export type ListText =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "trouble"; readonly text: string };

const largestBytes = 1_000_000;

/** The list's text, or why it is as good as none. */
export function readMountList(path: string): ListText {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const isMissing = (thrown as { code?: string }).code === "ENOENT";
    return { type: "trouble", text: isMissing ? `there is no list ${path}` : `the list ${path} cannot be read` };
  }
  try {
    const { mode, size, uid } = fstatSync(handle);
    const own = process.getuid?.() ?? uid;
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > largestBytes)
      return { type: "trouble", text: `the list ${path} is not a file of usual size` };
    if ((uid !== own && uid !== 0) || (mode & 0o022) !== 0)
      return { type: "trouble", text: `the list ${path} can be changed by others (chmod 600 it)` };
    return { type: "text", text: readFileSync(handle, "utf8") };
  } finally {
    closeSync(handle);
  }
}

/** The path with every link resolved; undefined where nothing is, or this user may not look. */
export function resolveLinks(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    // For the rules it is the same why there is nothing to mount.
    return undefined;
  }
}
