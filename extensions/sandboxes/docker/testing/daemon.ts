// A Docker of the tests' own: a daemon on a socket in a temporary folder, without a bridge and without rules for packets,
// and an image made of busybox and perl. Needs root and the programs; where it cannot be, `tryDaemon` says why.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const places = ["/usr/bin", "/usr/sbin", "/bin"];
const isThere = (name: string): boolean => places.some((folder) => existsSync(join(folder, name)));
const needed = ["dockerd", "runc", "busybox", "perl"];

function whyNot(...more: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "as root";
  const missing = [...needed, ...more].filter((name) => !isThere(name));
  return missing.length === 0 ? undefined : `where ${missing.join(", ")} can be found`;
}

export interface Daemon {
  readonly host: string;
  readonly image: string;
  docker(...args: readonly string[]): string;
  stop(): Promise<void>;
}

/** The daemon, or why there is none: a machine may have the programs, and no right to what they need. */
export async function tryDaemon(runtime?: string): Promise<Daemon | string> {
  const missing = whyNot(...(runtime === undefined ? [] : [runtime]));
  if (missing !== undefined) return missing;
  try {
    const daemon = await startDaemon();
    const trouble = troubleWith(daemon, runtime);
    if (trouble === undefined) return daemon;
    await daemon.stop();
    return `where a container can be started: ${trouble}`;
  } catch (thrown) {
    return `where ${String(thrown)}`;
  }
}

/** Whether the machine lets any container start, with the walls of those that are tested. */
function troubleWith({ docker, image }: Daemon, runtime: string | undefined): string | undefined {
  const walls = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--memory", "64m", "--pids-limit", "400"];
  try {
    docker("run", "--rm", ...(runtime === undefined ? [] : ["--runtime", runtime]), ...walls, image, "true");
    return undefined;
  } catch (thrown) {
    return String((thrown as { stderr?: string }).stderr ?? thrown)
      .trim()
      .slice(-300);
  }
}

async function startDaemon(): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  const own = (name: string) => join(folder, name);
  const runsc = { path: "/usr/bin/runsc", runtimeArgs: ["--network=none", "--fsgofer-host-uds"] };
  writeFileSync(own("daemon.json"), JSON.stringify({ runtimes: { runsc, closed: { path: "/usr/bin/runsc" } } }));
  const log = openSync(own("log"), "w");
  const host = `unix://${own("docker.sock")}`;
  const args = ["--config-file", own("daemon.json"), "--data-root", own("data"), "--exec-root", own("exec")];
  const alone = ["--bridge", "none", "--iptables=false", "--ip-forward=false", "--pidfile", own("pid")];
  const daemon = spawn("/usr/sbin/dockerd", [...args, ...alone, "--host", host], {
    stdio: ["ignore", log, log],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  const docker = (...words: readonly string[]): string =>
    execFileSync("docker", ["--host", host, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const until = Date.now() + 30_000;
  while (!answers(docker)) {
    if (Date.now() > until || daemon.exitCode !== null) {
      daemon.kill("SIGTERM");
      throw new Error(`dockerd starts; it said: ${lastWords(own("log"))}`);
    }
    await Bun.sleep(50);
  }
  const image = "homarus-test:latest";
  buildImage(own("image"));
  execFileSync("/bin/sh", [
    "-c",
    'tar -C "$1" -c . | docker --host "$2" import - "$3"',
    "sh",
    own("image"),
    host,
    image,
  ]);
  return {
    ...{ host, image, docker },
    async stop() {
      daemon.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function lastWords(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}

function answers(docker: Daemon["docker"]): boolean {
  try {
    return docker("version", "--format", "{{.Server.Version}}") !== "";
  } catch {
    // It is still starting.
    return false;
  }
}

function buildImage(root: string): void {
  for (const name of ["bin", "usr/bin", "tmp", "proc", "dev", "sys", "etc"])
    mkdirSync(join(root, name), { recursive: true });
  const busybox = places.map((folder) => join(folder, "busybox")).find(existsSync) as string;
  cpSync(busybox, join(root, "bin/busybox"), { dereference: true });
  for (const name of execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n"))
    if (name !== "busybox") symlinkSync("busybox", join(root, "bin", name));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "bin/printenv"), '#!/bin/sh\neval "[ -n \\"\\${$1+x}\\" ]" && eval "echo \\"\\$$1\\""\n', {
    mode: 0o755,
  });
  const libraries = execFileSync("ldd", ["/usr/bin/perl"], { encoding: "utf8" }).match(/\/lib\S+/g) ?? [];
  const modules = execFileSync("perl", ["-MSocket", "-e", "print $INC{'Socket.pm'}"], { encoding: "utf8" });
  for (const path of ["/usr/bin/perl", ...libraries, dirname(modules), "/usr/lib/locale/C.utf8"])
    cpSync(path, join(root, path), { recursive: true, dereference: true });
}
