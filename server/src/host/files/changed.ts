// Which files of a folder changed since a time. By the time of the inode's change: a program can set the other times of its
// files back, not this one.
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Files looked at: in a larger tree what lies beyond is not found, and then the folders count as changed. */
const mostFiles = 20_000;
/** Clocks of the file system run behind the system's own by a tick. */
const slackMs = 50;

/** Paths relative to the folder; a folder's own path where not all below it could be looked at. */
export async function changedSince(folder: string, since: number): Promise<readonly string[]> {
  const changed: string[] = [];
  const waiting = [""];
  let seen = 0;
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    // It may be gone again by now.
    const items = await readdir(join(folder, at), { withFileTypes: true }).catch(() => []);
    for (const item of items) {
      const path = at === "" ? item.name : `${at}/${item.name}`;
      seen += 1;
      if (seen > mostFiles) return [...changed, ""];
      if (item.isDirectory()) waiting.push(path);
      else if (await isNewer(join(folder, path), since - slackMs)) changed.push(path);
    }
  }
  return changed;
}

async function isNewer(path: string, since: number): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts !== undefined && facts.ctimeMs >= since;
}
