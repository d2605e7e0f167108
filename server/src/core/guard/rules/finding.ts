// What a search or a loop finds, deleted or changed: all over the system, or all that somebody works on.
import { foldersOf } from "../inner.ts";
import { type Area, areaOf, resolvePath } from "../places.ts";
import { type Command, hole, type Rule, type Scene } from "../verdict.ts";
import { reaches, removes, targets } from "./deletion.ts";

/** Made again by programs, or left over from them. */
const junk =
  /\.(pyc|pyo|log|tmp|temp|bak|swp|orig|o|class|cache|DS_Store|part|old|gz)\b|__pycache__|node_modules|[Cc]ache|~ |Thumbs\.db| -empty |\.(pytest|mypy|ruff)_/;

function findsAll(command: Command, scene: Scene): Area | undefined {
  const own = command.line.replace(
    / -(exec|ok)(dir)? (?!(\S*\/|sudo |env |busybox )*(rm|shred|unlink|srm) )(?:\S+ )*?(;|\+) /g,
    " ",
  );
  if (!/ -delete | -exec(dir)? (\S*\/|sudo |env |busybox )*(rm|shred|unlink|srm) /.test(own)) return undefined;
  return foundIn(command, scene);
}

/** What a search covers, where nothing narrows it down. */
function foundIn(command: Command, scene: Scene): Area | undefined {
  const areas = foldersOf(command.args).map((folder) =>
    areaOf(resolvePath(folder === "" ? "/" : folder, command.cwd), scene.settings.workspace),
  );
  const line = command.line.replace(/ (!|-not) -\w+ \S+/g, "").replace(/ -(exec|ok)(dir)? (?:\S+ )*?(;|\+) /g, " ");
  const isNamed = / -(i?name|i?path|i?regex|empty) /.test(line) && !/ -i?name \*(\.\*)? /.test(line);
  // In the workspace old and large files are somebody's work all the same.
  const filtered =
    isNamed ||
    (!areas.includes("all") && !areas.includes("unknown") && / -([mca]time|[mca]min|size|newer) /.test(line));
  if (areas.some((area) => /^(root|home|system|kernel|device)$/.test(area))) return "root";
  if (areas.includes("all") && !filtered) return "all";
  if (areas.includes("unknown") && !filtered) return "outside";
  if (
    areas.includes("temporary") &&
    !filtered &&
    foldersOf(command.args).some((folder) => /^\/(var\/)?tmp\/?$/.test(folder))
  )
    return "all";
  if (
    foldersOf(command.args).some((folder) =>
      /^~\/\.(?!cache|local\/share\/Trash|npm|cargo\/registry)/.test(resolvePath(folder, command.cwd)),
    )
  )
    return "outside";
  return areas.includes("outside") && !(filtered && junk.test(line)) ? "outside" : undefined;
}

/** A loop over all files of a home or of the system that changes each of them. */
function sweeps(command: Command, scene: Scene): boolean {
  const isFed =
    command.looped || (command.through.includes("xargs") && (command.name !== "sed" || / -\w*i/.test(command.line)));
  if (!isFed || !command.args.some((word) => word.text.includes(hole))) return false;
  return scene.commands.some((item) => {
    if (!/^(find|ls|fd)$/.test(item.name) && !(/^(grep|rg)$/.test(item.name) && / -\w*l/.test(item.line))) return false;
    const folders =
      item.name === "find"
        ? foldersOf(item.args).map((folder) => folder || "/")
        : targets(item).map((word) => word.text);
    return folders.some((folder) =>
      /^(root|home|system)$/.test(areaOf(resolvePath(folder, item.cwd), scene.settings.workspace)),
    );
  });
}

export const finding: readonly Rule[] = [
  {
    rule: "delete.swept",
    on: /^(mv|rm|chmod|chown|truncate|sed|gpg|openssl|shred|cp|dd|zip|7z|mcrypt)$/,
    when: sweeps,
    decision: "deny",
    reason: "would change every file of a home or of the system",
  },
  {
    rule: "delete.found",
    on: /^find$/,
    when: (c, s) => findsAll(c, s) === "root",
    decision: "deny",
    reason: "would delete what it finds all over the system",
  },
  {
    rule: "delete.found-all",
    on: /^find$/,
    when: (c, s) => /^(all|outside)$/.test(findsAll(c, s) ?? ""),
    decision: "ask",
    reason: "would delete everything it finds",
  },
  {
    rule: "delete.sources",
    on: /^find$/,
    args: /^ (\.|\.\/|src\/?|\.\/src\/?|lib\/?|app\/?) (?!.*-path)(?:.* )?-i?name \*\.(py|tsx?|jsx?|go|rs|java|kt|c|cc|cpp|h|hpp|rb|php|swift|cs|scala|sql|md|vue|svelte|tf|ya?ml|docx?|xlsx?|pdf|jpe?g|png) .*(-delete|-exec(dir)? (\/bin\/)?(rm|shred|unlink)( |$))/,
    decision: "ask",
    reason: "would delete sources or documents all over the workspace",
  },
  {
    rule: "delete.sources",
    when: (c) =>
      removes(c) &&
      !c.remote &&
      targets(c).some((word) =>
        /^(\.\/)?src\/?(\*+)?$|^(\.\/)?(src\/)?\*\.(py|tsx?|jsx|go|rs|java|rb|php|cpp|cs)$/.test(word.text),
      ),
    decision: "ask",
    reason: "would delete sources or documents all over the workspace",
  },
  {
    rule: "delete.git",
    when: (c) =>
      removes(c) &&
      targets(c).some((word) => /(^|\/)\.git\/(HEAD|index|config|objects|refs|packed-refs|logs)(\/|$)/.test(word.text)),
    decision: "ask",
    reason: "would delete a repository's history",
  },
  {
    rule: "delete.git",
    on: /^find$/,
    args: / -i?name \.git .*(-delete|-exec(dir)? (\S*\/)?(rm|shred|mv)( |$))/,
    decision: "ask",
    reason: "would delete a repository's history",
  },
  {
    rule: "delete.git",
    on: /^find$/,
    args: /^ (\S*\/)?\.git(\/\S*)? (?!.*\.(lock|orig)).*(-delete|-exec(dir)? (\/bin\/)?(rm|shred|truncate)( |$))/,
    decision: "ask",
    reason: "would delete a repository's history",
  },
  {
    rule: "delete.changed-many",
    on: /^(rename|prename|mmv|g?sed|perl|mogrify|detox|rnr|f2)$/,
    when: (c, s) =>
      (/^(rename|prename|mmv|mogrify|detox|rnr|f2)$/.test(c.name) || / -\w*i/.test(c.line)) &&
      c.args.some(
        (word) => word.glob && /^[~/$]/.test(word.raw) && reaches(c, s, ["outside", "home", "system"], [word]),
      ),
    decision: "ask",
    reason: "would change many files outside of the workspace",
  },
  {
    rule: "delete.found-inner",
    when: (c, s) =>
      (removes(c) ||
        /^(mv|truncate|age|gpg2?|openssl|ccrypt|gzip|zip|shred|tee)$/.test(c.name) ||
        (/^(g?sed|perl|ruby)$/.test(c.name) && / -\w*i/.test(c.line))) &&
      c.within?.includes("find") === true &&
      c.line.includes(hole) &&
      s.commands.some((item) => item.name === "find" && foundIn(item, s) !== undefined),
    decision: "ask",
    reason: "would delete everything that a search finds",
  },
];
