// Turning the machine off, or taking it out of reach.

import { looksOnly } from "../looking.ts";
import type { Rule } from "../verdict.ts";

const reason = "would stop the machine";

export const power: readonly Rule[] = [
  {
    rule: "power.off",
    on: /^(shutdown|reboot|halt|poweroff|kexec|pm-(suspend|hibernate))$/,
    when: (c) => !looksOnly(c),
    decision: "deny",
    reason,
  },
  { rule: "power.init", on: /^(init|telinit)$/, args: / [06s] /i, decision: "deny", reason },
  {
    rule: "power.systemctl",
    on: /^(systemctl|loginctl)$/,
    args: / (poweroff|reboot|halt|kexec|suspend|hibernate|hybrid-sleep|rescue|emergency|isolate|soft-reboot) /,
    decision: "deny",
    reason,
  },
  { rule: "power.sysrq", args: /sysrq/, decision: "deny", reason: "would reach into the running kernel" },
  {
    rule: "power.remote",
    on: /^(dbus-send|busctl|gdbus|qdbus)$/,
    args: /PowerOff|Reboot|Suspend|Hibernate|Shutdown|(Stop|Mask|Disable|Kill)Unit|StartTransientUnit/i,
    decision: "deny",
    reason,
  },
  {
    rule: "power.remote",
    on: /^(ipmitool|rtcwake|wakeonlan|virsh|VBoxManage|xe)$/,
    args: / (off|cycle|reset|destroy|undefine|mem|disk|poweroff|controlvm|unregistervm|vm-destroy) /,
    decision: "ask",
    reason: "would stop a machine",
  },
];
