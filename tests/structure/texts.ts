// What no text of the repository may hold: a path of somebody's machine, or the address packages came from.
import type { Rule } from "./tree.ts";

// Put together here, so that this file does not hold what it looks for.
const machineFolders = ["work", "root", "home"].map((name) => `/${name}/`);

/** Texts that speak of such a folder in general, with the reason. */
export const exemptTexts: ReadonlyMap<string, string> = new Map([
  ["server/src/core/guard/corpus/destructive.txt", "commands that people are attacked with name homes in general"],
  [
    "server/src/core/guard/corpus/destructive-later.txt",
    "commands that people are attacked with name homes in general",
  ],
  ["server/src/core/guard/corpus/ordinary.txt", "commands that people type name homes in general"],
  ["server/src/core/guard/corpus/destructive-independent.txt", "commands that people type name homes in general"],
  ["server/src/core/guard/corpus/ordinary-independent.txt", "commands that people type name homes in general"],
  ["server/src/core/guard/corpus/ordinary-later.txt", "commands that people type name homes in general"],
]);

/** No text names a folder of the machine it was written on. */
export const noMachinePaths: Rule = (tree) =>
  [...tree]
    .filter(([path]) => !exemptTexts.has(path))
    .flatMap(([path, text]) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          machineFolders
            .filter((folder) => new RegExp(`(?<![\\w.~*}$-])${folder}`).test(line))
            .map((folder) => `${path}:${index + 1}: speaks of ${folder}`),
        ),
    );

/** The lock file records versions and hashes, not where packages were downloaded from. */
export const lockHasNoAddresses: Rule = (tree) =>
  (tree.get("package-lock.json") ?? "")
    .split("\n")
    .flatMap((line, index) =>
      /"resolved":\s*"[a-z+]*(https?|ssh|git)[:+]/.test(line) ? [`package-lock.json:${index + 1}: ${line.trim()}`] : [],
    );

/** npm is told to keep it so. */
export const npmOmitsAddresses: Rule = (tree) =>
  /^omit-lockfile-registry-resolved=true$/m.test(tree.get(".npmrc") ?? "")
    ? []
    : [".npmrc: lacks omit-lockfile-registry-resolved=true"];
