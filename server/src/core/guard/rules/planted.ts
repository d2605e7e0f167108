// Programs made to start others by what they are told: launchers in options, file names that a later `*` turns into
// options, paths that are spelled so that nobody reads them.
import type { Command, Rule } from "../verdict.ts";

const spelledOut =
  /(\\x[2-7][0-9a-f]|\\[01][0-7]{2}|\\u00[2-7][0-9a-f]){1,}.*(\\x[2-7][0-9a-f]|\\[01][0-7]{2}|\\u00[2-7][0-9a-f])/i;
const decoders = /^(base64|base32|basenc|xxd|openssl|rev|tr|uudecode|od|gunzip|zcat)$/;
const handlers =
  /^(cat|tac|head|tail|less|more|nl|od|xxd|strings|base64|grep|awk|sed|sort|cp|mv|rm|ln|tee|vi|vim|nano|source|\.|curl|wget|dd|chmod|chown|tar|zip|cut|paste|rev|shred|truncate|touch)$/;

/** What it is to work on is decoded, or spelled letter by letter, out of a text that stands right there. */
function hidesItsPath(command: Command): boolean {
  if (command.args.some(({ raw }) => spelledOut.test(raw) && /^\$'|\$\(|`/.test(raw) && !/\\x1b|\\033/i.test(raw)))
    return true;
  return command.inner.some(
    ({ name, line, input }) =>
      decoders.test(name) &&
      !/ -e /.test(line) &&
      input !== undefined &&
      input.file === undefined &&
      input.from.every((item) => /^(echo|printf)$/.test(item.name) || decoders.test(item.name)),
  );
}

/** A shell's name in code or settings that the command writes, other than as the first line of a script. */
const startsShell =
  /(?:\b(?:exec\w*|system|scripts?|pre\w*|post\w*|call|pipe|popen|spawn\w*|run)\b\W.*|^\W*|\{.*)\/(?:usr\/)?bin\/(?:ba|z|da)?sh\b/i;

function plantsShell({ name, args, writes, input }: Command): boolean {
  if (writes.length === 0 || !/^(echo|printf|cat|tee)$/.test(name)) return false;
  const text = /^(cat|tee)$/.test(name) ? (input?.text ?? "") : args.map((word) => word.text).join(" ");
  return text.split(/\n|\\n/).some((line) => startsShell.test(line) && !/^\s*(#|SHELL\s*[:=?]?=)/.test(line));
}

export const planted: readonly Rule[] = [
  {
    rule: "hidden.path",
    on: handlers,
    when: hidesItsPath,
    decision: "ask",
    reason: "hides which file it works on",
  },
  {
    rule: "hidden.filename",
    on: /^(touch|mv|cp|ln|mkdir|install)$/,
    args: / -- (.* )?--?[a-z]\S*| --checkpoint| -\w+\u00A0| (\.\/|\S+\/)--?[a-z][\w-]*(=\S*)? /,
    decision: "ask",
    reason: "would make a file whose name other programs take for an option",
  },
  {
    rule: "hidden.filename",
    when: (c) => c.writes.some(({ path }) => /\/--?[a-z][\w-]*(=[^/]*)?$/.test(path)),
    decision: "ask",
    reason: "would make a file whose name other programs take for an option",
  },
  {
    rule: "hidden.written",
    when: plantsShell,
    decision: "ask",
    reason: "would write what starts a shell when a program reads it",
  },
  {
    rule: "hidden.launcher",
    on: /^(mysql\w*|mariadb\w*)$/,
    args: / --(default-auth|plugin-dir)[= ]\S*[./]/,
    decision: "ask",
    reason: "would load a library's code",
  },
  {
    rule: "hidden.launcher",
    on: /^(service|systemctl|rc-service|run-parts)$/,
    args: /^ (\S+ )?\S*\.\.\//,
    decision: "ask",
    reason: "would have it start another program",
  },
  {
    rule: "hidden.launcher",
    on: /^rsync$/,
    args: / (-e|--rsh)[= ](\/\S*\/)?(ba|z|da)?sh[\s\u00A0]/,
    decision: "ask",
    reason: "would have it start another program",
  },
  {
    rule: "hidden.launcher",
    on: /^(gdb|lldb)$/,
    args: /\b(dump|append|restore)\u00A0.*\u00A0?\/(etc|root|home|usr|boot)\//,
    decision: "ask",
    reason: "would write over files from inside another program",
  },
  {
    // What is typed to a program that shows something page by page.
    rule: "hidden.told",
    when: (c) => /^!\s?\/?(\w|bin\/)/.test(c.path) || /^!$/.test(c.name),
    decision: "ask",
    reason: "would start commands from inside a program",
  },
  {
    rule: "user.shell",
    on: /^(tclsh[\d.]*|wish|irb|python[\d.]*|node|lua[\d.]*|perl|php|ghci|screen|tmux|script|ed|ex|vim?|nano|pico|joe|cpan|s?ftp|psftp|tdbtool|ginsh|iftop|ncdu|mc|gdb|bc|dc|mysql|psql|sqlite3|(ba|z|da|k|c|tc|a|sa)?sh|fish)$/,
    args: /^( -q)?( \/dev\/null)? +$/,
    when: (c) => c.through.some((name) => /^(sudo|doas|pkexec|run0)$/.test(name)) && c.input === undefined,
    decision: "ask",
    reason: "would work as the machine's administrator, past every check",
  },
  {
    rule: "user.shell",
    on: /^capsh$/,
    args: / -- /,
    decision: "ask",
    reason: "would start a shell from inside another program, past its bounds",
  },
  {
    rule: "user.change",
    on: /^(echo|printf|tee|cat)$/,
    when: (c) =>
      (c.writes.length > 0 || c.name === "tee") &&
      /(^|[\s\u00A0])[\w-]+:[^:\s]*:0:0:/.test(c.line + (c.input?.text ?? "")),
    decision: "ask",
    reason: "would write a user with an administrator's rights",
  },
  {
    rule: "hidden.launcher",
    args: / ["']?--(gpu-launcher|utility-cmd-prefix|renderer-cmd-prefix|browser-subprocess-path|ppapi-plugin-launcher|zygote-cmd-prefix)=/,
    decision: "ask",
    reason: "would have a program start another one",
  },
  {
    rule: "hidden.launcher",
    on: /^(ssh|scp|sftp|rsync|autossh|git)$/,
    args: /ProxyCommand[=\s]["']?(?!ssh|none|nc[ \s]|ncat|cloudflared|aws|gcloud|connect|corkscrew|socat|\/usr\/bin\/(ssh|nc))/i,
    decision: "ask",
    reason: "would have it start another program on this machine",
  },
  {
    rule: "hidden.launcher",
    on: /^aria2c$/,
    args: / --on-\S+=/,
    decision: "ask",
    reason: "would have it start another program",
  },
  {
    rule: "hidden.index",
    when: (c) => c.assigned.size > 0 && [...c.assigned.values()].some((value) => /^\w+\[.*(\$\(|`)/.test(value)),
    decision: "ask",
    reason: "would run a command that stands in an index",
  },
  {
    rule: "hidden.launcher",
    on: /^psql$/,
    args: / (-o ?|--output[= ]|-L ?)["']?\|/,
    decision: "ask",
    reason: "would have it start another program",
  },
  {
    rule: "hidden.display",
    args: / -display \S*\d+\.\d+\.\d+\.\d+:/,
    decision: "ask",
    reason: "would hand its window to another machine",
  },
  {
    rule: "hidden.script",
    on: /^osascript$/,
    args: /\b(send|keystroke|key\u00A0code|do\u00A0shell|delete|empty|shut\u00A0down|restart|display\u00A0dialog.*password|make\u00A0new)\b/i,
    decision: "ask",
    reason: "would act in other programs in the owner's name",
  },
  {
    rule: "hidden.login",
    on: /^sshpass$/,
    args: / -(p ?\S|f ?\S|e )/,
    decision: "ask",
    reason: "would log in elsewhere with a password",
  },
];
