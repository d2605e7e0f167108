// Where a path leads: into the workspace, over the whole home, into the system, onto a device. Text only; links are
// for the sandbox to resolve.
import { hole } from "./verdict.ts";

export type Area =
  | "root" // `/`, everything
  | "home" // a whole home, or all homes
  | "all" // the whole workspace, or what it lies in
  | "inside" // in the workspace
  | "temporary"
  | "sink" // /dev/null and the streams
  | "device"
  | "kernel" // /proc, /sys
  | "system"
  | "outside" // somewhere else, mostly in the home
  | "unknown";

/** Many rules ask for the same ones. */
const resolved = new Map<string, string>();

/** Absolute, `..` resolved, the home as `~`. A hole stays where it is. */
export function resolvePath(path: string, cwd: string): string {
  const key = `${cwd}\0${path}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const found = resolve(path, cwd);
  if (resolved.size >= 4_000) resolved.clear();
  if (key.length < 300) resolved.set(key, found);
  return found;
}

function resolve(path: string, cwd: string): string {
  const home = path.replace(/^(\/home\/[^/*?]+|\/root|\/Users\/[^/*?]+)(?=\/|$)/, (found) =>
    cwd === found || cwd.startsWith(`${found}/`) ? found : "~",
  );
  const whole = /^[/~]/.test(home) || home.startsWith(hole) ? home : `${cwd}/${home}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  const first = parts[0] ?? "";
  return first.startsWith("~") || whole.startsWith(hole) ? parts.join("/") : `/${parts.join("/")}`;
}

const systemFolders =
  /^\/(etc|usr|bin|sbin|lib|lib32|lib64|boot|var|opt|srv|root|run|snap|System|Library|Applications|nix|mnt|media)(?=\/|$|\*)/;
const everything = /^\*+$|^\.\*$|^\.\[.*\]\*$|^\.\?\*$|^\{,\.\}\*$|^\.\.?\*$/;

/** `path` as `resolvePath` gives it. */
export function areaOf(path: string, workspace: string): Area {
  const { folder, last } = halves(path);
  if (path.startsWith(hole)) return unknownArea(path);
  const covers = everything.test(last) || last.startsWith(hole);
  const target = covers ? folder : path;
  if (target === "/" || /^\/[^/]*[*?[]/.test(target)) return "root";
  if (/^(~|\/home|\/Users)$/.test(target)) return last.startsWith(hole) ? "outside" : "home";
  return nearArea(path, workspace, target, everything.test(last)) ?? farArea(path);
}

function nearArea(path: string, workspace: string, target: string, whole: boolean): Area | undefined {
  if (path === workspace || (whole && target === workspace)) return "all";
  if (path.startsWith(`${workspace}/`)) return "inside";
  if (workspace === target || workspace.startsWith(`${target}/`)) return "all";
  return /^\/home\/[^/]+$/.test(target) ? "home" : undefined;
}

function farArea(path: string): Area {
  if (/^\/(tmp|var\/tmp|dev\/shm|private\/tmp|run\/user\/\d+)(\/|$)/.test(path)) return "temporary";
  if (/^\/dev\/(null|zero|full|u?random|stdin|stdout|stderr|tty|fd(\/.*)?)$|^\/proc\/self\/fd\/\d+$/.test(path))
    return "sink";
  if (path.startsWith("/dev")) return "device";
  if (/^\/(proc|sys)(\/|$)/.test(path)) return "kernel";
  return systemFolders.test(path) ? "system" : "outside";
}

/** What begins with something unknown may be empty: `$X/*` is then `/*`. */
function unknownArea(path: string): Area {
  const rest = path.slice(path.indexOf("/") + 1);
  if (!path.includes("/")) return "unknown";
  if (everything.test(rest) || rest === "") return "root";
  return systemFolders.test(`/${rest}`) || /^home(\/|$)/.test(rest) ? "system" : "inside";
}

function halves(path: string): { folder: string; last: string } {
  const at = path.lastIndexOf("/");
  if (at < 0) return { folder: path, last: "" };
  return { folder: at === 0 ? "/" : path.slice(0, at), last: path.slice(at + 1) };
}

const secrets =
  /(^|\/)\.ssh(\/(?!known_hosts|config$|authorized_keys|environment$|rc$|.*\.pub$)[^/]+$|$|\/\*?$)|(^|\/)\.aws(\/(credentials|\*)?$|$)|\.gnupg(\/|$)|\/etc\/(g?shadow|sudoers|security\/opasswd|master\.passwd|ssh\/ssh_host)|NetworkManager\/system-connections|wpa_supplicant[\w-]*\.conf|\/etc\/(wireguard\/|ppp\/(chap|pap)-secrets|ipsec\.secrets|swanctl|krb5\.keytab|openvpn\/.*\.(key|conf|auth)|rancher\/|letsencrypt\/(live|archive)\/.*privkey)|private\/(passdb|secrets)\.tdb|\.smbcredentials|\.vnc\/passwd|\.ovpn$|\.(claude|codex|gemini)(\/?$|\/[\w.]*(cred|auth|oauth))|(^|\/)auth\.json$|\.terraform\.d\/credentials|\.config\/(gh|hub|op|rclone)(\/|$)|\.storage\/auth|\.oci(\/|$)|msal_token_cache|accessTokens\.json|access_tokens\.db|\.(bash|zsh|python|psql|mysql)_history|fish_history|(^|\/)\.(netrc|pgpass|git-credentials|npmrc|pypirc|vault-token|my\.cnf|htpasswd|boto|s3cfg)$|\.docker\/config\.json|\.kube\/config|gcloud(\/|$)|\.azure(\/|$)|keyrings?(\/|$)|kwallet|keychain|\.password-store|logins\.json|key4\.db|Login Data|Cookies(\.sqlite)?$|\.mozilla|google-chrome|chromium\/|BraveSoftware|wallet\.dat|\.bitcoin|\.ethereum|\.electrum|\.solana\/id|serviceaccount\/token|\/proc\/[^/]+\/(environ|mem)$|\/run\/secrets\/|\/etc\/kubernetes|terraform\.tfstate|\.homarus(\/|$)|^\/house(\/(vault|state|logs|run|checkpoints|agents|gateway|homarus|receipts|egress)\b|\/?$)|(^|\/)(vault\.key|receipts\.key|gateway\.token|homarus\.json(\.good)?)$|\.kdbx$|hosts\.yml$|rclone\.conf$|\.cargo\/credentials|id_(rsa|dsa|ecdsa|ed25519)$|\.(pem|p12|pfx|ppk|keystore|jks)$|private\.key$/i;
const mild =
  /(^|\/)\.env(\.(?!example|sample|template|dist)\w+)?$|(^|\/)(credentials|secrets?)(\.(json|ya?ml|txt|toml|env))?$|\/etc\/passwd$|\.ssh\/config$|known_hosts$/i;

/** Keys, passwords and histories: `strong` for those that open doors elsewhere, `mild` for a project's own. */
export function secrecyOf(path: string): "strong" | "mild" | undefined {
  if (
    /\.pub$|\.example$|(^|\/)(ca|cert|certs|chain|fullchain|pub|public)[\w.-]*\.pem$/.test(path) ||
    /(^|\/)(node_modules|certs?|fixtures|tests?)\//.test(path)
  )
    return undefined;
  if (secrets.test(path)) return "strong";
  return mild.test(path) ? "mild" : undefined;
}
