// The /etc of a sandbox: a folder with who there is and copies of what programs need, to be bound as a whole. Bubblewrap
// reads the list of all mounts after each bind, so that a file bound by itself costs as much as a folder.
import { chmodSync, mkdirSync, readFileSync, type Stats, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What programs need of /etc to start, to verify certificates and to tell the time. Nothing that holds a secret. */
const wanted = [
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "alternatives",
  "ssl/certs",
  "ssl/openssl.cnf",
  "ca-certificates",
  "pki/tls/certs",
  "localtime",
  "timezone",
  "mime.types",
] as const;

export interface Settings {
  /** Stands for /etc; without it there is no more than what is bound. */
  readonly folder?: string;
  /** What of the machine's is bound at its own path, on places that the folder has. */
  readonly bound: readonly string[];
}

interface Found {
  readonly name: string;
  /** On the machine, and inside too. */
  readonly path: string;
  readonly stats: Stats;
}

/** As they are on the machine now. */
export function findSettings(top = "/etc"): readonly Found[] {
  return wanted.flatMap((name) => {
    const path = join(top, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? [{ name, path, stats }] : [];
  });
}

/** Another one as soon as a copy is no longer what the machine has. */
export function stampOf(found: readonly Found[]): string {
  return found
    .map(({ path, stats }) => [path, ...(isCopied(stats) ? [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs] : [])])
    .join("\n");
}

/** Folders stay the machine's own, and so do files that not everybody may read there. */
function isCopied(stats: Stats): boolean {
  const everybody = 0o004;
  return stats.isFile() && (stats.mode & everybody) !== 0;
}

export function boundOf(found: readonly Found[]): readonly string[] {
  return found.filter(({ stats }) => !isCopied(stats)).map(({ path }) => path);
}

/**
 * Fills a folder that is to stand for /etc with these files, the copies, and places for what is bound. Returns all that
 * it made. The house's mask must not close to a command what is made for it, so modes are set and not asked for.
 */
export function writeSettings(
  folder: string,
  files: Readonly<Record<string, string>>,
  found: readonly Found[],
): readonly string[] {
  const made = new Set<string>();
  const folderAt = (path: string): void => {
    if (path !== folder) folderAt(dirname(path));
    if (made.has(path)) return;
    made.add(path);
    mkdirSync(path);
    chmodSync(path, 0o755);
  };
  const fileAt = (path: string, content: string | Uint8Array): void => {
    folderAt(dirname(path));
    made.add(path);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
  };
  for (const [name, content] of Object.entries(files)) fileAt(join(folder, name), content);
  for (const { name, path, stats } of found) {
    const place = join(folder, name);
    if (stats.isDirectory()) folderAt(place);
    else fileAt(place, isCopied(stats) ? contentOf(path) : "");
  }
  return [...made];
}

function contentOf(path: string): string | Uint8Array {
  try {
    return readFileSync(path);
  } catch (thrown) {
    // It was taken away just now, and the next command gets a folder without it.
    if ((thrown as { code?: string }).code === "ENOENT") return "";
    throw thrown;
  }
}
