// Paths as a jail reads them, and what the system's refusals mean. Pure: nothing here touches the disk.
import { isAbsolute, sep } from "node:path";
import { Fault } from "@homarus/sdk";

/** Longer paths than the system takes anyway (PATH_MAX of Linux). */
const longestPath = 4096;

export function outside(path: string): Fault {
  return new Fault("denied", "files.outside", `${shown(path)} is not inside the workspace, or a link leads there.`, {
    hint: "Name a file inside the workspace by its real place; links are not followed.",
  });
}

export function notFound(path: string): Fault {
  return new Fault("invalid", "files.not-found", `There is no ${shown(path)}.`);
}

export function notAFile(path: string): Fault {
  return new Fault("invalid", "files.not-a-file", `${shown(path)} is not a regular file.`);
}

export function notAFolder(path: string): Fault {
  return new Fault("invalid", "files.not-a-folder", `${shown(path)} is not a folder.`);
}

/**
 * The names from the root down to what the path means; none for the root itself. `..` is resolved by text, which is
 * sound because no link is ever followed. Throws `files.outside` and `files.bad-path`.
 */
export function namesOf(path: string, root: string): readonly string[] {
  if (path.includes("\0") || !path.isWellFormed() || path.length > longestPath) throw badPath(path);
  if (sep === "\\" && /[\\:]/.test(path)) throw outside(path);
  const names: string[] = [];
  for (const name of relativeTo(root, path).split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) throw outside(path);
  }
  return names;
}

function relativeTo(root: string, path: string): string {
  if (!isAbsolute(path)) return path;
  if (path === root) return "";
  if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  throw outside(path);
}

function badPath(path: string): Fault {
  return new Fault("invalid", "files.bad-path", `${shown(path)} cannot be the name of a file.`);
}

function shown(path: string): string {
  const text = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path);
  return path === "" || path === "." ? "the workspace" : text;
}

/** The system's error code of something thrown, or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** A Fault for what the system refused. What is a Fault already stays itself. */
export function refusal(thrown: unknown, path: string): unknown {
  switch (codeOf(thrown)) {
    case "ENOENT":
      return notFound(path);
    case "ENOTDIR":
      return notAFolder(path);
    case "EISDIR":
    case "ENXIO":
      return notAFile(path);
    case "ELOOP":
    case "EMLINK":
      return outside(path);
    case "ENAMETOOLONG":
    case "EINVAL":
      return badPath(path);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Fault("denied", "files.forbidden", `The system does not allow that for ${shown(path)}.`, {
        cause: thrown,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new Fault("unavailable", "files.full", "There is no space left on the disk.", { cause: thrown });
    default:
      return thrown;
  }
}
