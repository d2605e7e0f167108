// Small files for Docker: who there is inside, whom to trust, and the variables of a command, which would be seen by all
// users of the machine if they stood in Docker's arguments. They stand in a closed folder and go with the house.
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Identity } from "./identity.ts";

export interface Papers {
  /** Files in place of /etc/passwd and /etc/group. */
  names(identity: Identity, home: string): readonly { readonly source: string; readonly target: string }[];
  /** A copy that everybody may read. */
  copy(path: string): string;
  /** A path for something of one's own; its folder is closed to others. */
  place(): string;
  /** The variables as arguments for Docker; `remove` when it has read them. */
  variables(environment: Readonly<Record<string, string>>): { readonly args: readonly string[]; remove(): void };
}

export function openPapers(signal: AbortSignal): Papers {
  let folder: string | undefined;
  signal.addEventListener("abort", () => folder && rmSync(folder, { recursive: true, force: true }), { once: true });
  const place = (): string => {
    // Made anew where something swept it away.
    if (folder === undefined || !existsSync(folder)) folder = mkdtempSync(join(tmpdir(), "homarus-docker-"));
    return join(folder, randomUUID());
  };
  const paper = (content: string | Uint8Array, mode = 0o644): string => {
    const path = place();
    writeFileSync(path, content, { mode });
    return path;
  };
  return {
    place,
    names: ({ user, group }, home) => [
      { source: paper(passwd(user, group, home)), target: "/etc/passwd" },
      {
        source: paper(`root:x:0:\n${group === 0 ? "" : `agent:x:${group}:\n`}nogroup:x:65534:\n`),
        target: "/etc/group",
      },
    ],
    copy: (path) => paper(readFileSync(path)),
    variables(environment) {
      const all = Object.entries(environment);
      // The file's format has one line for each.
      const lines = all.filter(([, value]) => !/[\r\n]/.test(value)).map(([name, value]) => `${name}=${value}\n`);
      const others = all.filter(([, value]) => /[\r\n]/.test(value)).flatMap((pair) => ["--env", pair.join("=")]);
      const path = paper(lines.join(""), 0o600);
      return { args: ["--env-file", path, ...others], remove: () => rmSync(path, { force: true }) };
    },
  };
}

function passwd(user: number, group: number, home: string): string {
  const nobody = "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin";
  const agent = user === 0 ? "" : `agent:x:${user}:${group}::${home.replaceAll(":", "_")}:/bin/sh\n`;
  return `root:x:0:0::/nonexistent:/usr/sbin/nologin\n${agent}${nobody}\n`;
}
