// Files that would be gone: deleted, emptied or moved to nowhere.
import { foldersOf } from "../inner.ts";
import { type Area, areaOf, resolvePath } from "../places.ts";
import { type Command, hole, type Rule, type Scene, type Word } from "../verdict.ts";

const removers =
  /^(rm|grm|unlink|rimraf|trash|trash-put|gio|del|del-cli|srm|wipe|shred|gshred|secure-delete|sfill|deltree)$/;

/** Made again by a build, or there to be thrown away. */
const made =
  /(^|[/_.-])(node_modules|dist|build|out|target|coverage|tmp|temp|cache|caches|__pycache__|venv|env|logs?|obj|bin|vendor|bundle|output|artifacts?|generated|site|public|deps|_build|backup|old|test|tests|results?|reports?|stage|staging|work|package|pkg|lib|Debug|Release|\w+[-_]cache|\w*tmp\w*|\w*temp\w*|DerivedData|Pods)(?=$|[/_.*-])|\.(next|nuxt|cache|pytest_cache|mypy_cache|ruff_cache|tox|nox|venv|gradle|terraform|parcel-cache|turbo|svelte-kit|angular|eslintcache|egg-info|npm|yarn|pnpm-store|cargo|m2|nyc_output|output|vercel|serverless|docusaurus|dart_tool|expo|idea|vscode|DS_Store|coverage|local\/share\/Trash)(?=$|\/)/i;

export function targets(command: Command): Word[] {
  return command.args.filter((word) => !/^-./.test(word.text) && !(command.name === "gio" && word.text === "trash"));
}

function isDeep(command: Command): boolean {
  return (
    /^(rimraf|srm|wipe|trash|trash-put|gio|del|del-cli|deltree)$/.test(command.name) ||
    / (-[a-zA-Z]*[rR][a-zA-Z]*|--recursive) /.test(command.line)
  );
}

export function reaches(command: Command, scene: Scene, wanted: readonly Area[], words = targets(command)): boolean {
  return words.some((word) => wanted.includes(areaOfWord(word, command, scene)));
}

/** `${x:?}` is never empty, so that below it is not the root. */
function areaOfWord({ text, raw }: Word, { cwd }: Command, { settings }: Scene): Area {
  if (text.startsWith(hole) && /^"?\$\{\w+:\?/.test(raw)) return "unknown";
  return areaOf(resolvePath(text, cwd), settings.workspace);
}

export const removes = (command: Command): boolean => removers.test(command.name);
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
  const words = targets(command).filter((word) => {
    const path = resolvePath(word.text, command.cwd);
    return path.startsWith(hole) && (!path.includes("/") || word.text.includes("/.."));
  });
  if (words.length === 0 || !words.some((word) => word.text.includes(hole))) return false;
  if ([...command.through, ...(command.within ?? [])].some((name) => /^(xargs|parallel)$/.test(name)))
    return !isNarrow(command);
  if (command.looped && command.input?.from.some((item) => /^(find|ls|fd)$/.test(item.name))) return !isNarrow(command);
  if (isDeep(command) && words.some((word) => /(^|\/)\.\.(\/|$)/.test(word.text))) return true;
  // With nothing in it, `$X/` is the root of all files.
  if (isDeep(command) && words.some((word) => /^"?\$\{?\w+\}?"?\/"?$/.test(word.raw))) return true;
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

const movesAway = (command: Command, scene: Scene): boolean => {
  const words = targets(command);
  const rest = words.slice(0, -1);
  return (
    command.args.some((word) => /^(--target-directory=|-t)?\/dev\/null$/.test(word.text)) ||
    reaches(command, scene, ["root", "home", "system", "all"], rest)
  );
};

/** A place for copies that no build makes again: on another machine, or in the workspace. */
const isKept = (place: string): boolean =>
  /^[^/]+:/.test(place) || (/^[^/~]/.test(place) && !made.test(place) && !place.includes(hole));

export const deletion: readonly Rule[] = [
  {
    rule: "delete.folder",
    on: /^rmdir$/,
    when: (c, s) => reaches(c, s, ["root", "home", "system"]),
    decision: "ask",
    reason: "would delete folders of the system",
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
      reaches(
        c,
        s,
        ["outside"],
        targets(c).filter((word) => {
          const path = resolvePath(word.text, c.cwd);
          // Where the text itself went out of the workspace, what is made there is made by others.
          return !made.test(path) || /^(\/|~\/(?!\.))[^/]+\/?(\*|$)/.test(path) || /^(?![~/])/.test(word.text);
        }),
      ),
    decision: "ask",
    reason: "would delete files outside of the workspace",
  },
  {
    rule: "delete.elsewhere",
    when: (c) =>
      removes(c) &&
      c.remote &&
      targets(c).some(
        ({ text, glob }) =>
          (isDeep(c) && /^\/(?!tmp)[^/]+(\/\*)?\/?$/.test(text)) ||
          (glob && /^\/(volume|mnt|media|home|srv|data|pool|tank|shares?|backups?|var\/lib)\S*\/[*.?]*\*/.test(text)),
      ),
    decision: "ask",
    reason: "would delete a whole folder on another machine or in a container",
  },
  {
    rule: "delete.elsewhere",
    on: /^(s?ftp|lftp|psftp|ncftp|smbclient|cadaver|tnftp)$/,
    when: (c) =>
      /^\s*[-@]?(rm|rmdir|rmtree|mdelete?|delete|del|deltree|mrm)\s+\S/m.test(
        [c.input?.text ?? "", ...c.args.map(({ text }) => text.replace(/;\s*/g, "\n"))].join("\n"),
      ),
    decision: "ask",
    reason: "would delete files on another machine",
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
    // The shell has put the old value in before it sets the new one.
    rule: "delete.unknown",
    when: (c) =>
      removes(c) &&
      c.assigned.size > 0 &&
      [...c.assigned.keys()].some((name) => c.args.some(({ raw }) => new RegExp(`\\$\\{?${name}\\b`).test(raw))),
    decision: "ask",
    reason: "would delete something else than its text seems to say",
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
    rule: "delete.moved",
    on: /^(mv|gmv)$/,
    when: movesAway,
    decision: "deny",
    reason: "would move away the system, a home or a whole project",
  },
  {
    rule: "delete.synced",
    on: /^(rsync|rclone|robocopy|lftp|unison)$/,
    args: / (-force|-prefer|--delete\S*|--remove-source-files|purge|delete|deletefile|rmdirs?|sync|mirror) /,
    when: (c, s) =>
      /(dev\/null|empty|\/tmp\/)\S* \S+ (-\S+ )*$/.test(c.line) ||
      /rclone|lftp|unison/.test(c.name) ||
      reaches(c, s, ["root", "home", "system", "all", "outside"], targets(c).slice(-1)) ||
      (c.name === "rsync" && !/ (-\w*n\w*|--dry-run) /.test(c.line) && isKept(targets(c).at(-1)?.text ?? "")) ||
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
