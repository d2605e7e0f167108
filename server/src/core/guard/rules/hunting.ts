// Looking for keys and passwords all over the machine, and the programs made for it.
import { foldersOf } from "../inner.ts";
import { areaOf, resolvePath } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

const reason = "would look for keys and passwords all over the machine";

const names =
  /id_(rsa|dsa|ecdsa|ed25519)|authorized_keys|\.pem|\.key\b|\.env\b|wallet|secret|credential|passw|token|kdbx|\.netrc|\.npmrc|\.pgpass|htpasswd|git-credentials|shadow|_history|keystore|\.(p12|pfx|ppk|jks|ovpn)\b|cookies|logins\.json|wp-config|database\.yml/i;
const words = /passw|pwd=|secret|AKIA|PRIVATE|api[_-]?key|token|credential|BEGIN.*RSA/i;

const far = (path: string, command: Command, { settings }: Scene): boolean =>
  /^(root|home|system|outside|kernel)$/.test(areaOf(resolvePath(path, command.cwd), settings.workspace));

function findsSecrets(command: Command, scene: Scene): boolean {
  const { name, args } = command;
  const isWanted = args.some(
    ({ text }, index) =>
      names.test(text) && (name !== "find" || /^-i?(name|path|regex|wholename)$/.test(args[index - 1]?.text ?? "")),
  );
  if (!isWanted) return false;
  if (/locate$/.test(name)) return true;
  const folders = name === "find" ? foldersOf(args).map((folder) => folder || "/") : args.map(({ text }) => text);
  return folders.some((folder) => /^[/~.]/.test(folder) && far(folder, command, scene));
}

function grepsSecrets(command: Command, scene: Scene): boolean {
  const { name, args, line } = command;
  if (!/^(rg|ag|ack)$/.test(name) && !/ (-\w*[rR]\w*|--recursive) /.test(line)) return false;
  return words.test(line) && args.some(({ text }) => /^[/~]/.test(text) && far(text, command, scene));
}

const tools =
  "xmrig|kinsing|hoaxshell|bloodhound|teamserver|pnscan|pypykatz|timestomp|wmiexec|smbexec|psexec|atexec|dcomexec|secretsdump|ptunnel-ng|3proxy|triplecross|minerd|cpuminer|cgminer|ethminer|nbminer|phoenixminer|mimipenguin|lazagne|mimikatz|linpeas|winpeas|linenum|pspy(?:32|64)?|gsocket|gs-netcat|pwncat|weevely|sharphound|kerbrute|rubeus|cobaltstrike|meterpreter|msfvenom|dirtycow|dirtypipe|pwnkit|laudanum|diamorphine|reptile_shell|traitor-amd64|unix-privesc-check|linux-exploit-suggester|les\\.sh|lse\\.sh|beroot";
const tool = new RegExp(`(^|/)(${tools})([-_.]\\w[\\w.-]*)?(/|$)`, "i");

export const hunting: readonly Rule[] = [
  { rule: "secret.hunt", on: /^(find|fd|fdfind|[mp]?locate)$/, when: findsSecrets, decision: "ask", reason },
  { rule: "secret.hunt", on: /^([ef]?grep|rg|ag|ack)$/, when: grepsSecrets, decision: "ask", reason },
  {
    rule: "secret.hunt",
    on: /^(trufflehog|gitleaks)$/,
    args: / (\/|~|\/home|\/etc|\/root|\/var)\S* /,
    decision: "ask",
    reason,
  },
  {
    rule: "secret.hunt",
    on: /^ls$/,
    args: /( -\w*R\w* ).*(\/|~)\S* /,
    when: (c) => names.test(c.line),
    decision: "ask",
    reason,
  },
  {
    rule: "tool.breaking",
    when: (c) => tool.test(c.path) && !/^(echo|printf|grep|rg|man|apt-cache|which)$/.test(c.name),
    decision: "deny",
    reason: "is a tool for breaking into machines, or for taking their work",
  },
  {
    rule: "tool.breaking",
    on: /^(apt|apt-get|yum|dnf|apk|brew|snap|pacman|pip[\d.]*|pipx|npm|go|cargo|gem|docker|podman|git|curl|wget|aria2c|mv|cp|install|chmod|tar|unzip|nohup|python[\d.]*|perl|ruby|php|node|sh|bash|source|\.|scp|rsync)$/,
    when: (c) => c.args.some(({ text }) => tool.test(text.replace(/[?#].*$/, ""))),
    decision: "ask",
    reason: "would bring a tool for breaking into machines, or for taking their work",
  },
];
