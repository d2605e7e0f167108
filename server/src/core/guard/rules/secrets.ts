import { looksOnly } from "../looking.ts";
import { areaOf, resolvePath, secrecyOf } from "../places.ts";
import { opened, pathsIn, readers } from "../secrecy.ts";
import type { Command, Rule, Scene, Word } from "../verdict.ts";

const mostPrivate =
  /^(~\/\.ssh\/(id_\w+|identity)|\/etc\/sudoers(\.d\/.*)?|\/proc\/\S+\/(environ|mem)|\/etc\/ssh\/ssh_host_\w+_key|~\/\.(aws\/credentials|gnupg\/\S*|netrc|password-store\/.*))$/;

/** A project's own secrets, where the project is another one. */
function readsForeign(command: Command, { settings }: Scene): boolean {
  if (!(readers.test(command.name) || /^(exec|while|for)$/.test(command.name))) return false;
  if (!/env|credential|secret|\.\w{0,3}[?*]/.test(`${command.input?.file ?? ""} ${command.line}`)) return false;
  const paths = [command.input?.file ?? "", ...command.args.flatMap((word) => pathsIn(unhidden(word)))];
  return paths
    .map((path) => resolvePath(path, command.cwd))
    .some(
      (path) =>
        /\/(\.env(\.(?!example|sample|template|dist)\w+)?|credentials?(\.\w+)?|secrets?\.(json|ya?ml|env|toml))$/.test(
          path,
        ) &&
        (command.remote || /^(outside|system|home|root)$/.test(areaOf(path, settings.workspace))),
    );
}

/** `.en?` is `.env`, and so on. */
function unhidden({ text, glob }: Word): string {
  if (!glob) return text;
  const at = text.lastIndexOf("/") + 1;
  const fits = new RegExp(
    `^${text
      .slice(at)
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("?", ".")
      .replaceAll("*", ".*")}$`,
  );
  return text.slice(at) !== "*" && fits.test(".env") ? `${text.slice(0, at)}.env` : text;
}

export const secrets: readonly Rule[] = [
  {
    rule: "secret.print",
    on: /^(docker|podman|nerdctl)$/,
    args: / inspect .*Config\.Env| (inspect|exec .* (env|printenv)) /,
    when: (c, s) =>
      c.line.includes("Config.Env") ||
      s.commands.some(
        (item) => item !== c && /grep|rg|awk/.test(item.name) && /pass|token|key|secret/i.test(item.line),
      ),
    decision: "ask",
    reason: "would bring credentials into the talk",
  },
  {
    rule: "secret.foreign",
    when: readsForeign,
    decision: "ask",
    reason: "would bring another project's secrets into the talk",
  },
  {
    rule: "secret.touched",
    on: /^(ed|ex|vim?|file)$/,
    when: (c) =>
      c.name === "file"
        ? / -f \/etc\/g?shadow/.test(c.line)
        : /\/etc\/(g?shadow|master\.passwd|sudoers)/.test(c.input?.text ?? ""),
    decision: "ask",
    reason: "would bring keys, passwords or histories into the talk",
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
    rule: "secret.tools",
    on: /^(pdbedit|rclone|sops|wl-paste|clipnotify|ansible-vault|ccdecrypt)$/,
    args: /( -w | -\w*w\w* |^ config (show|dump) |^ (-d|--decrypt|decrypt) \S*(secret|vault|\.enc|cred)| --watch |^ view )/,
    decision: "ask",
    reason: "would read from the store of passwords",
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
    // The socket, and the commands that make and use a lease: an owner's programs do that, not an agent's.
    rule: "secret.leased",
    when: (c) =>
      [c.line, c.input?.text ?? "", ...c.assigned.values()].some((text) => /secrets\.sock|HOMARUS_LEASE/.test(text)) ||
      /--unix-socket[ =]\S*[*?[\uFFFC]|(^|homarus|\.[cm]?[jt]s) secrets (lease|read|run) /.test(c.line),
    decision: "ask",
    reason: "would read what the owner has leased to other programs",
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
