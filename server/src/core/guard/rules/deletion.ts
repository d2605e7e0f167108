// Files that would be gone: deleted, emptied or moved to nowhere.
import { foldersOf } from "../inner.ts";
import { type Area, areaOf, resolvePath } from "../places.ts";
import { type Command, hole, type Rule, type Scene, type Word } from "../verdict.ts";

const removers =
  /^(rm|grm|rmdir|unlink|rimraf|trash|trash-put|gio|del|del-cli|srm|wipe|shred|gshred|secure-delete|sfill|deltree)$/;

/** Made again by a build, or there to be thrown away. */
const made =
  /(^|[/_.-])(node_modules|dist|build|out|target|coverage|tmp|temp|cache|caches|__pycache__|venv|env|logs?|obj|bin|vendor|bundle|output|artifacts?|generated|site|public|deps|_build|backup|old|test|tests|results?|reports?|stage|staging|work|package|pkg|lib|Debug|Release|\w+[-_]cache|\w*tmp\w*|\w*temp\w*|DerivedData|Pods)(?=$|[/_.*-])|\.(next|nuxt|cache|pytest_cache|mypy_cache|ruff_cache|tox|nox|venv|gradle|terraform|parcel-cache|turbo|svelte-kit|angular|eslintcache|egg-info|npm|yarn|pnpm-store|cargo|m2|nyc_output|output|vercel|serverless|docusaurus|dart_tool|expo|idea|vscode|DS_Store|coverage|local\/share\/Trash)(?=$|\/)/i;

function targets(command: Command): Word[] {
  return command.args.filter((word) => !/^-./.test(word.text) && !(command.name === "gio" && word.text === "trash"));
}

function isDeep(command: Command): boolean {
  return (
    /^(rimraf|srm|wipe|trash|trash-put|gio|del|del-cli|deltree)$/.test(command.name) ||
    / (-[a-zA-Z]*[rR][a-zA-Z]*|--recursive) /.test(command.line)
  );
}

function reaches(command: Command, scene: Scene, wanted: readonly Area[], words = targets(command)): boolean {
  return words.some((word) => wanted.includes(areaOf(resolvePath(word.text, command.cwd), scene.settings.workspace)));
}

const removes = (command: Command): boolean => removers.test(command.name);
const everything: readonly Area[] = ["root", "home", "device", "kernel"];

