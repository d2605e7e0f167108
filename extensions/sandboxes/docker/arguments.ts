// The words with which a container is made: the walls of this sandbox, as data that a test can read.
import { type EgressDoor, Fault, forwarders, forwardThrough, type SandboxSpec } from "@homarus/sdk";
import type { Identity } from "./identity.ts";
import { keeper, mark } from "./keeper.ts";

export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

/** A port inside that leads to a socket of the house. */
export type Door = Pick<EgressDoor, "socket" | "port">;

export interface ContainerWish {
  readonly spec: SandboxSpec;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly runtime?: string | undefined;
  readonly identity: Identity;
  readonly openFiles: number;
  readonly binds: readonly Bind[];
  readonly doors: readonly Door[];
  /** Whether host.docker.internal is a name inside: it is the container itself, where the doors are. */
  readonly knowsHost: boolean;
  readonly volumes: readonly string[];
  /** The mark of what belongs to the container itself. */
  readonly keep: string;
}

/** Docker's program writes the owner's proxies into containers; there is no network to use them on. */
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/** The kernel of another runtime has threads of its own, which count as processes. */
const kernelThreads = 256;

export function runArguments(wish: ContainerWish): string[] {
  const { spec, identity, volumes, binds } = wish;
  const own = { [mark]: wish.keep, HOME: spec.root, USER: identity.user === 0 ? "root" : "agent" };
  const blank = proxies.flatMap((name) => [`${name}=`, `${name.toLowerCase()}=`]);
  return [
    ...["run", "--interactive", "--rm", "--init", "--pull", "never", "--name", wish.name],
    ...Object.entries(wish.labels).flatMap((pair) => ["--label", pair.join("=")]),
    ...(wish.runtime === undefined ? [] : ["--runtime", wish.runtime]),
    ...["--network", "none", "--hostname", "workspace", "--ipc", "private", "--log-driver", "none"],
    ...(wish.knowsHost ? ["--add-host", "host.docker.internal:127.0.0.1"] : []),
    ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--user", `${identity.user}:${identity.group}`, "--no-healthcheck"],
    ...["--memory", String(spec.memoryBytes), "--memory-swap", String(spec.memoryBytes)],
    ...[
      "--cpus",
      String(spec.cpus),
      "--pids-limit",
      String(spec.processes + (wish.runtime === undefined ? 0 : kernelThreads)),
    ],
    ...["--ulimit", `nofile=${wish.openFiles}:${wish.openFiles}`, "--ulimit", "core=0:0"],
    ...["/tmp", ...volumes].flatMap((path) => ["--tmpfs", `${path}:${temporary(spec.diskBytes)}`]),
    ...binds.flatMap((bind) => ["--mount", mountOf(bind)]),
    ...[...Object.entries(own).map((pair) => pair.join("=")), ...blank].flatMap((pair) => ["--env", pair]),
    ...["--workdir", "/", "--entrypoint", "/bin/sh", wish.image, "-c"],
    ...throughDoors(wish.doors),
  ];
}

function temporary(bytes: number): string {
  return `rw,exec,nosuid,nodev,mode=1777,size=${bytes}`;
}

/** Fields of a line of comma-separated values, as Docker reads it. */
function mountOf({ source, target, isReadOnly }: Bind): string {
  const fields = ["type=bind", `source=${source}`, `target=${target}`, ...(isReadOnly ? ["readonly"] : [])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

export const noForwarder = "homarus: no program leads out";

/** What follows `sh -c`: whatever forwarder the image has, once for each door, and then the keeper. */
function throughDoors(doors: readonly Door[]): readonly string[] {
  const first = ["/bin/sh", "-c", keeper];
  if (doors.length === 0) return [keeper];
  const ways = forwarders.map((name) => {
    const words = [...doors.flatMap((door) => forwardThrough(name, name, door as EgressDoor)), ...first];
    return `if command -v ${name} >/dev/null; then exec ${words.map(quoted).join(" ")}; fi`;
  });
  return [`${ways.join("\n")}\necho '${noForwarder}'; exit 96`];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const taken = [...systemFolders, "/etc", "/proc", "/dev", "/sys", "/run", "/boot"];

/** Throws when a folder cannot be the writable one. */
export function checkRoot(root: string): void {
  const isOfSystem = root === "/" || taken.some((folder) => root === folder || root.startsWith(`${folder}/`));
  const isShared = ["/tmp", "/home", "/root", "/var"].includes(root);
  if (!isOfSystem && !isShared) return;
  const what = isOfSystem ? "is a folder of the system" : "holds more than one's own files";
  throw new Fault("config", "sandbox.root", `The workspace ${root} ${what}.`, {
    hint: "Give the agent a folder of its own as `workspace`.",
  });
}
