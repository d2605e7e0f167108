// Programs that only start another one: how to step over them to what they start.
import type { Word } from "./verdict.ts";

interface Wrapper {
  /** Options that take the next word as their value. */
  readonly values?: RegExp;
  /** Words of its own before the program. */
  readonly skip?: number;
  /** A first word that must stand there for it to be a wrapper: `poetry run`. */
  readonly verb?: RegExp;
  readonly remote?: true;
}

const plain: Wrapper = {};
const user: Wrapper = { skip: 1 };

const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: { values: /^-[ugpCDhRrtTU]$|^--(user|group|prompt|chdir|host|role|type|close-from)$/ },
  doas: { values: /^-[uC]$/ },
  pkexec: { values: /^--user$/ },
  run0: { values: /^-[ugD]$|^--(user|group|chdir|unit|property|slice|nice)$/ },
  uvx: { values: /^--(from|with|python|index-url)$|^-p$/ },
  pipx: { verb: /^run$/, values: /^--(spec|python)$/ },
  env: { values: /^-[uCP]$|^--(unset|chdir)$/ },
  openvt: { values: /^-c$/ },
  pexec: { values: /^-[nprRlc]$/ },
  exec: { values: /^-a$/ },
  nice: { values: /^-n$|^--adjustment$/ },
  ionice: { values: /^-[cnpPu]$/ },
  timeout: { values: /^-[sk]$|^--(signal|kill-after)$/, skip: 1 },
  gtimeout: { values: /^-[sk]$/, skip: 1 },
  stdbuf: { values: /^-[ioe]$/ },
  xargs: { values: /^-[IJnPLdaEs]$|^--(max-args|max-procs|delimiter|arg-file|max-lines)$/ },
  time: { values: /^-[fo]$/ },
  strace: { values: /^-[eopsEauSPOX]$/ },
  ltrace: { values: /^-[eopsuSnlax]$/ },
  flock: { values: /^-[wEc]$|^--(timeout|conflict-exit-code)$/, skip: 1 },
  chrt: { skip: 1 },
  taskset: { skip: 1 },
  chroot: { skip: 1, remote: true },
  faketime: { skip: 1 },
  cgexec: { values: /^-g$/ },
  "systemd-run": { values: /^-[pEtuHM]$|^--(property|unit|setenv|description|slice|uid|gid)$/ },
  numactl: { values: /^-[mNCl]$/ },
  "xvfb-run": { values: /^-[nsfpe]$/ },
  setpriv: { values: /^--(reuid|regid|groups|inh-caps|bounding-set)$/ },
  unshare: { values: /^-[SGR]$/ },
  nsenter: { values: /^-[tSGw]$|^--target$/ },
  firejail: plain,
  proot: { values: /^-[rbqwv]$/ },
  gosu: user,
  "su-exec": user,
  runuser: { values: /^-[ugGs]$|^--(user|group)$/ },
  poetry: { verb: /^run$/ },
  pipenv: { verb: /^run$/ },
  uv: { verb: /^run$/, values: /^--(with|python|extra|group)$|^-p$/ },
  pdm: { verb: /^run$/ },
  rye: { verb: /^run$/ },
  hatch: { verb: /^run$/ },
  bundle: { verb: /^exec$/ },
  pnpm: { verb: /^(exec|dlx)$/ },
  yarn: { verb: /^(exec|dlx)$/ },
  npm: { verb: /^(exec|x)$/ },
  conda: { verb: /^run$/, values: /^-[np]$|^--(name|prefix)$/ },
  mise: { verb: /^(exec|x)$/ },
  asdf: { verb: /^exec$/ },
  rbenv: { verb: /^exec$/ },
  pyenv: { verb: /^exec$/ },
  direnv: { verb: /^exec$/, skip: 1 },
  composer: { verb: /^exec$/ },
  cpulimit: { values: /^-[lpe]$/ },
  logsave: { skip: 1 },
  op: { verb: /^run$/, values: /^--env-file$/ },
  doppler: { verb: /^run$/, values: /^-[pc]$/ },
  dotenvx: { verb: /^run$/, values: /^-f$/ },
  "aws-vault": { verb: /^exec$/, skip: 1 },
  "start-stop-daemon": plain,
  ...Object.fromEntries(
    "nohup setsid command builtin busybox toybox unbuffer chronic fakeroot caffeinate proxychains proxychains4 torsocks torify dbus-run-session ssh-agent rlwrap tini dumb-init npx bunx dotenv noglob nocorrect coproc { then do else setarch linux64 linux32 i386 x86_64 uname26 dzdo sudo-rs please gtime chpst perf valgrind catchsegv eatmydata tsocks usbreset systemd-inhibit stdout ! exec-helper"
      .split(" ")
      .map((name) => [name, plain]),
  ),
};