/** A bare variable whose name tells that it is a place of the build. */
function isNamedUnknown(word: Word): boolean {
  return (
    made.test(word.raw) ||
    /\$\{?\w*(tmp|temp|build|dist|out|cache|target|work|stage|dest|pkg|artifact|log|file|test|venv|backup)/i.test(
      word.raw,
    )
  );
}

function unknownDeletion(command: Command): boolean {
  const words = targets(command).filter(
    (word) =>
      resolvePath(word.text, command.cwd).startsWith(hole) && !resolvePath(word.text, command.cwd).includes("/"),
  );
  if (words.length === 0 || !words.some((word) => word.text.includes(hole))) return false;
  if (command.through.includes("xargs") || command.through.includes("parallel")) return !isNarrow(command);
  if (command.looped && command.input?.from.some((item) => /^(find|ls|fd)$/.test(item.name))) return !isNarrow(command);
  return (isDeep(command) || command.remote) && !words.every(isNamedUnknown);
}

/** Names that were listed from within the workspace, by a name they have. */
function isNarrow(command: Command): boolean {
  const lister = command.input?.from.find((item) => /^(find|fd|git|grep|rg|ls)$/.test(item.name));
  if (lister === undefined) return false;
  if (lister.name === "find")
    return (
      /-(name|iname|path|regex|mtime|size|empty)/.test(lister.line) &&
      foldersOf(lister.args).every((folder) => !/^(\/|~|$)/.test(folder) || /^\/(var\/)?tmp|cache|log/.test(folder))
    );
  if (lister.name === "git" && / ls-files (-z |--cached |-c |-- )*$/.test(lister.line)) return false;
  return (
    lister.name !== "ls" ||
    command.input?.from.some((item) => /^(grep|tail|head)$/.test(item.name) && !/ -\w*v/.test(item.line)) === true
  );
}

function findsAll(command: Command, scene: Scene): Area | undefined {
  if (!/ -delete | -exec(dir)? (\/bin\/|sudo )?(rm|shred|unlink|srm) /.test(command.line)) return undefined;
  return foundIn(command, scene);
}

/** What a search covers, where nothing narrows it down. */
function foundIn(command: Command, scene: Scene): Area | undefined {
  const areas = foldersOf(command.args).map((folder) =>
    areaOf(resolvePath(folder === "" ? "/" : folder, command.cwd), scene.settings.workspace),
  );
  const line = command.line.replace(/ (!|-not) -\w+ \S+/g, "");
  const filtered =
    / -(i?name|i?path|i?regex|[mca]time|[mca]min|size|empty|newer) /.test(line) && !/ -i?name \*(\.\*)? /.test(line);
  if (areas.some((area) => /^(root|home|system|kernel|device)$/.test(area))) return "root";
  if (areas.includes("all") && !filtered) return "all";
  return areas.includes("outside") && !filtered && !scene.settings.sandboxed ? "outside" : undefined;
}

const movesAway = (command: Command, scene: Scene): boolean => {
  const words = targets(command);
  const rest = words.slice(0, -1);
  return (
    command.args.some((word) => /^(--target-directory=|-t)?\/dev\/null$/.test(word.text)) ||
    reaches(command, scene, ["root", "home", "system", "all"], rest)
  );
};

/** A loop over all files of a home or of the system that changes each of them. */
function sweeps(command: Command, scene: Scene): boolean {
  if (!command.looped || !command.args.some((word) => word.text.includes(hole))) return false;
  return scene.commands.some((item) => {
    if (!/^(find|ls|fd)$/.test(item.name)) return false;
    const folders =
      item.name === "find"
        ? foldersOf(item.args).map((folder) => folder || "/")
        : targets(item).map((word) => word.text);
    return folders.some((folder) =>
      /^(root|home|system)$/.test(areaOf(resolvePath(folder, item.cwd), scene.settings.workspace)),
    );
  });
}

export const deletion: readonly Rule[] = [
  {
    rule: "delete.swept",
    on: /^(mv|rm|chmod|chown|truncate|sed|gpg|openssl|shred|cp|dd|zip|7z|mcrypt)$/,
    when: sweeps,
    decision: "deny",
    reason: "would change every file of a home or of the system",
  },
  {
    rule: "delete.linked",
    on: /^ln$/,
    when: (c, s) => reaches(c, s, ["root", "home"], targets(c).slice(0, 1)),
    decision: "ask",
    reason: "would make a second way to the whole system or home",
  },
  {
    rule: "delete.packed",
    on: /^(tar|g?tar|bsdtar|zip)$/,
    args: / (--remove-files|-\w*m\w*) /,
    when: (c, s) =>
      (c.name !== "zip" || / -\w*m/.test(c.line)) &&
      / --remove-files /.test(c.line + (c.name === "zip" ? " --remove-files " : "")) &&
      reaches(c, s, ["root", "home", "system", "all", "outside"]),
    decision: "ask",
    reason: "would delete files once they are packed",
  },
  {
    rule: "delete.everything",
    when: (c, s) =>
      removes(c) && reaches(c, s, everything) && (isDeep(c) || /[*\uFFFC]|\s\/dev|\/proc|\/sys/.test(c.line)),
    decision: "deny",
    reason: "would delete the whole system, a whole home or a device",
  },
  {
    rule: "delete.system",
    when: (c, s) =>
      removes(c) &&
      reaches(c, s, ["system"]) &&
      !targets(c).every((word) =>
        /^\/(var\/(cache|lib\/apt\/lists|tmp|log\/[^/]+\/)|opt\/[^/]+\/.|srv\/[^/]+\/.|usr\/local\/[^/]+\/.|mnt\/.+\/.|var\/www\/.+\/.)/.test(
          word.text,
        ),
      ),
    decision: "deny",
    reason: "would delete files of the system",
  },
  {
    rule: "delete.system-part",
    when: (c, s) =>
      removes(c) &&
      !(c.remote && targets(c).every((word) => /^\/(opt|srv|var\/www|data)\/[^/]+\/./.test(word.text))) &&
      isDeep(c) &&
      reaches(c, s, ["system"]) &&
      !targets(c).every((word) =>
        /^\/var\/(cache\/|lib\/apt\/lists|tmp\/)|^\/usr\/local\/.*\/node_modules/.test(word.text),
      ),
    decision: "ask",
    reason: "would delete files of the system",
  },
  {
    rule: "delete.workspace",
    when: (c, s) => removes(c) && reaches(c, s, ["all"]),
    decision: "ask",
    reason: "would delete everything in the workspace, or what it lies in",
  },
  {
    rule: "delete.repository",
    when: (c) =>
      removes(c) &&
      isDeep(c) &&
      targets(c).some((word) => /(^|\/)\.git\/?$|(^|\/)\.(ssh|gnupg|aws|kube|config|homarus)(\/|$)/.test(word.text)),
    decision: "ask",
    reason: "would delete a repository's history or a program's settings",
  },
  {
    rule: "delete.keys",
    when: (c) =>
      removes(c) && /\.ssh|\.gnupg|_history|\.kube|\.aws|\.homarus|wallet|\.bashrc|\.profile|\.zshrc/.test(c.line),
    decision: "deny",
    reason: "would delete keys, settings or history",
  },
  {
    rule: "delete.outside",
    when: (c, s) =>
      removes(c) &&
      !c.remote &&
      !s.settings.sandboxed &&
      reaches(
        c,
        s,
        ["outside"],
        targets(c).filter((word) => !made.test(word.text) || /^\/[^/]+\/?(\*|$)/.test(word.text)),
      ),
    decision: "ask",
    reason: "would delete files outside of the workspace",
  },
  {
    rule: "delete.elsewhere",
    when: (c) =>
      removes(c) && c.remote && isDeep(c) && targets(c).some((word) => /^\/(?!tmp)[^/]+(\/\*)?\/?$/.test(word.text)),
    decision: "ask",
    reason: "would delete a whole folder on another machine or in a container",
  },
  {
    rule: "delete.unknown",
    when: (c) => removes(c) && unknownDeletion(c),
    decision: "ask",
    reason: "would delete files whose names are not known before it runs",
  },
  {
    rule: "delete.many",
    when: (c) =>
      /^(rm)$/.test(c.name) && isDeep(c) && c.args.some((word) => word.glob && /^\.?\/?[*?.]+$/.test(word.text)),
    decision: "ask",
    reason: "would delete whatever is in the folder",
  },
  {
    rule: "delete.made",
    on: /^cmake$/,
    args: / -E (rm|remove|remove_directory|rename|copy) /,
    when: (c, s) => reaches(c, s, ["root", "home", "system", "outside", "all"], c.args.slice(2)),
    decision: "ask",
    reason: "would delete files outside of the workspace",
  },
  {
    rule: "delete.repository",
    on: /^(mv|gmv)$/,
    when: (c) =>
      targets(c)
        .slice(0, -1)
        .some((word) => /(^|\/)\.git\/?$/.test(word.text)),
    decision: "ask",
    reason: "would take a repository's history away",
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
    rule: "delete.moved-temporary",
    on: /^(mv|gmv)$/,
    when: (c, s) =>
      c.args.some((word) => (word.glob || word.text.includes(hole)) && reaches(c, s, ["outside"], [word])) &&
      reaches(c, s, ["temporary"], targets(c).slice(-1)),
    decision: "ask",
    reason: "would move files to where they are lost at the next start",
  },
  {
    rule: "delete.found-inner",
    when: (c, s) =>
      (removes(c) || /^(mv|truncate)$/.test(c.name)) &&
      c.within?.includes("find") === true &&
      c.line.includes(hole) &&
      s.commands.some((item) => item.name === "find" && foundIn(item, s) !== undefined),
    decision: "ask",
    reason: "would delete everything that a search finds",
  },
  {
    rule: "delete.moved",
    on: /^(mv|gmv)$/,
    when: movesAway,
    decision: "deny",
    reason: "would move away the system, a home or a whole project",
  },
  {
    rule: "delete.synced",
    on: /^(rsync|rclone|robocopy|lftp|unison)$/,
    args: / (-force|-prefer|--delete\S*|--remove-source-files|purge|delete|sync|mirror) /,
    when: (c, s) =>
      /(dev\/null|empty|\/tmp\/)\S* \S+ (-\S+ )*$/.test(c.line) ||
      /rclone|lftp|unison/.test(c.name) ||
      reaches(c, s, ["root", "home", "system", "all"], targets(c).slice(-1)) ||
      (c.line.includes("--remove-source-files") && reaches(c, s, ["outside", "all", "home"], targets(c).slice(0, -1))),
    decision: "ask",
    reason: "would delete at the other end what is not here",
  },
  {
    rule: "delete.emptied",
    on: /^(truncate|fallocate)$/,
    args: / (-s ?\+?0\w?|--size=?\s?0|--size 0|-p|--punch-hole|-s0) /,
    when: (c, s) =>
      c.looped ||
      (c.through.length > 0 && !c.through.includes("find")) ||
      reaches(c, s, ["outside", "system", "home", "all", "unknown"]) ||
      /\*|\.(db|sqlite3?|sql|ts|js|py|go)\b/.test(c.line),
    decision: "ask",
    reason: "would empty files",
  },
  {
    rule: "delete.locked",
    on: /^(7z|zip|gpg|openssl|ccrypt|age|bcrypt|mcrypt)$/,
    args: / (-[a-z]*m[a-z]* |enc .*-(aes|des|k|pass)|--symmetric|-c |--encrypt |-e )/,
    when: (c, s) =>
      s.commands.some((other) => removes(other) && (other.looped || other.through.length > 0 || isDeep(other))) ||
      c.looped ||
      c.through.includes("find") ||
      c.through.includes("xargs"),
    decision: "deny",
    reason: "would lock files up and leave only the locked ones",
  },
];
