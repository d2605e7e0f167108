// Small files that a sandbox is given: the filter of system calls, who there is, and whom to trust. They stand in a
// folder of this process alone and go with it.
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arch } from "node:process";
import { filterProgram } from "./filter.ts";
import { architectures } from "./syscalls.ts";
import type { Identity } from "./view.ts";

export interface Papers {
  /** The filter's file. Only where there is one for this processor. */
  filter(): string;
  /** Files in place of /etc/passwd and /etc/group: root, the command's own user, and nobody. */
  names(identity: Identity, home: string): readonly { readonly source: string; readonly target: string }[];
  /** A copy that everybody may read. */
  copy(path: string): string;
}

export function openPapers(signal: AbortSignal): Papers {
  let folder: string | undefined;
  const known = new Map<string, string>();
  signal.addEventListener("abort", () => folder && rmSync(folder, { recursive: true, force: true }), { once: true });
  /** Made anew where something swept the folder away. */
  const paper = (name: string, content: () => string | Uint8Array): string => {
    const path = known.get(name);
    if (path !== undefined && existsSync(path)) return path;
    if (folder === undefined || !existsSync(folder)) folder = mkdtempSync(join(tmpdir(), "homarus-bubblewrap-"));
    const made = join(folder, randomUUID());
    writeFileSync(made, content(), { mode: 0o644 });
    known.set(name, made);
    return made;
  };
  return {
    filter: () => paper("filter", () => filterProgram(architectures[arch] as (typeof architectures)[string])),
    names: ({ user, group }, home) => [
      { source: paper(`passwd ${user} ${group} ${home}`, () => passwd(user, group, home)), target: "/etc/passwd" },
      {
        source: paper(`group ${group}`, () => `root:x:0:\nagent:x:${group}:\nnogroup:x:65534:\n`),
        target: "/etc/group",
      },
    ],
    copy: (path) => paper(`copy ${path}`, () => readFileSync(path)),
  };
}

function passwd(user: number, group: number, home: string): string {
  const nobody = "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin";
  return `root:x:0:0::/nonexistent:/usr/sbin/nologin\nagent:x:${user}:${group}::${home.replaceAll(":", "_")}:/bin/sh\n${nobody}\n`;
}
