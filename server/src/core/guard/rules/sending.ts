// Keys, passwords and what is found on this machine, sent to another one.
import { keepsHere } from "../hosts.ts";
import { resolvePath } from "../places.ts";
import { opened, senders, touched } from "../secrecy.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

const remoteOnly = /^(git|docker|kubectl|openssl|xxd|busybox|logger|ssh|aws|gh|host|ping)$/;
const feeds = (command: Command): readonly Command[] => [...(command.input?.from ?? []), ...command.inner];
const isSender = (command: Command): boolean =>
  senders.test(command.name) &&
  !keepsHere(command) &&
  (command.name !== "openssl" || command.line.includes(" s_client "));

function sendsBody(command: Command): boolean {
  if (/^(curl|wget|http|xh|https)$/.test(command.name))
    return / (-T|--upload-file|-d|-F|--data\S*|--form\S*|--post-file\S*|--post-data\S*|--body-file\S*|-X|--json|-[a-zA-Z]*[dFT]\S*|POST|PUT) ?|\uFFFC/.test(
      command.line,
    );
  return true;
}

const inFeed = (command: Command, fits: (item: Command) => boolean): boolean => feeds(command).some(fits);

function sendsSecret(command: Command, scene: Scene, kind: "strong" | "mild"): boolean {
  if (!isSender(command)) return false;
  if (kind === "mild" && /^(git|docker|kubectl)$/.test(command.name)) return false;
  if (opened(command, kind) && (sendsBody(command) || kind === "strong")) return true;
  if (inFeed(command, (item) => opened(item, kind))) return true;
  return (
    kind === "strong" &&
    !remoteOnly.test(command.name) &&
    sendsBody(command) &&
    scene.commands.some((item) => item !== command && opened(item, kind))
  );
}

const dumps = (command: Command): boolean =>
  (command.name === "jq" && /[\s\u00A0]env\b|\$ENV/.test(command.line)) ||
  (/^(env|printenv|set|export|declare|history|fc|dmesg|lastlog|ifconfig|netstat|ps|uname|id|whoami|hostname|getent|w|who|xclip|xsel|pbpaste|wl-paste|arecord|scrot|import|ffmpeg|screencapture|gnome-screenshot|grim|mysqldump|pg_dump|pg_dumpall|mongodump|sqlite3|tar|zip|find|ls|gpg|security|pass|ip|arp|crontab|docker|kubectl|secret-tool|ssh-add|git|heroku|vault|op|doppler|aws|gcloud|az)$/.test(
    command.name,
  ) &&
    !(command.name === "git" && !/ (bundle|archive|config|credential) /.test(command.line)));

