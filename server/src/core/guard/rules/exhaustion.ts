// Using the machine up: forks without end, full disks, memory and processors kept busy, mining.
import { keepsHere } from "../hosts.ts";
import { areaOf } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

const big = /(\de\d\d|\d{3,}[gG]i?B?|\d+[tTpP]i?B?|\d{12,})/;

function fills(command: Command, scene: Scene): boolean {
  const endless =
    /\/dev\/(zero|urandom|random|full)/.test(command.line) ||
    /^\/dev\/(zero|u?random)$/.test(command.input?.file ?? "") ||
    (command.input?.from ?? []).some((item) => item.name === "yes" || /\/dev\/(zero|u?random)/.test(item.line));
  if (
    !endless ||
    (/ (-c|-n|-b|count=|--bytes)/.test(command.line) && !/count=\d{7,}/.test(command.line)) ||
    (command.input?.from ?? []).some((item) => /^(head|dd)$/.test(item.name))
  )
    return false;
  if (command.name === "dd") return /of=(?!\/dev\/null)/.test(command.line);
  return (
    command.writes.some((write) => areaOf(write.path, scene.settings.workspace) !== "sink") &&
    /^(cat|yes|tee|cp|)$/.test(command.name)
  );
}

/** Makes files in a loop that nothing ends or slows down. */
const endless = (command: Command, scene: Scene): boolean =>
  command.looped &&
  scene.commands.some((item) => item.looped && /^(true|:)$/.test(item.name)) &&
  !scene.commands.some((item) => item.looped && /^(sleep|break|read|wait|inotifywait|exit|return)$/.test(item.name));

