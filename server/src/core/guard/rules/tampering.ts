// Traces wiped, and things left behind that start by themselves.

import { looksOnly } from "../looking.ts";
import type { Rule } from "../verdict.ts";

export const tampering: readonly Rule[] = [
  {
    rule: "trace.history",
    on: /^(history|fc)$/,
    args: / (-[a-z]*[cdw][a-z]*|-p) /,
    decision: "deny",
    reason: "would wipe the shell's history",
  },
  {
    rule: "trace.history",
    on: /^set$/,
    args: / \+o history /,
    decision: "deny",
    reason: "would leave no trace in the shell's history",
  },
  {
    rule: "trace.history",
    when: (c) =>
      /^(ignore(both|space|dups:ignorespace)\S*)$/.test(c.assigned.get("HISTCONTROL") ?? "") ||
      / HISTCONTROL=\S*ignore(both|space)| HISTIGNORE=\*? /.test(c.line),
    decision: "ask",
    reason: "would leave no trace in the shell's history",
  },
  {
    rule: "trace.history-file",
    when: (c) =>
      /_history|\.lesshst|\.viminfo|HISTFILE/.test(c.line + c.writes.map((write) => write.path).join(" ")) &&
      (/^(rm|unlink|shred|truncate|ln|mv|cp|chattr|sed|tee)$/.test(c.name) ||
        c.writes.some((write) => /_history/.test(write.path) && write.by !== ">>")),
    decision: "deny",
    reason: "would wipe the shell's history",
  },
  {
    rule: "trace.logs",
    when: (c) =>
      /\/var\/log(\/|\b)/.test(
        c.line +
          c.writes
            .filter((write) => write.by !== ">>")
            .map((write) => write.path)
            .join(" "),
      ) &&
      ((/^(rm|unlink|shred|truncate|mv|sed|tee|wipe|srm|chattr|dd|find|ln)$/.test(c.name) &&
        (c.name !== "find" || /-delete|-exec (rm|truncate|shred)/.test(c.line)) &&
        (c.name !== "sed" || / -i/.test(c.line)) &&
        (c.name !== "tee" || !/ -a /.test(c.line))) ||
        c.writes.some((write) => write.path.startsWith("/var/log") && write.by !== ">>")),
    decision: "deny",
    reason: "would wipe the machine's logs",
  },
  {
    rule: "trace.journal",
    on: /^(journalctl|wevtutil|utmpdump|logrotate|ausearch|dmesg|logcat|lastlog|log)$/,
    args: / (--vacuum-\S+|--rotate|--flush|-f \/dev|-C|-c|--clear|erase|cl|--force) ?/,
    decision: "ask",
    reason: "would wipe the machine's logs",
  },
  {
    rule: "trust.changed",
    on: /^(certutil|trust|keytool|p11-kit)$/,
    args: / (-A|-D|-M|anchor|-importcert|-import|-delete) /,
    decision: "ask",
    reason: "would change which certificates are believed",
  },
  {
    rule: "trust.changed",
    on: /^ssh-add$/,
    args: / -[Dx] /,
    decision: "ask",
    reason: "would take the keys away from whoever uses them",
  },
  {
    rule: "trace.time",
    on: /^touch$/,
    args: / (-r|-t|-d|--date\S*|--reference\S*) .*(\/(bin|etc|usr|var|sbin|tmp)\/)/,
    decision: "ask",
    reason: "would forge when files were changed",
  },
  {
    rule: "trace.audit",
    args: /\.homarus|homarus\.json|gateway\.token|state\.db/,
    on: /^(rm|mv|cp|sed|tee|truncate|sqlite3|shred|chmod|kill|pkill|ln|vim?|nano|dd)$/,
    decision: "deny",
    reason: "would reach into the house's own state",
  },
  {
    rule: "persist.cron",
    on: /^crontab$/,
    when: (c) => !looksOnly(c),
    decision: "ask",
    reason: "would change what the machine starts by itself",
  },
  {
    rule: "persist.cron-removed",
    on: /^crontab$/,
    args: / -[ir]*r/,
    decision: "deny",
    reason: "would remove everything the machine starts by itself",
  },
  {
    rule: "persist.at",
    on: /^(at|batch|atrm|anacron)$/,
    when: (c) => !looksOnly(c),
    decision: "ask",
    reason: "would have something run later, when nobody looks",
  },
  {
    rule: "persist.unit",
    on: /^(systemd-run|systemctl|launchctl):?$/,
    args: / (--on-(calendar|boot|active|unit)\S*|daemon-reexec|--timer\S*|load|bootstrap|enable .*\.(timer|service|path)) ?/,
    when: (c) => !/ (docker|nginx|postgresql|redis|ssh)(\.service)? /.test(c.line),
    decision: "ask",
    reason: "would have something start by itself",
  },
  {
    rule: "persist.hide",
    on: /^(nohup|setsid|disown|daemonize|screen|tmux)(:)?$/,
    args: /(\/tmp\/\.|\/dev\/shm\/|\/var\/tmp\/\.|xmrig|\/\.\w+\/)/,
    decision: "ask",
    reason: "would leave something running out of sight",
  },
  {
    rule: "persist.run-hidden",
    when: (c) =>
      /^(\/tmp\/\.|\/dev\/shm\/|\/var\/tmp\/)/.test(
        /^(source|\.|(ba|z|da)?sh|python[\d.]*|perl|ruby|node|php)$/.test(c.name) ? (c.args[0]?.text ?? "") : c.path,
      ),
    decision: "ask",
    reason: "would run a program from a place where anyone may write",
  },
  {
    rule: "persist.immutable",
    on: /^chattr$/,
    args: / \+\w*i/,
    decision: "ask",
    reason: "would lock a file against removal",
  },
];