const vendors: Readonly<Record<string, RegExp>> = {
  GH: /github/,
  AWS: /amazonaws|aws\./,
  SLACK: /slack/,
  CR: /ghcr/,
  GCP: /google/,
  CF: /cloudflare/,
};
const tokenNamed =
  /\$\{?(?:([A-Z][A-Z0-9]*)_)(?:\w*_)?(?:KEY|TOKEN|SECRET|PASSWORD|PASS|PAT|CREDENTIALS?|URL)(?:_\w+)?\b/g;

/** A credential whose name tells whose it is, put into an address or a body that goes to somebody else. */
function strayToken(command: Command): boolean {
  if (!/^(curl|wget|http|https|xh)$/.test(command.name) || keepsHere(command)) return false;
  const host = /(?:https?:\/\/)?([\w.-]+\.[a-z]{2,})/i.exec(
    command.args.find((word) => /:\/\/|^[\w-]+(\.[\w-]+)+(\/|$)/.test(word.text))?.text ?? "",
  )?.[1];
  if (host === undefined) return false;
  const isStray = (vendor: string): boolean =>
    !/^(API|APP|MY|ACCESS|AUTH|BOT|WEBHOOK|HOOK|CI|BASE|SERVICE|SITE|SERVER)$/.test(vendor) &&
    !(vendors[vendor]?.test(host) ?? host.includes(vendor.toLowerCase()));
  const own = command.args.filter(
    (word, index) =>
      !/^(-H|--header|-u|--user|-A)$/.test(command.args[index - 1]?.text ?? "") && !/^--header/.test(word.text),
  );
  const words = [...own, ...(command.input?.from ?? []).flatMap(({ args }) => args)];
  return words.some(({ raw }) => Array.from(raw.matchAll(tokenNamed), (item) => item[1] ?? "").some(isStray));
}

/** Keys of vendors that everybody knows, by the start of their variables' names. */
const wellKnown: Readonly<Record<string, RegExp>> = {
  OPENAI: /openai/,
  ANTHROPIC: /anthropic|claude/,
  GEMINI: /google/,
  GITHUB: /github/,
  GH: /github/,
  GITLAB: /gitlab/,
  AWS: /aws/,
  STRIPE: /stripe/,
  SLACK: /slack/,
  NPM: /npm/,
  HF: /hugging/,
  CLOUDFLARE: /cloudflare/,
  DIGITALOCEAN: /digitalocean/,
  TELEGRAM: /telegram/,
  DISCORD: /discord/,
  TWILIO: /twilio/,
  SENDGRID: /sendgrid/,
};

/** A vendor's key in a header that goes to somebody else. */
function strayHeader(command: Command): boolean {
  if (keepsHere(command)) return false;
  const host = /https?:\/\/([^/\s:?#]+)/.exec(command.line)?.[1] ?? "";
  return command.args.some(({ raw }) =>
    Array.from(raw.matchAll(tokenNamed), (found) => wellKnown[found[1] ?? ""]).some(
      (own) => own !== undefined && host.includes(".") && !own.test(host),
    ),
  );
}

/** A file that is sent, and that the same text filled with what it found on this machine. */
function sendsFound(command: Command, scene: Scene): boolean {
  if (!isSender(command) || !sendsBody(command)) return false;
  const sent = new Set(command.args.map(({ text }) => resolvePath(text.replace(/^([\w[\]]+=)?@/, ""), command.cwd)));
  return scene.commands.some(
    (item) =>
      item.writes.some(({ path }) => sent.has(path)) &&
      [item, ...(item.input?.from ?? [])].some(({ name }) =>
        /^(env|printenv|history|set|ps|getent|crontab|gpg|security|pass)$/.test(name),
      ),
  );
}

export const sending: readonly Rule[] = [
  {
    rule: "secret.state",
    when: sendsFound,
    decision: "ask",
    reason: "would send what it finds on this machine to another one",
  },
  {
    rule: "secret.stray",
    on: /^(curl|wget|http|https|xh)$/,
    when: strayHeader,
    decision: "ask",
    reason: "would send a vendor's key to somebody else",
  },
  {
    rule: "secret.stray",
    when: strayToken,
    decision: "ask",
    reason: "would send a credential to someone who did not give it",
  },
  {
    rule: "secret.sent",
    when: (c, s) => sendsSecret(c, s, "strong"),
    decision: "deny",
    reason: "would send keys or passwords to another machine",
  },
  {
    rule: "secret.sent-mild",
    when: (c, s) => sendsSecret(c, s, "mild"),
    decision: "deny",
    reason: "would send a file of secrets or accounts to another machine",
  },
  {
    rule: "secret.beside-address",
    when: (c) =>
      c.line.includes("://") &&
      !senders.test(c.name) &&
      !keepsHere(c) &&
      c.args.some((word) => /^(https?|ftps?|sftp|tcp|udp|scp|smb|s3|gs|rtmp):\/\/\S/.test(word.text)) &&
      (touched(c, "strong") || touched(c, "mild")),
    decision: "ask",
    reason: "would send a file of secrets or accounts to another machine",
  },
  {
    rule: "secret.socket",
    when: (c) =>
      c.writes.some((write) => /^\/dev\/(tcp|udp)\//.test(write.path)) &&
      (opened(c, "strong") || opened(c, "mild") || feeds(c).some((item) => opened(item, "strong"))),
    decision: "deny",
    reason: "would send keys or passwords to another machine",
  },
  {
    rule: "secret.state",
    when: (c) =>
      isSender(c) &&
      sendsBody(c) &&
      !/^(ssh|git|docker|kubectl|aws|gsutil|openssl|ping|rsync|xxd|logger|busybox|gcloud|az|rclone)$/.test(c.name) &&
      inFeed(c, dumps) &&
      !(c.inner.length === 1 && c.inner[0]?.name === "hostname" && !/\.[a-z]/.test(c.line)) &&
      !/healthchecks|slack\.com|hooks\./.test(c.line),
    decision: "ask",
    reason: "would send what it finds on this machine to another one",
  },
  {
    rule: "secret.names",
    on: /^(dig|nslookup|host|drill|ping)$/,
    when: (c) =>
      inFeed(c, () => true) &&
      (c.inner.length > 0 || c.looped || c.through.includes("xargs")) &&
      /\.[a-z]/.test(c.line),
    decision: "ask",
    reason: "would carry data away in the names it looks up",
  },
  {
    rule: "secret.names",
    on: /^ping6?$/,
    args: / -p ?\S/,
    when: (c) => c.inner.length > 0 || c.looped || c.line.includes("\uFFFC"),
    decision: "ask",
    reason: "would carry data away in the packets it sends",
  },
];