export const exhaustion: readonly Rule[] = [
  {
    rule: "exhaust.files",
    on: /^(mkdir|touch|cp|fallocate|dd|mktemp|ln|tee)$/,
    when: (c, s) =>
      endless(c, s) || (c.looped && s.commands.some(({ name, line }) => name === "seq" && / \d{6,} $/.test(line))),
    decision: "ask",
    reason: "would make files without end",
  },
  {
    rule: "exhaust.copy",
    on: /^cp$/,
    args: /^ (-\S+ )*\/dev\/(zero|u?random|full) /,
    decision: "ask",
    reason: "would write until the disk is full",
  },
  {
    rule: "exhaust.speed",
    on: /^openssl$/,
    args: / speed .*-multi /,
    decision: "ask",
    reason: "would keep the whole machine busy",
  },
  {
    rule: "exhaust.fork",
    on: /^recursion:$/,
    when: (c) => c.background || c.input !== undefined,
    decision: "deny",
    reason: "would start copies of itself without end",
  },
  { rule: "exhaust.fork", on: /^forkbomb$/, decision: "deny", reason: "would take processes or memory without end" },
  {
    rule: "exhaust.fork-self",
    on: /^(sh|bash|zsh|source|\.|exec)$/,
    args: /^ (\$0|bash|\uFFFC)? ?$/,
    when: (c) => c.background && c.looped,
    decision: "deny",
    reason: "would start copies of itself without end",
  },
  {
    rule: "exhaust.self",
    when: (c) =>
      /^"?\$\{?0\}?"?$/.test(c.raw) ||
      (/^(sh|bash|\.|source)$/.test(c.name) && c.args.some((word) => /^"?\$\{?(0|BASH_SOURCE)\}?"?$/.test(word.raw))),
    decision: "ask",
    reason: "would start itself again",
  },
  {
    rule: "exhaust.loop",
    when: (c) =>
      c.looped &&
      c.background &&
      /^(true|:|yes|cat|sh|bash|sleep|dd|openssl|md5sum|sha\d+sum|while|gzip|bc|burn|echo|tail|curl|wget|nc|awk|perl|python[\d.]*)$/.test(
        c.name,
      ) &&
      !(c.name === "sleep" && Number(c.args[0]?.text) <= 60) &&
      !keepsHere(c),
    decision: "ask",
    reason: "would start processes in a loop, without waiting for them",
  },
  {
    rule: "exhaust.yes",
    on: /^yes$/,
    when: (c, s) => c.background || c.writes.length > 0 || s.commands.filter((item) => item.name === "yes").length > 2,
    decision: "ask",
    reason: "would keep a processor or a disk busy without end",
  },
  {
    rule: "exhaust.yes",
    on: /^(tr|cat|sort|sed|[gm]?awk|tac|rev|grep|tee|xargs|paste|fold|nl|od|xxd|base64|openssl|gzip|md5sum)$/,
    when: (c) => {
      const from = c.input?.from ?? [];
      return from.some(({ name }) => name === "yes") && !from.some(({ name }) => /^(head|timeout|dd)$/.test(name));
    },
    decision: "ask",
    reason: "would take memory or a processor without end",
  },
  {
    rule: "exhaust.loop",
    on: /^(:|true)$/,
    when: (c, s) =>
      c.looped && s.commands.filter(({ looped }) => looped).every(({ name }) => /^(:|true|\[|test)$/.test(name)),
    decision: "ask",
    reason: "would keep a processor busy without end",
  },
  { rule: "exhaust.disk", when: fills, decision: "deny", reason: "would write until the disk is full" },
  {
    rule: "exhaust.disk-size",
    on: /^(fallocate|truncate|dd|mkfile|head|qemu-img|openssl|seq)$/,
    args: big,
    when: (c) => c.name !== "seq" || c.writes.length > 0,
    decision: "ask",
    reason: "would take a great part of the disk",
  },
  {
    rule: "exhaust.disk-size",
    on: /^dd$/,
    args: /count=\d{6,}|bs=\d+[gG]|count=\d+[gG]/,
    decision: "ask",
    reason: "would take a great part of the disk",
  },
  {
    rule: "exhaust.stress",
    on: /^(stress|stress-ng|sysbench|memtester|cpuburn|burnP6|bonnie\+\+|lookbusy)$/,
    args: / (-|\d)/,
    decision: "ask",
    reason: "would keep the whole machine busy",
  },
  {
    rule: "exhaust.mine",
    on: /^(xmrig|minerd|cgminer|bfgminer|ethminer|cpuminer|ccminer|nbminer|t-rex|phoenixminer|lolminer|nanominer|xmr-stak|claymore|srbminer\S*|teamredminer|kawpowminer)$/i,
    decision: "deny",
    reason: "would mine coins on this machine",
  },
  {
    rule: "exhaust.mine",
    args: /stratum\d?\+?\w*:\/\/|--donate-level|cryptonight|randomx|monero.*pool|minexmr|nanopool|supportxmr/i,
    when: (c) => !/^(echo|grep|rg|git|man|curl)$/.test(c.name),
    decision: "deny",
    reason: "would mine coins on this machine",
  },
  {
    rule: "exhaust.memory",
    on: /^(tail|grep|sort|mapfile|tr)$/,
    args: /\/dev\/(zero|full)/,
    decision: "deny",
    reason: "would take memory without end",
  },
  {
    rule: "exhaust.memory",
    on: /^(grep|tail|sort|mapfile|tr)$/,
    when: (c) =>
      /^\/dev\/(zero|full)$/.test(c.input?.file ?? "") &&
      c.writes.length === 0 &&
      !(c.name === "tr" && c.line.includes("\\")),
    decision: "ask",
    reason: "would take memory without end",
  },
  {
    rule: "exhaust.limits",
    on: /^(ulimit|prlimit|sysctl)$/,
    args: /( -[a-zA-Z] (0|1) |pid_max=|--nproc=1|file-max=|--nofile=1)/,
    decision: "ask",
    reason: "would take away what programs need to run",
  },
  {
    rule: "exhaust.bomb",
    on: /^(unzip|tar|gzip|gunzip|zcat)$/,
    args: /(42\.zip|bomb|zbsm|zblg)/,
    decision: "ask",
    reason: "would unpack without end",
  },
];
