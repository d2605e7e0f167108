// PowerShell and the programs of Windows, as they are called from a shell there, from WSL or over SSH.
import type { Rule } from "../verdict.ts";

const changes = "would change or delete parts of a Windows system";

export const windows: readonly Rule[] = [
  {
    rule: "windows.encoded",
    on: /^(powershell|pwsh)$/i,
    args: / -(e|ec|en\w*) \S/i,
    decision: "deny",
    reason: "hides what it runs in an encoding",
  },
  {
    rule: "windows.unhindered",
    on: /^(powershell|pwsh)$/i,
    args: / -(w\w*[ =]hidden|(ep|ex\w*)[ =](bypass|unrestricted)) /i,
    decision: "ask",
    reason: "would run a script unseen, or past the system's own policy",
  },
  {
    rule: "windows.cmdlet",
    on: /^(remove-(item(property)?|\w*(user|group|service|database|partition|volume|vm|module|package))|clear-(content|item|eventlog|disk|recyclebin|history)|format-volume|initialize-disk|stop-(computer|service|vm)|restart-computer|set-(mppreference|executionpolicy|acl|netfirewall\w+|itemproperty|service|localuser)|add-(mppreference|localgroupmember)|disable-\w+|invoke-(expression|command|wmimethod)|start-bitstransfer|new-(localuser|service|itemproperty|netfirewallrule)|register-(scheduledtask|wmievent)|uninstall-\w+|reset-\w+|enable-psremoting|get-credential)$/i,
    decision: "ask",
    reason: changes,
  },
  {
    rule: "windows.program",
    args: /^ (?:.* )?(\/?(create|change|add|delete|del|import|unload|grant\S*|reset|shadowcopy|resize|call|clear-log|cl|config|stop|set|install|uninstall|restore|transfer|setvalue|deletevalue|disable|off)|\/[rtfdpq]\S*|-urlcache|-decode\S*|-addstore|usn|\/transfer|\/w\S*) /i,
    on: /^(schtasks|reg|vssadmin|wmic|bcdedit|cipher|takeown|icacls|cacls|net1?|netsh|sc|wbadmin|fsutil|certutil|bitsadmin|wevtutil|forfiles|reagentc|manage-bde|dism|taskkill|rundll32|cmstp|mshta|regedit|auditpol|wsl)$/i,
    when: (c) => !/^ (query|list|show|use|view|-l|--list|--status|qc|queryex) /i.test(c.line),
    decision: "ask",
    reason: changes,
  },
  { rule: "windows.disk", on: /^diskpart$/i, decision: "deny", reason: "would change a disk below its files" },
  {
    rule: "windows.delete",
    on: /^(del|erase|rd|rmdir|format)$/i,
    args: /( \/[sqf]\b.*| [a-z]:(\\\S*)? ?.*\/)|^ [a-z]:\\? /i,
    decision: "ask",
    reason: "would delete files or format a disk",
  },
];
