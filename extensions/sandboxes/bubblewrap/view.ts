// What a command sees of the machine, as arguments of bubblewrap. An allowlist: what is not named here is not there.
// Pure, but for the folders of the system that it is told of.
import type { Mount } from "@homarus/sdk";
import type { Settings } from "./settings.ts";

/** How a folder of the system stands on this machine: itself, as a link to another, or not at all. */
export type SystemFolder = { readonly path: string; readonly link?: string };

/** Who a command is. `real` is a user of its own to the kernel; `mapped` is the house's user under another number. */
export type Identity = { readonly type: "real" | "mapped"; readonly user: number; readonly group: number };

/** Options that this version of bubblewrap knows. */
export interface Knows {
  readonly size: boolean;
  readonly perms: boolean;
  readonly disableUserns: boolean;
}

export interface View {
  readonly system: readonly SystemFolder[];
  readonly settings: Settings;
  readonly readable: readonly string[];
  /** The writable folder; it has the same path inside. */
  readonly root: string;
  /** Absolute path inside the root. */
  readonly folder: string;
  readonly mounts: readonly Mount[];
  /** Files that stand in for others inside: whom to trust. */
  readonly instead: readonly { readonly source: string; readonly target: string }[];
  /** The unix socket that is the only way out. */
  readonly socket?: string;
  /** A fresh terminal is already a session of its own, and jobs in a shell need it to stay so. */
  readonly hasTerminal: boolean;
  readonly identity: Identity;
  /** Number of the open file that holds the filter of system calls. */
  readonly filter?: number;
  /** Bytes that may be written to /tmp, and to /dev/shm. */
  readonly temporaryBytes: number;
  readonly knows: Knows;
}

/** Folders at the top of the system that hold programs and libraries. */
export const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] as const;

export const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/** Arguments up to and with the `--` before the command. */
export function viewArguments(view: View): string[] {
  const targets = [view.root, ...view.mounts.map(({ target }) => target), ...(view.socket ? [view.socket] : [])];
  return [
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    ...identityArguments(view),
    ...["--hostname", "workspace", "--die-with-parent"],
    ...(view.hasTerminal ? [] : ["--new-session"]),
    ...(view.filter === undefined ? [] : ["--seccomp", String(view.filter)]),
    ...view.system.flatMap(({ path, link }) =>
      link === undefined ? ["--ro-bind", path, path] : ["--symlink", link, path],
    ),
    ...(view.settings.folder === undefined ? [] : ["--ro-bind", view.settings.folder, "/etc"]),
    ...view.settings.bound.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", ...temporary(view, "/dev/shm"), ...temporary(view, "/tmp")],
    ...view.readable.flatMap((path) => ["--ro-bind-try", path, path]),
    ...open(view, foldersAbove(targets)),
    ...view.instead.flatMap(({ source, target }) => ["--ro-bind", source, target]),
    ...["--bind", view.root, view.root],
    ...view.mounts.flatMap(({ source, target, isReadOnly }) => [isReadOnly ? "--ro-bind" : "--bind", source, target]),
    ...(view.socket ? ["--ro-bind", view.socket, view.socket] : []),
    // Last, since the places above are made on these two.
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...["--chdir", view.folder, "--"],
  ];
}

/** The last is for stepping into the workspace, which is closed to root as to all others. */
const rightsToBecome = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_READ_SEARCH"] as const;

/**
 * A real user needs no namespace of users, and is given its number by the program after bubblewrap, which keeps only
 * the rights to do that.
 */
function identityArguments({ identity, knows }: View): string[] {
  if (identity.type === "real") return ["--cap-drop", "ALL", ...rightsToBecome.flatMap((name) => ["--cap-add", name])];
  return [
    ...["--unshare-user", ...(knows.disableUserns ? ["--disable-userns"] : [])],
    ...["--uid", String(identity.user), "--gid", String(identity.group), "--cap-drop", "ALL"],
  ];
}

/** Bubblewrap makes missing folders for the house's user alone; a command that is another must get through them. */
function open(view: View, folders: readonly string[]): string[] {
  return view.knows.perms ? folders.flatMap((path) => ["--perms", "0755", "--dir", path]) : [];
}

/** Folders that have to be made for these places. What lies in the system's own folders is there. */
function foldersAbove(targets: readonly string[]): string[] {
  const above = targets.flatMap((target) => {
    const names = target.split("/").slice(1, -1);
    return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
  });
  return [...new Set(above)].filter((path) => path !== "/tmp" && !isOfTheSystem(path));
}

function isOfTheSystem(path: string): boolean {
  return taken.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function temporary(view: View, path: string): string[] {
  const { perms, size } = view.knows;
  const limits = [...(perms ? ["--perms", "1777"] : []), ...(size ? ["--size", String(view.temporaryBytes)] : [])];
  return [...limits, "--tmpfs", path];
}

const taken = [...systemFolders, "/etc", "/proc", "/dev", "/sys", "/run", "/boot"];

/** Why a folder cannot be the writable one, or undefined when it can. */
export function rootTrouble(root: string): string | undefined {
  if (root === "/" || isOfTheSystem(root)) return `The workspace ${root} is a folder of the system.`;
  return ["/tmp", "/home", "/root", "/var"].includes(root)
    ? `The workspace ${root} holds more than one's own files.`
    : undefined;
}