const setting = /^[A-Za-z_][\w%]*\+?=/;

export interface Peeled {
  readonly words: readonly Word[];
  readonly assigned: ReadonlyMap<string, string>;
  readonly remote: boolean;
}

/** What a wrapper starts; undefined when the program is none, or starts nothing here. */
export function peel(name: string, args: readonly Word[]): Peeled | undefined {
  const wrapper = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  if (wrapper === undefined) return undefined;
  if (startsNothing(name, args)) return undefined;
  let rest = name === "env" ? splitStrings(args) : [...args];
  if (wrapper.verb !== undefined) {
    if (!wrapper.verb.test(rest[0]?.text ?? "")) return undefined;
    rest = rest.slice(1);
  }
  const assigned = new Map<string, string>();
  rest = withoutOptions(rest, wrapper, assigned);
  if (wrapper.skip !== undefined) rest = withoutOptions(rest.slice(wrapper.skip), wrapper, assigned);
  return rest.length === 0 ? undefined : { words: rest, assigned, remote: wrapper.remote === true };
}

/** Forms that hold code in an option, or only tell where a program is. */
function startsNothing(name: string, args: readonly Word[]): boolean {
  const has = (option: RegExp): boolean => args.some((word) => option.test(word.text));
  if (name === "command") return /^-[vV]/.test(args[0]?.text ?? "");
  return (name === "runuser" && has(/^(-c|--command)/)) || (/^np[mx]$/.test(name) && has(/^(-c|--call)/));
}

/** `env -S 'a b'` as the words that it makes, and without the lone sign that empties the environment. */
function splitStrings(args: readonly Word[]): Word[] {
  const end = args.findIndex(({ text }) => !/^-/.test(text) && !setting.test(text));
  const own = end < 0 ? args.length : end;
  return args.flatMap((word, index) => {
    const before = args[index - 1]?.text ?? "";
    const attached = index < own ? /^(?:-[a-z]*S|--split-string=)(.+)$/s.exec(word.text)?.[1] : undefined;
    if (index < own && /^(-|-[a-z]*S|--split-string)$/.test(word.text)) return [];
    const text = index <= own && /^(-[a-z]*S|--split-string)$/.test(before) ? word.text : attached;
    if (text === undefined) return [word];
    return Array.from(text.matchAll(/"([^"]*)"|'([^']*)'|\S+/g), (found) => {
      const part = found[1] ?? found[2] ?? found[0];
      return { text: part, glob: false, raw: part };
    });
  });
}

function withoutOptions(args: readonly Word[], wrapper: Wrapper, assigned: Map<string, string>): Word[] {
  let at = 0;
  for (; at < args.length; at += 1) {
    const text = args[at]?.text ?? "";
    if (text === "--") {
      at += 1;
      break;
    }
    if (setting.test(text)) assigned.set(text.slice(0, text.search(/\+?=/)), text.slice(text.indexOf("=") + 1));
    else if (!/^[-+]./.test(text)) break;
    else if (wrapper.values?.test(text)) at += 1;
  }
  return args.slice(at);
}
