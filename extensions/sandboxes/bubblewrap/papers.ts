// What a sandbox is given to read: the filter of system calls, its /etc with who there is, and whom to trust. It stands in
// a folder of this process alone and goes with it.
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arch } from "node:process";
import { filterProgram } from "./filter.ts";
import { boundOf, findSettings, type Settings, stampOf, writeSettings } from "./settings.ts";
import { architectures } from "./syscalls.ts";
import type { Identity } from "./view.ts";

export interface Papers {
  /** The filter's file. Only where there is one for this processor. */
  filter(): string;
  /** As the machine's are now, with three users: root, the command's own, and nobody. */
  settings(identity: Identity, home: string): Settings;
  /** A copy that everybody may read. */
  copy(path: string): string;
}

interface Paper {
  readonly path: string;
  /** All that belongs to it, to be made anew where something swept a part of it away. */
  readonly parts: readonly string[];
  readonly stamp: string;
}

export function openPapers(signal: AbortSignal): Papers {
  let folder: string | undefined;
  const known = new Map<string, Paper>();
  signal.addEventListener("abort", () => folder && rmSync(folder, { recursive: true, force: true }), { once: true });
  const paper = (name: string, stamp: string, make: (path: string) => readonly string[]): string => {
    const old = known.get(name);
    if (old?.stamp === stamp && old.parts.every((part) => existsSync(part))) return old.path;
    if (folder === undefined || !existsSync(folder)) folder = mkdtempSync(join(tmpdir(), "homarus-bubblewrap-"));
    // Where there was an older one, commands may be at work with it.
    const path = join(folder, randomUUID());
    known.set(name, { path, parts: make(path), stamp });
    return path;
  };
  const file = (name: string, content: () => string | Uint8Array): string =>
    paper(name, "", (path) => {
      writeFileSync(path, content());
      chmodSync(path, 0o644);
      return [path];
    });
  return {
    filter: () => file("filter", () => filterProgram(architectures[arch] as (typeof architectures)[string])),
    settings({ user, group }, home) {
      const found = findSettings();
      const names = { passwd: passwd(user, group, home), group: `root:x:0:\nagent:x:${group}:\nnogroup:x:65534:\n` };
      const name = `settings ${user} ${group} ${home}`;
      return {
        folder: paper(name, stampOf(found), (path) => writeSettings(path, names, found)),
        bound: boundOf(found),
      };
    },
    copy: (path) => file(`copy ${path}`, () => readFileSync(path)),
  };
}

function passwd(user: number, group: number, home: string): string {
  const nobody = "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin";
  return `root:x:0:0::/nonexistent:/usr/sbin/nologin\nagent:x:${user}:${group}::${home.replaceAll(":", "_")}:/bin/sh\n${nobody}\n`;
}
