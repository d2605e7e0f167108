// Code that stands in the arguments of a command: what it is written in, and where it stands. Shells, interpreters, and
// the many programs that start others by an option.
import { type Command, hole, type Word } from "./verdict.ts";

export type Language = "shell" | "python" | "node" | "perl" | "ruby" | "php" | "awk" | "compiled" | "other";

export type Code =
  | {
      readonly language: Language;
      readonly text: string;
      readonly positional?: readonly string[];
      /** What `$0` is. */
      readonly zero?: string;
      readonly remote?: boolean;
    }
  | { readonly words: readonly Word[]; readonly remote?: boolean };

/** Shells by name, also restricted and small ones. */
export const shells = /^(r?bash|dash|ash|zsh|m?ksh|pdksh|oksh|yash|fish|sh|rsh|t?csh|posh|elvish|nu|xonsh)$/;

/** Programs that have the name of a shell in a text, a setting or a script of their own, which is read elsewhere. */
export const naming =
  /^(echo|printf|[ef]?grep|rg|ag|g?sed|[gm]?awk|git|gh|glab|jq|yq|curl|http|wget|ls|cat|tee|file|stat|ldd|which|whereis|type|command|readlink|realpath|test|\[|\[\[|export|declare|alias|set|read|diff|cmp|head|tail|less|wc|sort|md5sum|sha\d+sum|make|cmake|just|docker|podman|nerdctl|docker-compose|kubectl|oc|ssh|scp|rsync|find|xargs|parallel|python[\d.]*|node|bun|deno|perl|ruby|php|crontab|chsh|useradd|usermod|adduser|getent|tmux|screen|source|\.|man|shellcheck|shfmt|code|install|ln|env|sudo|su|for|case|hash|mapfile|psql|mysql|sqlite3|entr|watch|nohup|exec|trap|rm|chmod|strings|nix|nix-shell|bats|)$/;

const languages: readonly (readonly [on: RegExp, language: Language, option: RegExp])[] = [
  [/^(python[\d.]*|pypy3?|ipython3?)$/, "python", /^-[a-zA-Z]*c$/],
  [/^(node|nodejs|bun|deno|tsx|ts-node)$/, "node", /^(-[a-z]*[ep]|--eval|--print|eval)$/],
  [/^perl[\d.]*$/, "perl", /^-[a-zA-Z0-9]*[eE]$/],
  [/^([jm]?ruby[\d.]*|irb)$/, "ruby", /^-[a-z]*e$/],
  [/^php[\d.]*$/, "php", /^-[rBER]$/],
  [
    /^(lua[\d.]*|luajit|Rscript|R|julia|ghc|scala|groovy|jshell|jrunscript|osascript|guile|racket|elixir|iex|erl|tclsh[\d.]*|wish|clisp|sbcl|octave(-cli)?|ghci|runghc|gnuplot|emacs(client)?|expect|swipl|rake|raku|crystal|nim|clojure|clj|bb|kotlin|dart|bsh|sage|maxima|scilab|pike|rexx|newlisp|janet|fennel|squirrel|gimp|pwsh|powershell|swift|ocaml|factor|gforth|csi|qjs|mujs|njs|d8|rust-script|hy|blender|wolframscript|frida|r2|fsi|jjs|pry|slsh|knife|puppet|j|apl|bqn|picolisp)$/i,
    "other",
    /^(-e|-c|-x|--eval|-eval|--evaluate|-E|-Command|-r|-b|--batch|--python-expr|-code|--exec)$/i,
  ],
];

/** Programs that run, or make a program of, a source file. */
export const compilers =
  /^(go|gcc|cc|g\+\+|c\+\+|clang(\+\+)?|tcc|rustc|javac|java|kotlinc|swiftc?|nim|zig|crystal|dotnet|ghc|gfortran|as|nasm|rust-script|dmd|ldc2|v)$/;

/** The language that a program reads, on its input or in a file. */
export function languageOf(name: string): Language | undefined {
  return shells.test(name) ? "shell" : languages.find(([on]) => on.test(name))?.[1];
}

interface Row {
  readonly on: RegExp;
  /** What the code is written in; the shell's own where nothing is said. */
  readonly language?: Language;
  /** The next word is shell code. */
  readonly option?: RegExp;
  /** Within one word: the first group is shell code. */
  readonly word?: RegExp;
  /** After this many words of its own (options apart), the rest is one shell text. */
  readonly after?: number;
  /** Options of its own that take a value, where `after` counts words. */
  readonly values?: RegExp;
  /** Everything behind such a word is a command of its own. */
  readonly behind?: RegExp;
  readonly remote?: true;
}

const ssh = /^-[bcDEeFIiJLlmOopQRSWwB]$/;
const container =
  /^(-[eveplwuhmcfn]|--(name|env|volume|publish|workdir|user|network|entrypoint|mount|label|env-file|platform|memory|cpus|hostname|add-host|gpus|link|restart|ulimit|device|shm-size|cap-add|cap-drop|security-opt|pid|ipc|userns|tmpfs|dns|log-driver|log-opt|runtime|container|namespace|context|project-name|file|profile|expose|volumes-from|cidfile|pids-limit))$/;

const rows: readonly Row[] = [
  {
    on: /^(su|runuser|sg|script|vagrant|capsh|nix-shell|fly|flyctl|xterm|konsole|gnome-terminal|lxterminal|flock|timeout)$/,
    option: /^(-[a-z]*c|--command|--run|-e|-C)$/,
  },
  { on: /^gcloud$/, word: /^--command=(.*)$/s, remote: true },
  { on: /^ssh$/, after: 1, values: ssh, remote: true },
  {
    on: /^(ssh|scp|sftp|rsync|sshfs|autossh)$/,
    word: /^(?:-o)?\s*(?:Proxy|Local|KnownHosts|Match exec)Command[= ](.*)$/is,
  },
  { on: /^(rsync|scp)$/, option: /^(-e|--rsh|-S|--rsync-path)$/, word: /^--(?:rsh|rsync-path)=(.*)$/s },
  { on: /^(heroku|mosh)$/, behind: /^(run|--)$/, remote: true },
  {
    on: /^g?tar$|^bsdtar$/,
    option: /^(-I|--use-compress-program|--to-command|-F|--info-script|--rsh-command)$/,
    word: /^--(?:checkpoint-action=exec|to-command|use-compress-program|use-compress-prog|info-script|new-volume-script|rsh-command)=(.*)$/s,
  },
  {
    on: /^git$/,
    word: /^(?:core\.(?:pager|sshCommand|editor|fsmonitor|askPass|gitProxy)|sequence\.editor|diff\.external|pager\.\w+|credential\.helper|filter\.\w+\.(?:clean|smudge))=!?(.*)$/is,
  },
  {
    on: /^git$/,
    option:
      /^(core\.(pager|sshCommand|editor|fsmonitor)|--exec|-x|--tree-filter|--index-filter|--upload-pack|--receive-pack|foreach|diff\.external)$/,
    word: /^(?:alias\.[\w-]+=!|!|--exec=|--open-files-in-pager=|--upload-pack=|-O(?=\/))(.*)$/s,
  },
  { on: /^git$/, behind: /^run$/ },
  { on: /^(n?vim?|view|ex|rvim|gvim|vimdiff|nvi|nano|emacs|less|more|man)$/, word: /^(?:\+|:|silent )*:?!(.*)$/s },
  { on: /^(watch|viddy)$/, after: 0, values: /^-[ndc]$|^--interval$/ },
  { on: /^(man|git|less|more|bat)$/, option: /^(-P|--pager)$/ },
  { on: /^parallel$/, after: 0, values: /^-[jaNnLS]$|^--(jobs|joblog|delay|timeout|retries|colsep|sshlogin)$/ },
  { on: /^(nodemon|watchexec|chokidar|onchange)$/, option: /^(--exec|-x|-c)$/ },
  { on: /^entr$/, after: 0 },
  { on: /^(concurrently|npm-run-all)$/, word: /^(\S+\s.+)$/s },
  { on: /^tmux$/, word: /^(\S+\s.+)$/s },
  { on: /^tmux$/, behind: /^(send-keys|new-session|new|new-window|split-window|run-shell|if-shell)$/ },
  { on: /^screen$/, after: 0, values: /^-[a-zA-Z]*[StTc]$/ },
  { on: /^(gdb|lldb)$/, word: /^(?:!|shell |platform shell |pipe )(.*)$/s },
  {
    on: /^(gdb|lldb|[nrg]?vim?|r?view|ex|g?vimdiff)$/,
    language: "python",
    word: /^:?(?:py3?|python3?|script)\b (.*)$/s,
  },
  {
    on: /^([nrg]?vim?|r?view|ex|emacs|g?vimdiff)$/,
    language: "other",
    word: /^[:+]*(?:silent!? ?)?((?:call|lua|luado|perl|ruby|let|exe\w*)\b.*)$/s,
  },
  { on: /^cpan$/, language: "perl", option: /^-e$/, word: /^!(.*)$/s },
  { on: /^(s?ftp|lftp|dc|bc|ed|mail|mailx|smbclient|telnet|cpan|cu)$/, word: /^(?:--exec=)?!(.*)$/s },
  { on: /^gem$/, option: /^(-e|--editor)$/ },
  {
    on: /^(mysql|mariadb|psql|sqlite3|mongo|mongosh|redis-cli)$/,
    word: /^(?:[\s\S]*?[;\n]\s*)?(?:\\!|\.shell|\.system|system|!)\s+(.*)$/s,
  },
  { on: /^psql$/, word: /(?:to|from)\s+program\s+'((?:[^']|'')*)'/is },
  { on: /^zip$/, option: /^-TT$|^--unzip-command$/, word: /^(?:--unzip-command=|-TT)(.+)$/s },
  { on: /^split$/, word: /^--filter=(.*)$/s },
  { on: /^sort$/, option: /^--compress-program$/, word: /^--compress-program=(.*)$/s },
  { on: /^tcpdump$/, option: /^-z$/ },
  { on: /^wget$/, word: /^--use-askpass=(.*)$/s, option: /^--use-askpass$/ },
  { on: /^(nc|ncat|netcat|nc\.\w+)$/, option: /^(-[a-z]*[ec]|--exec|--sh-exec)$/ },
  { on: /^socat$/, word: /^(?:EXEC|SYSTEM|SHELL):(['"]?)([^,]*)/is },
  {
    on: /^(openvpn|pppd|dnsmasq|aria2c)$/,
    option: /^--(up|down|route-up|on-download-complete)$/,
    word: /^--on-download-(?:complete|start)=(.*)$/s,
  },
  { on: /^ip$/, behind: /^exec$/, values: /^-\w$/ },
  { on: /^(docker|podman|nerdctl|buildah|docker-compose)$/, behind: /^(run|exec)$/, values: container, remote: true },
  { on: /^(kubectl|oc|k3s|lxc|incus|distrobox|toolbox|limactl|multipass|fly|railway)$/, behind: /^--$/, remote: true },
  { on: /^(ansible|salt|pssh|parallel-ssh|pdsh|clush|dsh)$/, option: /^(-a|cmd\.run|-i|-w)$/, remote: true },
  { on: /^(complete|compgen|mapfile|readarray)$/, option: /^-C$/ },
  { on: /^(apt|apt-get)$/, word: /^(?:-o)?\s*(?:APT|Dpkg)::[\w:-]*(?:Invoke|Pkgs)[\w:-]*=(.*)$/s },
  { on: /^rpm$/, word: /%\((.*)\)/s },
  { on: /^make$|^gmake$/, word: /^--eval=[\s\S]*\$\(shell (.*)\)/s },
  { on: /^make$|^gmake$/, word: /\t-?@?(.*)$/s },
  { on: /^m4$/, word: /syscmd\((.*)\)/s },
  { on: /^expect$/, word: /spawn\s+(.*)/s },
  { on: /^gcc$|^cc$|^g\+\+$/, option: /^-wrapper$/ },
  { on: /^(npm|npx|yarn|pnpm)$/, option: /^(--call|-c)$/, word: /^--call=(.*)$/s },
  { on: /^(ld-linux[\w.-]*|ld\.so|ld-musl[\w.-]*)$/, after: 0 },
  { on: /^(run-parts|start-stop-daemon|systemd-run)$/, option: /^--(exec|startas)$/ },
  { on: /^(eval|xe)$/, after: 0 },
  { on: /^sed$|^gsed$/, word: /(?:^|[;}\n]|\/)\s*\d*e\s+([^\n]*)$/s },
  { on: /^hash$/, option: /^-p$/ },
  { on: /^cmd$/i, option: /^\/[ckr]$/i, behind: /^\/[ckr]$/i },
  { on: /^(npm|pnpm|yarn)$/, word: /^scripts\.[\w:-]+=(.*)$/s },
  { on: /^wsl$/, behind: /^(--|-e|--exec)$/ },
  { on: /^sqlite3$/, word: /^\.(?:sh|shell|sy|sys|system)\s+(.*)$/s },
  { on: /^python[\d.]*$/, language: "python", option: /^(timeit|-s)$/ },
];

/** Found once for each name; strange names are not kept for ever. */
const byName = new Map<string, readonly Row[]>();

function rowsFor(name: string): readonly Row[] {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const found = rows.filter((row) => row.on.test(name));
  if (byName.size < 2_000 && name.length <= 40) byName.set(name, found);
  return found;
}

/** All the code that the arguments hold. */
export function codesOf(command: Command): Code[] {
  const { name, args } = command;
  if (name === "find") return findCommands(args);
  if (name === "fd" || name === "fdfind") return fdCommands(args);
  const own = shells.test(name) ? shellCode(args) : interpreterCode(name, args);
  const codes = [...own, ...rowsFor(name).flatMap((row) => codesBy(row, args))];
  return codes.length > 0 || texts.test(name) || name.endsWith(":") ? codes : strayCommands(args);
}

/** Programs whose arguments are texts about commands, or that have words of their own such as `rm`. */
const texts =
  /^(echo|printf|e?grep|fgrep|rg|ag|ack|git|gh|glab|hg|svn|jj|sed|gsed|jq|yq|curl|http|man|info|tldr|which|whereis|whatis|apropos|type|cat|ls|cd|say|logger|notify-send|mailx?|alias|export|declare|local|readonly|test|\[|\[\[|read|set|history|complete|for|in|case|apt|apt-get|apt-cache|apk|dnf|yum|brew|pacman|docker|podman|nerdctl|docker-compose|kubectl|aws|gsutil|gcloud|az|mc|s3cmd|rclone|dvc|npm|pnpm|yarn|bun|npx|nix|nix-shell|llm|ollama|claude|dd|rm|diff|wc|sort|tr|cut|head|tail|touch|mkdir|cp|mv|find|fd|less|code|trap|systemctl|journalctl|pgrep|pkill|killall|function|)$/;
const bare =
  /^(?:\/\S*\/)?(rm|dd|shred|mkfs[\w.]*|wipefs|chmod|chown|poweroff|reboot|shutdown|git|find|xargs|bash|sudo|killall|pkill|systemctl)$/;
const spoken =
  /^(?:--?[\w-]+=|[\w.]+=|\w+:)?["']?!?(?:\w+:?\w*\()?((?:sudo |sh -c |bash -c |env )*(?:\/\S*\/)?(?:rm|dd|shred|mkfs[\w.]*|wipefs|chmod|chown|chattr|curl|wget|nc|ncat|sh|bash|find|mv|kill|killall|crontab|useradd|usermod|iptables|shutdown|reboot|poweroff|systemctl|tee|python[\d.]*|perl) .*?)\)?$/s;

/** A command line among the arguments of a program that is not known for it: as one word, or as the last words. */
function strayCommands(args: readonly Word[]): Code[] {
  const whole = args.flatMap((word): Code[] => {
    const text = word.text.includes(" ") ? spoken.exec(word.text)?.[1] : undefined;
    return text === undefined ? [] : [{ language: "shell", text }];
  });
  const at = args.findIndex((word) => bare.test(word.text));
  return at < 0 || at === args.length - 1 ? whole : [...whole, { words: args.slice(at) }];
}

function shellCode(args: readonly Word[]): Code[] {
  const at = args.findIndex((word) => /^-[a-z]*c[a-z]*$/i.test(word.text) || word.text === "--command");
  const first = args.findIndex((word) => !/^[-+]/.test(word.text));
  if (at < 0 || (first >= 0 && first < at && !/^-o$/.test(args[first - 1]?.text ?? ""))) return [];
  const rest = args
    .slice(at + 1)
    .filter((_, index, list) => !list.slice(0, index + 1).every((item) => /^[-+]\w*$/.test(item.text)));
  const text = rest[0]?.text;
  if (text === undefined) return [];
  return [
    {
      language: "shell",
      text,
      positional: rest.slice(2).map((word) => word.text),
      ...(rest[1] && { zero: rest[1].text }),
    },
  ];
}

function interpreterCode(name: string, args: readonly Word[]): Code[] {
  if (/^([gmn]?awk|bawk)$/.test(name)) return awkCode(args);
  const found = languages.find(([on]) => on.test(name));
  if (found === undefined) return [];
  const [, language, option] = found;
  const modules = args.flatMap((word) => /^-[Mr]([A-Za-z][\w:/-]*)/.exec(word.text)?.[1] ?? []).join("; ");
  const whole = (text: string): string =>
    /^(perl|ruby)$/.test(language) && modules !== "" ? `${modules}; ${text}` : text;
  return args.flatMap((word, index): Code[] => {
    const attached = language === "perl" || language === "ruby" ? /^-[a-z0-9]*e(.+)$/s.exec(word.text)?.[1] : undefined;
    if (attached !== undefined && /\W/.test(attached)) return [{ language, text: whole(attached) }];
    const next = args[index + 1];
    return option.test(word.text) && next !== undefined ? [{ language, text: whole(next.text) }] : [];
  });
}

function awkCode(args: readonly Word[]): Code[] {
  const at = args.findIndex((word, index) => !/^-/.test(word.text) && !/^-[vFf]$/.test(args[index - 1]?.text ?? ""));
  const given = args.flatMap(({ text }) => /^(?:--source|-e)=?(.+)$/s.exec(text)?.[1] ?? []);
  if (given.length > 0) return given.map((text) => ({ language: "awk", text }));
  const code = args[at];
  return code === undefined || args.some((word) => word.text === "-f") ? [] : [{ language: "awk", text: code.text }];
}

/** `find -exec a {} ;`: the folders that are searched stand for what it finds. */
function findCommands(args: readonly Word[]): Code[] {
  const folders = foldersOf(args);
  const isSelf = args.some((word, index) => word.text === "-maxdepth" && args[index + 1]?.text === "0");
  return args.flatMap((word, index): Code[] => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(word.text)) return [];
    const end = args.findIndex(
      (item, at) => at > index && (item.text === ";" || (item.text === "+" && args[at - 1]?.text === "{}")),
    );
    const words = args.slice(index + 1, end < 0 ? undefined : end);
    return folders.map((folder) => ({
      words: words.map((item) => ({
        ...item,
        text: item.text.replaceAll("{}", isSelf ? folder || "/" : `${folder}/${hole}`),
      })),
    }));
  });
}

/** `fd PATTERN FOLDER -x a`: without a mark for what it finds, that comes last. */
function fdCommands(args: readonly Word[]): Code[] {
  const at = args.findIndex((word) => /^(-x|-X|--exec|--exec-batch)$/.test(word.text));
  if (at < 0) return [];
  const own = args.slice(0, at);
  const folder =
    own.flatMap(({ text }, index) => {
      const attached = /^(?:--search-path|--base-directory|-C)=?(\/.*|~.*)$/.exec(text)?.[1];
      return attached ?? (/^(--search-path|--base-directory|-C)$/.test(text) ? (own[index + 1]?.text ?? []) : []);
    })[0] ??
    own.filter((word) => !/^-/.test(word.text))[1]?.text ??
    ".";
  const found = `${folder === "/" ? "" : folder}/${hole}`;
  const words = args.slice(at + 1).map((word) => ({ ...word, text: word.text.replaceAll("{}", found) }));
  const marked = args.slice(at + 1).some((word) => word.text.includes("{}"));
  return [{ words: marked ? words : [...words, { text: found, glob: false, raw: found }] }];
}

/** Where `find` looks. */
export function foldersOf(args: readonly Word[]): string[] {
  const rest = args.slice(args.findIndex((word) => !/^-(H|L|P|D|O\d)$/.test(word.text)));
  const end = rest.findIndex((word) => /^[-(!]/.test(word.text));
  const folders = (end < 0 ? rest : rest.slice(0, end)).map((word) => word.text.replace(/(?<=.)\/$/, ""));
  return folders.length === 0 ? ["."] : folders.map((folder) => (folder === "/" ? "" : folder));
}

function codesBy(row: Row, args: readonly Word[]): Code[] {
  const remote = row.remote === true;
  const texts = args.flatMap((word, index) => {
    const next = row.option?.test(word.text) ? [args[index + 1]?.text ?? ""] : [];
    const found = row.word?.exec(word.text);
    return [...next, found?.[2] ?? found?.[1] ?? ""];
  });
  const codes = texts
    .filter((text) => text !== "")
    .map((text): Code => ({ language: row.language ?? "shell", text, remote }));
  if (row.after !== undefined) codes.push(...restAsCode(row, row.after, args, remote));
  return row.behind === undefined ? codes : [...codes, ...commandBehind(row, args, remote)];
}

/** One word is a text for the shell, several are a command; another machine's shell gets them joined. */
function restAsCode(row: Row, after: number, args: readonly Word[], remote: boolean): Code[] {
  const words = afterOptions(args, row.values).slice(after);
  if (row.on.test("parallel") && words.length > 0) {
    const asWords = { words: words.filter(({ text }) => !/^:{3,4}\+?$/.test(text)) };
    const isQuoted = args.some(({ text }) => /^(-q|--quote)$/.test(text));
    return isQuoted ? [asWords] : [{ language: "shell", text: toldParallel(words) }, asWords];
  }
  if (words.length === 0) return [];
  const text = words.map((word) => word.text).join(" ");
  return words.length === 1 || remote || row.on.test("eval")
    ? [{ language: "shell", text, remote }]
    : [{ words, remote }];
}

/** `parallel` joins its words to a text for the shell, and puts what it is handed at its mark or behind, in quotes. */
function toldParallel(words: readonly Word[]): string {
  const at = words.findIndex(({ text }) => /^:{3,4}\+?$/.test(text));
  const list = at < 0 ? [] : words.slice(at + 1).filter(({ text }) => !/^:{3,4}\+?$/.test(text));
  const isList = at >= 0 && words[at]?.text.startsWith("::::") !== true;
  const given = isList ? list.map(({ text }) => `'${text.replaceAll("'", "'\\''")}'`).join(" ") : hole;
  const own = (at < 0 ? words : words.slice(0, at)).map(({ text }) => text);
  // Without a command of its own, what it is handed are the commands.
  if (own.join(" ").trim() === "{}" || own.length === 0) return isList ? list.map(({ text }) => text).join("\n") : hole;
  const mark = /\{[.#/%\d]*\}/g;
  const told = own.join(" ");
  return mark.test(told) ? told.replace(mark, given) : `${told} ${given}`;
}

function commandBehind(row: Row, args: readonly Word[], remote: boolean): Code[] {
  const at = args.findIndex((word) => row.behind?.test(word.text));
  if (at < 0) return [];
  const rest = afterOptions(args.slice(at + 1), row.values);
  // The first word is the container or its image.
  const words = row.values === undefined ? rest : rest.slice(1);
  const entry = args.findIndex((word) => /^--entrypoint/.test(word.text));
  const program = args[entry]?.text.split("=")[1] ?? args[entry + 1]?.text;
  if (entry >= 0 && program !== undefined)
    return [{ words: [{ text: program, glob: false, raw: program }, ...words], remote }];
  return words.length === 0 ? [] : [{ words, remote }];
}

function afterOptions(args: readonly Word[], values?: RegExp): readonly Word[] {
  let at = 0;
  while (at < args.length && /^-./.test(args[at]?.text ?? "")) at += values?.test(args[at]?.text ?? "") ? 2 : 1;
  return args.slice(at);
}
