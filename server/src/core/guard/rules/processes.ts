// Ending what runs: every process, another user's, the services the machine needs.
import type { Rule } from "../verdict.ts";

export const processes: readonly Rule[] = [
  {
    rule: "process.session",
    on: /^loginctl$/,
    args: / (terminate|kill)-/,
    decision: "ask",
    reason: "would end people's sessions",
  },
  {
    rule: "process.root",
    on: /^kill$/,
    when: (c) => c.inner.some((item) => /^(pgrep|pidof)$/.test(item.name) && / -\w*[uU] ?(root|0) /.test(item.line)),
    decision: "ask",
    reason: "would end what belongs to the system",
  },
  {
    rule: "process.all",
    on: /^kill$/,
    args: / (--)? ?-1 $|^ -1 |-(9|KILL|SIGKILL|s ?\w+|15|TERM|STOP) (-- )?-?(1|0) /,
    decision: "deny",
    reason: "would end every process",
  },
  { rule: "process.all", on: /^killall5$/, decision: "deny", reason: "would end every process" },
  {
    rule: "process.unknown",
    on: /^kill$/,
    when: (c, s) =>
      (c.inner.some((item) => /^ps$/.test(item.name)) &&
        !c.inner.some((item) => /grep|awk/.test(item.name) && /\w{3}/.test(item.line.replace(/print|\$\d/g, "")))) ||
      (c.through.includes("xargs") &&
        !(c.input?.from ?? []).some(
          (item) =>
            /^(lsof|pgrep|cat|fuser|ss|docker|pidof|jobs)$/.test(item.name) ||
            (/^(grep|rg)$/.test(item.name) && !/ -\w*v/.test(item.line)),
        )) ||
      c.args.some(({ text }) => /[*?]/.test(text)) ||
      (c.line.includes("\uFFFC") && s.commands.some(({ name, line }) => name === "seq" && / \d{3,} $/.test(line))) ||
      (c.looped &&
        /\uFFFC/.test(c.line) &&
        c.args.length > 1 &&
        c.inner.length === 0 &&
        !/\.pid/.test(c.line) &&
        / -9 /.test(c.line)),
    decision: "ask",
    reason: "would end processes that are not named",
  },
  {
    rule: "process.user",
    on: /^(pkill|killall|skill|slay)$/,
    args: / (-u|-U|--user|--euid|-v|-KILL -u|-t|-s) | (\.|\.\*|\*|\.\/|''|-|\/) | -f (\.|\.\*|\.\/|\/|\*|\w|"")? ?$/,
    decision: "deny",
    reason: "would end every process of a user, or whatever matches",
  },
  {
    rule: "process.service",
    when: (c) => /^\/etc\/(init|rc)\.d\//.test(c.path) && / (stop|disable|kill) /.test(c.line),
    decision: "ask",
    reason: "would stop services",
  },
  {
    rule: "process.needed",
    on: /^kill$/,
    when: (c) =>
      c.inner.some(
        ({ name, line }) =>
          /^(pgrep|pidof)$/.test(name) &&
          /(sshd|systemd|dockerd|containerd|dbus|cron|rsyslog|auditd|Xorg|homarus|kubelet)/.test(line),
      ),
    decision: "ask",
    reason: "would end what the machine or its people need",
  },
  {
    rule: "process.needed",
    on: /^(pkill|killall)$/,
    args: /(sshd|systemd|init|dockerd|containerd|dbus|NetworkManager|cron|rsyslog|auditd|Xorg|gnome-shell|homarus|kubelet|login|bash|zsh|\bsh )/,
    decision: "ask",
    reason: "would end what the machine or its people need",
  },
  {
    rule: "process.frozen",
    on: /^(kill|pkill|killall)$/,
    args: /^ (-(SIG)?STOP|-19|-s (SIG)?STOP|--signal[= ](SIG)?STOP) /,
    decision: "ask",
    reason: "would freeze programs",
  },
  {
    rule: "process.parent",
    on: /^kill$/,
    when: (c) => c.args.some((word) => /\$\{?PPID/.test(word.raw)),
    decision: "ask",
    reason: "would end what started it",
  },
  {
    rule: "process.holders",
    on: /^fuser$/,
    args: /^(?=.* (-\w*k|--kill)).*( -\w*m| \d{1,3}\/)/,
    decision: "ask",
    reason: "would end whatever holds a place",
  },
  { rule: "process.first", on: /^kill$/, args: / 1 $/, decision: "deny", reason: "would end the first process" },
  {
    rule: "process.pkill-sweep",
    on: /^(pkill|killall)$/,
    args: / (-9|-KILL|-SIGKILL|-s ?9) /,
    when: (c) =>
      /^ (-9|-KILL|-SIGKILL) $/.test(c.line) ||
      (/ (-f )?(python\d?|node|java|php) $/.test(c.line) && /-9|KILL/.test(c.line) && c.through.includes("sudo")),
    decision: "ask",
    reason: "would end whatever bears a common name",
  },
  {
    rule: "process.service",
    on: /^(systemctl|service|rc-service|launchctl|sv|initctl|chkconfig|update-rc\.d|rc-update)$/,
    args: / (stop|disable|mask|kill|remove|bootout|unload|off|del|set-default|edit|revert|link|enable|load|bootstrap|submit|isolate|defaults|add) /,
    when: (c) =>
      !/ --user /.test(c.line) &&
      !/ (enable|load) (.* )?(redis|postgresql|postgres|nginx|mysql|mariadb|docker|apache2|mongod|rabbitmq-server|caddy|ssh|sshd|cron|tailscaled)(-server)?(\.service)? $/.test(
        c.line,
      ),
    decision: "ask",
    reason: "would stop services, or have them start by themselves",
  },
  {
    rule: "process.attach",
    on: /^(gdb|strace|ltrace|gcore|lldb|ptrace|reptyr|injcode|dlinject)$/,
    args: / (-p|--pid|attach)[ =]?(1|\$|\d+|\uFFFC) /,
    when: (c) =>
      /(sshd|ssh-agent|gnome-keyring|login| 1 )/.test([c, ...c.inner].map(({ line }) => line).join()) ||
      c.through.includes("sudo") ||
      /^(gcore|reptyr|injcode)$/.test(c.name),
    decision: "ask",
    reason: "would read another program's memory",
  },
  {
    rule: "process.attach",
    on: /^(gdb|lldb)$/,
    args: /^(?=.* (-p|--pid|attach)).*(call|set\u00A0|return|kill|print\u00A0\w+\()/,
    decision: "ask",
    reason: "would change another program while it runs",
  },
  {
    rule: "process.service",
    on: /^systemctl$/,
    args: / (set-environment|import-environment|unset-environment) /,
    decision: "ask",
    reason: "would change what services are started with",
  },
  {
    rule: "process.priority",
    on: /^(renice|(chrt|ionice|nice):?)$/,
    args: /^( -\w+)* (-n ?-20|-20|-f 99|-r 99|-c ?1) /,
    decision: "ask",
    reason: "would starve everything else",
  },
  {
    rule: "process.traps",
    on: /^trap$/,
    args: /^ (''|"")? ?(HUP|INT|TERM|SIG\w+| )+ $/,
    when: (c) => c.args[0]?.text === "",
    decision: "ask",
    reason: "would make itself hard to stop",
  },
];
