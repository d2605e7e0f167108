// Keys, passwords and histories: read into the talk, or sent away.
import { keepsHere } from "../hosts.ts";
import { looksOnly } from "../looking.ts";
import { resolvePath, secrecyOf } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

/** Programs that take something to another machine. */
const senders =
  /^(curl|wget|nc|ncat|netcat|socat|telnet|ftp|tftp|sftp|lftp|scp|rsync|ssh|http|https|xh|httpie|aws|gsutil|gcloud|az|rclone|s3cmd|mc|mail|mailx|mutt|sendmail|swaks|msmtp|dig|nslookup|host|drill|ping|openssl|git|gh|lynx|transfer|croc|wormhole|magic-wormhole|ngrok|slackcat|logger|gist|hub|telegram-send|notify|xxd|busybox|ffsend|termbin|pastebinit|s_client|hg|docker|finger|whois|iodine|dnscat2?|nmap|smbclient|restic|borg|syncthing|kubectl)$/;
const remoteOnly = /^(git|docker|kubectl|openssl|xxd|busybox|logger|ssh|aws|gh|host|ping)$/;
const readers =
  /^(cat|less|more|head|tail|tac|bat|nl|od|xxd|hexdump|strings|base64|base32|grep|egrep|fgrep|rg|ag|awk|gawk|sed|cut|sort|uniq|jq|yq|cp|mv|tar|zip|gzip|7z|bzip2|xz|dd|rev|tee|vim?|nano|view|find|xargs|python[\d.]*|perl|ruby|php|node|openssl|gpg|scp|rsync|curl|wget|nc|sqlite3|split|paste|diff|install|ln|source|read|mapfile|sftp|ftp|mail|mutt|uuencode|strace|ditto|pax|cpio|column|fold|fmt|pr|comm|look|shuf|iconv|qrencode|wc|md5sum|aws|gsutil|rclone|git|gh|az|http|docker|secret-tool|ssh|)$/;

function touched(command: Command, kind: "strong" | "mild"): boolean {
  const file = command.input?.file;
  if (file !== undefined && secrecyOf(file) === kind) return true;
  return command.args.some(
    (word) =>
      // Of such a command line a bare word is a noun.
      !(/^(secrets?|credentials?)$/.test(word.text) && /^(gh|glab|aws|az|gcloud)$/.test(command.name)) &&
      pathsIn(word.text).some((path) => secrecyOf(resolvePath(path, command.cwd)) === kind),
  );
}

