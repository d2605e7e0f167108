// What Docker can do on this machine, asked of it and told to the owner. Nothing is started for it.
import { Fault, isFault, type SandboxFacts, type SandboxWall } from "@homarus/sdk";
import { type Docker, faultOf, isOfDocker, noImage, noRuntime } from "./client.ts";

export interface Machine {
  readonly version: string;
  /** Docker runs as a plain user, whom commands see as root. */
  readonly isRootless: boolean;
  readonly hasSeccomp: boolean;
  /** Which limits the kernel lets Docker set. */
  readonly bounds: readonly ("memory" | "cpu" | "processes")[];
  /** Whether a socket of the house can be reached from inside. */
  readonly hasSockets: boolean;
  /** Folders that the image wants to be written outside all limits. */
  readonly volumes: readonly string[];
}

interface Info {
  readonly ServerVersion?: string;
  readonly OSType?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly Runtimes?: Readonly<Record<string, { readonly runtimeArgs?: readonly string[] | null }>>;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
}

/** Rejects with a `config` Fault that names the fix. */
export async function examine(docker: Docker): Promise<Machine> {
  const { id, image, runtime } = docker.settings;
  const [told, found] = await Promise.all([
    docker.run(["info", "--format", "{{json .}}"]),
    docker.run(["image", "inspect", "--format", "{{json .Config.Volumes}}", image]),
  ]);
  const info = parsed<Info>(told.output) ?? {};
  if (info.ServerVersion === undefined || info.ServerVersion === "")
    throw faultOf(docker.settings, `${told.launcherText}\n${told.output}`);
  if (info.OSType !== "linux")
    throw new Fault("config", "sandbox.docker-system", `Docker runs containers of ${info.OSType}, not of Linux.`, {
      hint: "Switch it to Linux containers.",
    });
  const own = info.Runtimes?.[runtime ?? "runc"];
  if (runtime !== undefined && !own) throw noRuntime(runtime);
  if (found.exitCode !== 0)
    throw isMissing(found.launcherText) ? noImage(id, image) : faultOf(docker.settings, found.launcherText);
  return {
    ...{ version: info.ServerVersion, bounds: boundsOf(info), ...securityOf(info.SecurityOptions ?? []) },
    hasSockets: runtime === undefined || (own?.runtimeArgs ?? []).some(opensSockets),
    volumes: Object.keys(parsed<Record<string, unknown>>(found.output) ?? {}),
  };
}

function boundsOf(info: Info): Machine["bounds"] {
  return [
    ...(info.MemoryLimit && info.SwapLimit !== false ? (["memory"] as const) : []),
    ...(info.CpuCfsQuota ? (["cpu"] as const) : []),
    ...(info.PidsLimit ? (["processes"] as const) : []),
  ];
}

function securityOf(options: readonly string[]): Pick<Machine, "isRootless" | "hasSeccomp"> {
  const has = (name: string) => options.some((option) => option.split(",")[0] === `name=${name}`);
  const isOpen = options.some((option) => /^name=seccomp,.*unconfined/.test(option));
  return { isRootless: has("rootless"), hasSeccomp: has("seccomp") && !isOpen };
}

function isMissing(text: string): boolean {
  return /no such (image|object)/i.test(text) || !isOfDocker(text);
}

/** gVisor reaches sockets of the machine only where it is told so: gvisor.dev, "Filesystem" (2026-11). */
function opensSockets(argument: string): boolean {
  return /^--?(host-uds=(open|all)|fsgofer-host-uds(=true)?)$/.test(argument);
}

function parsed<Shape>(text: string): Shape | undefined {
  try {
    return (JSON.parse(text) as Shape | null) ?? undefined;
  } catch {
    // Not JSON is what a daemon that is not there looks like.
    return undefined;
  }
}

export async function factsOf(docker: Docker): Promise<SandboxFacts> {
  try {
    return { isWorking: true, walls: wallsOf(docker, await examine(docker)) };
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    const { message, hint } = thrown;
    return { isWorking: false, trouble: { text: message, ...(hint !== undefined && { next: hint }) }, walls: [] };
  }
}

function wallsOf({ settings }: Docker, machine: Machine): readonly SandboxWall[] {
  const { version, isRootless, hasSeccomp, bounds, hasSockets } = machine;
  const wall = (name: string, isUp: boolean, text: string, next?: string): SandboxWall => ({
    ...{ name, isUp, text },
    ...(next !== undefined && !isUp && { next }),
  });
  const kernel = settings.runtime === undefined ? "the machine's kernel" : `a kernel of its own, ${settings.runtime}`;
  const all = bounds.length === 3;
  return [
    wall("container", true, `Docker ${version}, ${settings.image}, ${kernel}; read-only, no rights, no network`),
    wall("user", true, isRootless ? "root inside is the house's own user" : "never root"),
    wall(
      "seccomp",
      hasSeccomp,
      hasSeccomp ? "Docker's own filter" : "Docker sets no filter of system calls",
      "Remove `seccomp-profile: unconfined` from Docker's settings, or use a kernel with CONFIG_SECCOMP_FILTER.",
    ),
    wall(
      "cgroup",
      all,
      bounds.length === 0 ? "no limit holds" : `bounds ${bounds.join(", ")}`,
      "Boot with control groups for memory, swap, cpu and pids.",
    ),
    wall("disk", true, "nothing is writable outside the workspace and /tmp"),
    wall(
      "egress",
      hasSockets,
      hasSockets ? "through perl, python3 or socat of the image" : `${settings.runtime} reaches no socket of the house`,
      `Add "--host-uds=open" to the runtimeArgs of ${settings.runtime} in /etc/docker/daemon.json, and restart Docker.`,
    ),
  ];
}
