// What a command sees of the machine, as arguments of bubblewrap. An allowlist: what is not named here is not there.
// Pure, but for the folders of the system that it is told of.
import type { Mount } from "@homarus/sdk";

/** How a folder of the system stands on this machine: itself, as a link to another, or not at all. */
export type SystemFolder = { readonly path: string; readonly link?: string };

export interface View {
  readonly system: readonly SystemFolder[];
  readonly readable: readonly string[];
  /** The writable folder; it has the same path inside. */
  readonly root: string;
  /** Absolute path inside the root. */
  readonly folder: string;
  readonly mounts: readonly Mount[];
  /** A fresh terminal is already a session of its own, and jobs in a shell need it to stay so. */
  readonly hasTerminal: boolean;
  readonly userId: number;
  readonly groupId: number;
  /** Bytes that may be written to /tmp, and to /dev/shm. */
  readonly temporaryBytes: number;
  /** Options that this version of bubblewrap knows. */
  readonly knows: { readonly size: boolean; readonly disableUserns: boolean };
}

/** Folders at the top of the system that hold programs and libraries. */
export const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] as const;

/** What programs need of /etc to start, to verify certificates and to tell the time. Nothing that holds a secret. */
const settings = [
  "/etc/passwd",
  "/etc/group",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/alternatives",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/ca-certificates",
  "/etc/pki/tls/certs",
  "/etc/localtime",
  "/etc/timezone",
  "/etc/mime.types",
] as const;

export const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/** Arguments up to and with the `--` before the command. */
export function viewArguments(view: View): string[] {
  return [
    ...["--unshare-all", "--unshare-user", ...(view.knows.disableUserns ? ["--disable-userns"] : [])],
    ...["--uid", String(view.userId), "--gid", String(view.groupId), "--hostname", "workspace"],
    ...["--cap-drop", "ALL", "--die-with-parent"],
    ...(view.hasTerminal ? [] : ["--new-session"]),
    ...view.system.flatMap(({ path, link }) =>
      link === undefined ? ["--ro-bind", path, path] : ["--symlink", link, path],
    ),
    ...settings.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", ...temporary(view, "/dev/shm"), ...temporary(view, "/tmp")],
    ...view.readable.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--bind", view.root, view.root],
    ...view.mounts.flatMap(({ source, target, isReadOnly }) => [isReadOnly ? "--ro-bind" : "--bind", source, target]),
    // Last, since the places above are made on these two.
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...["--chdir", view.folder, "--"],
  ];
}

function temporary(view: View, path: string): string[] {
  return [...(view.knows.size ? ["--size", String(view.temporaryBytes)] : []), "--tmpfs", path];
}

/** Why a folder cannot be the writable one, or undefined when it can. */
export function rootTrouble(root: string): string | undefined {
  const taken = ["/", ...systemFolders, "/etc", "/proc", "/dev", "/sys", "/run", "/boot"];
  const found = taken.find((path) => root === path || (path !== "/" && root.startsWith(`${path}/`)));
  if (found !== undefined) return `The workspace ${root} is a folder of the system.`;
  return root === "/tmp" || root === "/home" || root === "/root" || root === "/var"
    ? `The workspace ${root} holds more than one's own files.`
    : undefined;
}