/** `file=@path`, `@path`, `-T/path`, `user:path` and the like. */
function pathsIn(text: string): string[] {
  if (/^(https?|ssh|git|s3|gs):\/\//.test(text) || (/\s/.test(text) && !/^[~/.]/.test(text))) return [];
  return [text, ...text.split(/[@=<:;]/).slice(1), text.replace(/^-\w/, "")].filter((part) => part !== "");
}

const opened = (command: Command, kind: "strong" | "mild"): boolean =>
  (readers.test(command.name) || (senders.test(command.name) && !/^(restic|borg)$/.test(command.name))) &&
  touched(command, kind) &&
  !isLogin(command);

/** A key that is used to log in, or only named, is not read out. */
function isLogin(command: Command): boolean {
  if (/^(ssh|scp|sftp|rsync|git|docker|kubectl)$/.test(command.name)) {
    const rest = command.args.filter(
      (word, index) => !/^-[iFe]$/.test(command.args[index - 1]?.text ?? "") && !/^-/.test(word.text),
    );
    return !rest.some((word) =>
      pathsIn(word.text).some((path) => secrecyOf(resolvePath(path, command.cwd)) === "strong"),
    );
  }
  if (
    /^(curl|wget)$/.test(command.name) &&
    / (--cert|--key|--cacert|-E|--netrc-file|--ca-certificate) /.test(command.line) &&
    !/@|-T/.test(command.line)
  )
    return true;
  if (/^(openssl)$/.test(command.name))
    return / (x509|req|verify|genrsa|genpkey|pkcs12|s_server|rand|dgst|pkeyutl|ca|crl) /.test(command.line);
  if (command.name === "find") return !/exec|delete|fprint/.test(command.line) && !/^ (\/|~) /.test(command.line);
  return command.name === "gpg";
}

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

const mostPrivate =
  /^(~\/\.ssh\/(id_\w+|identity)|\/etc\/sudoers(\.d\/.*)?|\/proc\/\S+\/(environ|mem)|\/etc\/ssh\/ssh_host_\w+_key|~\/\.(aws\/credentials|gnupg\/\S*|netrc|password-store\/.*))$/;

export const secrets: readonly Rule[] = [
  {
    rule: "secret.stray",
    when: strayToken,
    decision: "ask",
    reason: "would send a credential to someone who did not give it",
  },
  {
    rule: "secret.key-changed",
    on: /^ssh-keygen$/,
    when: (c) => / -(y|p) /.test(c.line) || /^\s*y/i.test(c.input?.text ?? ""),
    decision: "ask",
    reason: "would read, change or write over a private key",
  },
  {
    rule: "secret.memory",
    on: /^(strings|cat|dd|dump|hexdump|xxd|od|head|tail|grep|debugfs|gcore|partclone\S*|ntfsclone|cp|tar)$/,
    args: /\/dev\/(mem|kmem|port|sd\w|nvme\d|vd[a-z]|xvd|mapper\/|disk|mmcblk|dm-)|\/proc\/kcore|^ (?=.*ssh-agent)/,
    decision: "ask",
    reason: "would read the memory or the disk below its files",
  },
  {
    rule: "secret.memory",
    on: /^(gcore|procdump|dump)$/,
    args: / \S/,
    decision: "ask",
    reason: "would read another program's memory",
  },
  {
    rule: "secret.handed",
    on: /^(git|kubectl|op|docker-credential-\w+|oc|fly|flyctl|railway|doppler)$/,
    args: / (credential(-\w+)? (fill|get)|config view .*--raw|create token|item get .*(password|credential|--reveal)|read op:|get$|whoami -t|auth token|tokens? create|secrets download) ?/,
    decision: "ask",
    reason: "would bring credentials into the talk",
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
    rule: "secret.read",
    when: (c) => opened(c, "strong") && !(c.name === "" || c.name === "source"),
    decision: "ask",
    reason: "would bring keys, passwords or histories into the talk",
  },
  {
    // Whatever the program is: of these files nothing but names and rights is anybody's business.
    rule: "secret.touched",
    when: (c) =>
      /shadow|sudoers|\.ssh|ssh_host|\/proc\/|\.aws|\.gnupg|\.netrc|\.password/.test(c.line) &&
      !/^(ls|stat|file|test|\[|\[\[|chmod|chown|ssh|ssh-add|ssh-keygen|ssh-copy-id|scp|sftp|rsync|sshfs|mosh|git|ansible\S*|echo|printf|export|declare|alias|mkdir|touch|rm|shred|getfacl|find|sshpass|autossh|cd|terraform|packer|docker|vagrant|realpath|readlink|basename|dirname|du|umask|man|systemctl|set|for|)$/.test(
        c.name.replace(/:$/, ""),
      ) &&
      c.args.some(
        (word, index) =>
          /\/etc\/g?shadow\b/.test(word.text) ||
          (mostPrivate.test(resolvePath(word.text.replace(/^(@|file:\/\/|[\w-]+=@?|\w+:)/, ""), c.cwd)) &&
            !/^-(i|-key|-private-key|-identity\S*|-ssh-key\S*|F|f)$|key/i.test(c.args[index - 1]?.text ?? "")),
      ),
    decision: "ask",
    reason: "would bring keys, passwords or histories into the talk",
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
    rule: "secret.disguised",
    on: /^(base64|base32|xxd|od|hexdump|rev|tr|sed|gzip|openssl|fold|cut|awk)$/,
    when: (c) => {
      const from = c.input?.from ?? [];
      const named = from.some((item) =>
        item.args.some((word) =>
          /\$\{?\w*(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*/.test(word.raw),
        ),
      );
      return (
        named &&
        (/^(rev|xxd|od|hexdump|fold)$/.test(c.name) ||
          from.some((item) => /^(base64|base32|xxd|rev|gzip)$/.test(item.name)))
      );
    },
    decision: "ask",
    reason: "would print a secret in a form that is not recognized",
  },
  {
    rule: "secret.read-input",
    when: (c) => c.input?.file !== undefined && secrecyOf(c.input.file) === "strong",
    decision: "ask",
    reason: "would bring keys, passwords or histories into the talk",
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
    rule: "secret.tools",
    on: /^(secret-tool|security|pass|gopass|keyctl|mimipenguin|lazagne|laZagne(\.py)?|kwallet-query|bw|lpass|hashcat|john|unshadow|ssh2john(\.py)?|credential-helper)$/,
    args: / (lookup|search|find-(generic|internet)-password|dump-keychain|show|print|pipe|all|get|list|export|[^-\s]\S*) /,
    when: (c) => !looksOnly(c),
    decision: "ask",
    reason: "would read from the store of passwords",
  },
  {
    rule: "secret.print",
    on: /^(getent|vault|chamber|infisical|consul|etcdctl|sops|ansible-vault|step|kubectl)$/,
    args: /( g?shadow |^ (token (create|lookup)|write |operator |auth (enable|tune)|policy write|secrets enable|export |decrypt |view )| get (""|''|\/)? ?\/?.*--(prefix|from-key)| etcdctl get )/,
    when: (c) => !/^(sops|step)$/.test(c.name) && (c.name !== "kubectl" || c.line.includes(" etcdctl ")),
    decision: "ask",
    reason: "would bring credentials into the talk, or make new ones",
  },
  {
    rule: "secret.committed",
    on: /^git$/,
    args: /^( -\S+)* (add|stage|commit) /,
    when: (c) =>
      c.args.some(
        (word) =>
          !/^-/.test(word.text) && !/\s/.test(word.text) && secrecyOf(resolvePath(word.text, c.cwd)) !== undefined,
      ),
    decision: "ask",
    reason: "would put a file of secrets into the history, for all who get it",
  },
  {
    rule: "secret.export",
    on: /^gpg2?$/,
    args: /--export-secret/,
    decision: "deny",
    reason: "would take private keys out of their store",
  },
  {
    rule: "secret.hunt",
    on: /^(grep|egrep|rg|find|ag|m?locate|plocate|fd|ls|trufflehog|gitleaks)$/,
    args: /( -\w*[rR]\w* | -name | -iname |^ .*-l ).*(BEGIN.*PRIVATE|id_rsa|password|passwd|AKIA|\.pem|api[_-]?key|\.key|secret|token|wallet|credential).* (\/|~|\/home|\/etc|\/root|\/var)\S* | (\/|~|\/home|\/etc|\/root|\/var)\/? .*-i?name .*(id_rsa|\.pem|\.key|\.env|wallet|secret|credential|password|id_ed|kdbx)/i,
    decision: "ask",
    reason: "would look for keys and passwords all over the machine",
  },
  {
    rule: "secret.hunt",
    on: /^[mp]?locate$/,
    args: / \S*(id_rsa|id_ed25519|\.pem|\.key|wallet|kdbx|shadow|\.env|credential|password)\S* $/,
    decision: "ask",
    reason: "would look for keys and passwords all over the machine",
  },
  {
    rule: "secret.hunt-recursive",
    on: /^(grep|egrep|rg)$/,
    args: /(password|passwd|secret|AKIA|PRIVATE|api_?key|token).* (\/|~|\/home|\/etc|\/root|\/var|\/home\/\S+)\/? /i,
    when: (c) => / -\w*[rR]/.test(c.line) || c.name === "rg",
    decision: "ask",
    reason: "would look for keys and passwords all over the machine",
  },
  {
    rule: "secret.cloud",
    args: /169\.254\.169\.254|metadata\.google\.internal|100\.100\.100\.200|fd00:ec2|169\.254\.170\.2/,
    on: /^(curl|wget|http|xh|nc|python[\d.]*|ssh|GET)$/,
    decision: "deny",
    reason: "would fetch the cloud's credentials of this machine",
  },
  {
    rule: "secret.print",
    on: /^(aws|gcloud|az|kubectl|heroku|vault|gh|op|doppler|docker|railway|infisical|bws|akeyless|chamber)$/,
    args: / (auth print-(access|identity)-token|get secrets? .*(-o|--output)(?![ =]?(name|wide) )|configure (get|export)|account get-access-token|export-credentials|read \S*secret|kv get|get-session-token|secretsmanager (get-secret-value|batch-get\S*)|(sts (assume-role|get-federation)\S*)|(ssm|ec2|rds|kms|iot|cognito-idp) (\S*get-parameter\S* .*--with-decryption|get-password-data|generate-db-auth-token|decrypt|admin-\S+)|secrets versions access|keyvault \S+ (show|download|backup)|config (-s|--shell|-j|--json) |variables? (.*)?--(kv|json)|auth token|create-access-key) ?/,
    decision: "ask",
    reason: "would bring credentials into the talk",
  },
  {
    rule: "secret.watch",
    on: /^(xinput|xev|logkeys|xspy|keysniffer|showkey|evtest|arecord|parecord|xwd|fswebcam|scrot|import|screencapture|ttyrec|ffmpeg|tcpdump|tshark|dumpcap|wireshark|ettercap|bettercap|arpspoof|mitmproxy|dsniff|cat)$/,
    args: /(test|\/dev\/input|root|-i|-w|-T|-d|lo |any|\/dev\/video|\/dev\/snd| $)/,
    when: (c) =>
      !looksOnly(c) &&
      (c.name !== "cat" || /\/dev\/(input|video|snd|mem|kmem|vcs)/.test(c.line)) &&
      (c.name !== "ffmpeg" || / -f (alsa|pulse|oss|x11grab|v4l2|avfoundation|gdigrab|dshow) /.test(c.line)),
    decision: "ask",
    reason: "would listen in on the machine, its keyboard or its network",
  },
];
