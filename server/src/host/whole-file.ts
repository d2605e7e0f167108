// A small file that is replaced whole and read by this user alone: a crash leaves the old one or the new one, also when
// the power goes.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "@homarus/sdk";

/** Undefined where there is none. */
export function readWhole(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failed(path, "read", cause);
  }
}

export function writeWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  try {
    // Left behind by a crash, or put there by somebody: its mode would stay.
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { mode: 0o600, flag: "wx", flush: true });
    renameSync(beside, path);
    flushFolder(dirname(path));
  } catch (cause) {
    throw failed(path, "written", cause);
  }
}

export function removeWhole(path: string): void {
  rmSync(path, { force: true });
  flushFolder(dirname(path));
}

/** A name is for good once its folder is. */
function flushFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function failed(path: string, what: "read" | "written", cause: unknown): Fault {
  return new Fault("config", "secret.file", `${path} cannot be ${what}: ${(cause as Error).message}.`, {
    cause,
    hint: "Make it and its folder readable and writable for this user, and see that the disk is not full.",
  });
}
