import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ExecRequest,
  type Fault,
  forwarders,
  forwardThrough,
  type InferSchema,
  type SandboxContext,
} from "@homarus/sdk";
import { runContract, sandboxContract, someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import { makeControlGroup } from "./groups.ts";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { findSetter, processLimits } from "./process-limits.ts";

/** Fires when the sandboxes of these tests are put away. */
const put = new AbortController();
afterAll(() => put.abort());

type Config = InferSchema<(typeof manifest)["config"]>;
const secretVariable = "HOMARUS_TEST_SECRET";
const start = (config: Partial<Config> = {}) =>
  activate({
    config: { program: "bwrap", readable: [], user: 59_873, ...config },
    ...{ processes: openProcesses(), clock: systemClock, signal: put.signal },
  } as unknown as SandboxContext<Config>);

async function mountable(parent: string, name: string, isReadOnly: boolean) {
  const source = join(parent, name);
  await mkdir(source);
  await chmod(source, 0o777);
  await writeFile(join(source, "note"), "noted");
  return { source, target: `/workspace/extra/${name}`, isReadOnly };
}

/** Answers every line that comes to its socket, which stands in a closed folder as the house's own do. */
async function openDoor(parent: string) {
  const folder = join(parent, "doors");
  await mkdir(folder, { mode: 0o700 });
  const authority = join(folder, "authority.pem");
  await writeFile(authority, "whom to trust", { mode: 0o600 });
  const socket = join(folder, "door.sock");
  const server = createServer({ allowHalfOpen: true }, (visitor) => {
    visitor.on("error", () => undefined);
    visitor.on("data", (line) => visitor.write(`answer:${line}`));
    visitor.on("end", () => visitor.end());
  }).listen(socket);
  await new Promise((resolve) => server.once("listening", resolve));
  const environment = { HTTPS_PROXY: "http://127.0.0.1:3128" };
  return { door: { socket, port: 3128, authority, environment }, close: () => server.close() };
}

async function openWorld() {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "bubblewrap-")));
  const root = join(parent, "state", "workspace");
  await mkdir(root, { recursive: true, mode: 0o700 });
  await writeFile(join(parent, "state", "state.db"), "the house's own");
  process.env[secretVariable] = "the house's own";
  const spec = someSpec(root, { memoryBytes: 256 * 1024 * 1024, processes: 50, diskBytes: 512 * 1024 * 1024 });
  const mounts = {
    readOnly: await mountable(parent, "seen", true),
    writable: await mountable(parent, "changed", false),
  };
  const sandbox = start();
  const { door, close } = await openDoor(parent);
  return {
    ...{ sandbox, spec, secretVariable, parent, mounts, door },
    async run(command: string, more: Partial<ExecRequest> = {}) {
      const workspace = await sandbox.open(spec);
      const request = { command, timeoutMs: 20_000, maxOutputBytes: 20_000, ...more };
      const result = await workspace.exec(request, new AbortController().signal);
      await workspace.close();
      return result;
    },
    async [Symbol.asyncDispose]() {
      delete process.env[secretVariable];
      close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

runContract({ describe, test }, sandboxContract, {
  title: "bubblewrap",
  capabilities: manifest.capabilities,
  open: openWorld,
});

describe("[L17] a command sees the workspace and a read-only system, and nothing else:", () => {
  test("the top of the file system is an allowlist", async () => {
    await using world = await openWorld();
    const allowed = ["bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"];
    const { output } = await world.run("ls -A /; echo --; ls -A /tmp; echo --; ls -A /etc");
    const [top = "", temporary = "", settings = ""] = output.split("--\n");
    expect(
      top
        .trim()
        .split("\n")
        .filter((name) => !allowed.includes(name)),
    ).toEqual([]);
    // The workspace of this test lies below /tmp.
    expect(temporary.trim()).toBe(world.parent.split("/")[2] ?? "");
    expect(settings).not.toMatch(/shadow|sudoers|ssh|hostname|environment/);
  });

  test("neither the state folder, nor the home folder, nor links that lead there", async () => {
    await using world = await openWorld();
    const state = join(world.parent, "state", "state.db");
    await symlink(state, join(world.spec.root, "link"));
    for (const path of [state, "link", homedir(), "/etc/shadow", "/root", "/var", "/run", "/sys"]) {
      expect((await world.run(`ls -d "${path}/." 2>/dev/null || cat "${path}"`)).output).not.toMatch(
        /the house's own|root:x:/,
      );
      expect((await world.run(`test -r "${path}"`)).exitCode).toBe(1);
    }
    expect((await world.run(`ls -A ${join(world.parent, "state")}`)).output).toBe("workspace\n");
  });

  test("nothing of the system can be written", async () => {
    await using world = await openWorld();
    for (const path of ["/usr/x", "/etc/x", "/bin/x", "/usr/lib/x"])
      expect((await world.run(`touch ${path}`)).output).toMatch(/Read-only file system|Permission denied/);
    expect((await world.run("touch /x /dev/x")).output.match(/Read-only file system/g)).toHaveLength(2);
    const place = `/tmp/x-${crypto.randomUUID()}`;
    await world.run(`touch ${place}`);
    expect(existsSync(place)).toBe(false);
  });

  test("the house's variables are in no process that it can look at", async () => {
    await using world = await openWorld();
    const { output } = await world.run("env; cat /proc/*/environ | tr '\\0' '\\n'");
    expect(output).toContain("HOME=");
    expect(output).not.toContain("the house's own");
    expect(output).not.toContain(secretVariable);
  });

  test("only its own processes are there, and no handle of the house", async () => {
    await using world = await openWorld();
    const handle = openSync(join(world.parent, "state", "state.db"), "r");
    expect(handle).toBeGreaterThan(2);
    const { output } = await world.run("ls /proc | grep -c '^[0-9]'; ls -l /proc/1/fd /proc/self/fd");
    expect(Number(output.split("\n")[0])).toBeLessThan(8);
    expect(output).not.toContain("state.db");
  });

  test("it has no rights, and cannot get new ones by a namespace of its own", async () => {
    await using world = await openWorld();
    const { output } = await world.run("cat /proc/self/status; id -u; mount -t tmpfs x /tmp");
    expect(output).toMatch(/CapEff:\s+0{16}/);
    expect(output).toMatch(/CapBnd:\s+0{16}/);
    expect(output).toMatch(/NoNewPrivs:\s+1/);
    expect(output).toMatch(/^[1-9]\d*$/m);
    expect(output).toMatch(/mount: .*(permission denied|must be superuser|not permitted)/i);
    expect((await world.run("unshare -U true")).exitCode).not.toBe(0);
  });

  test("folders that the owner named can be read and not written", async () => {
    await using world = await openWorld();
    await chmod(join(world.parent, "state"), 0o755);
    const workspace = await start({ readable: [join(world.parent, "state"), "/no/such/folder"] }).open(world.spec);
    const run = (command: string) =>
      workspace.exec({ command, timeoutMs: 20_000, maxOutputBytes: 1000 }, new AbortController().signal);
    expect((await run("cat ../state.db; touch ../x")).output).toMatch(/^the house's own.*Read-only/s);
    expect((await run("touch inside")).exitCode).toBe(0);
  });
});

test("no network: not even this machine can be reached", async () => {
  await using world = await openWorld();
  let visits = 0;
  const server = createServer(() => visits++).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const { exitCode, output } = await world.run(
    `bash -c 'echo x > /dev/tcp/127.0.0.1/${port}' 2>/dev/null; code=$?; cat /proc/net/dev; exit $code`,
  );
  await new Promise((resolve) => server.close(resolve));
  expect([exitCode, visits]).toEqual([1, 0]);
  expect(output.match(/^\s*\w+:/gm)?.map((name) => name.trim())).toEqual(["lo:"]);
});

test.each(forwarders)("%s leads to the door, with much in both directions and half of it closed", async (name) => {
  await using world = await openWorld();
  const workspace = await world.sandbox.open({ ...world.spec, egress: world.door });
  const own = forwardThrough(name, `/usr/bin/${name}`, { ...world.door, port: 4000 });
  const client = `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:4000") or die;
    if (fork) { my $n = 0; while (sysread $s, my $part, 65536) { $n += length $part } print $n >= 1000000 ? "all" : "only $n" }
    else { print $s "x" x 1000000; shutdown $s, 1 }`;
  const command = [...own, "/usr/bin/perl", "-e", client].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const result = await workspace.exec(
    { command, timeoutMs: 20_000, maxOutputBytes: 1_000 },
    new AbortController().signal,
  );
  expect(result.output).toBe("all");
  await workspace.close();
});

test("the way out makes no command wait for modules of perl", () => {
  const [, , script] = forwardThrough("perl", "/usr/bin/perl", { port: 1, socket: "", authority: "", environment: {} });
  expect(script).not.toMatch(/\b(use|require)\b/);
});

describe("[H25] all that a command started is dead when it ends:", () => {
  const leaves = (name: string) => `exec -a ${name} sleep 600`;
  async function running(name: string): Promise<string[]> {
    const found: string[] = [];
    for (const id of (await readdir("/proc")).filter((item) => /^\d+$/.test(item))) {
      const line = await Bun.file(`/proc/${id}/cmdline`)
        .text()
        .catch(() => "");
      if (line.startsWith(`${name}\0`)) found.push(id);
    }
    return found;
  }
  test.each([
    ["by itself", "exit", 20_000],
    ["by its time limit", "timeout", 1500],
  ] as const)("%s, also what left its group and session", async (_, ended, timeoutMs) => {
    await using world = await openWorld();
    const name = `left-${crypto.randomUUID()}`;
    const command = `setsid bash -c '${leaves(name)}' & bash -c '${leaves(name)}' & until [ $(grep -l ${name} /proc/*/cmdline 2>/dev/null | wc -l) -ge 2 ]; do :; done; ${ended === "timeout" ? "sleep 600" : "true"}`;
    const result = await world.run(command, { timeoutMs });
    expect(result.ended).toBe(ended);
    expect(await running(name)).toEqual([]);
  });
});

// A control group can be made by root, or in a unit that hands its own down; elsewhere each process has its own limit.
const probe = makeControlGroup({ memoryBytes: 2 ** 30, processes: 10, cpus: 1 });
await probe?.remove();
const canGroup = probe !== undefined;

describe("limits bite:", () => {
  const setters = [findSetter(), findSetter("/no/shell")].filter((setter) => setter !== undefined);
  test.each(setters)("memory of one process, without a control group, set by %o", (setter) => {
    const { script, inside } = processLimits({ memoryBytes: 64 * 1024 * 1024, processes: 50 }, setter);
    const hog = (bytes: number) => `head -c ${bytes} /dev/zero | tail -c ${bytes} > /dev/null`;
    const run = (bytes: number) =>
      spawnSync("/bin/sh", ["-c", `${script}exec "$@"`, "sh", ...inside, "sh", "-c", hog(bytes)]).status;
    expect(run(1_000_000)).toBe(0);
    expect(run(200_000_000)).not.toBe(0);
  });

  test.skipIf(!existsSync("/usr/bin/prlimit"))("the shell and prlimit set the same bounds, hard and soft", () => {
    const told = setters.map((setter) => {
      const { script, inside } = processLimits({ memoryBytes: 64 * 1024 * 1024, processes: 50 }, setter);
      const argv = ["-c", `${script}exec "$@"`, "sh", ...inside, "cat", "/proc/self/limits"];
      return spawnSync("/bin/sh", argv, { encoding: "utf8" }).stdout;
    });
    expect(setters.map(({ type }) => type)).toEqual(["shell", "prlimit"]);
    expect(told[0]).toMatch(/Max data size\s+67108864\s+67108864 .*Max processes\s+50\s+50 /s);
    expect(told[0]).toBe(told[1] as string);
  });

  test("a shell that sets another number than it is told, or the soft one alone, is not trusted with it", async () => {
    await using world = await openWorld();
    const program = join(world.parent, "shell");
    const shells = { units: "-f 4096", soft: "-S -f 2048" };
    for (const instead of Object.values(shells)) {
      await writeFile(program, `#!/bin/sh\nexec /bin/sh -c "$(printf '%s' "$2" | sed 's/-f 2048/${instead}/')"\n`);
      await chmod(program, 0o755);
      expect(findSetter(program, "/no/prlimit")).toBeUndefined();
    }
    await writeFile(program, '#!/bin/sh\nexec /bin/sh "$@"\n');
    expect(findSetter(program, "/no/prlimit")).toEqual(findSetter());
  });

  test("memory of one process", async () => {
    await using world = await openWorld();
    const { exitCode, ended, output } = await world.run("head -c 600000000 /dev/zero | tail -c 500000000 > /dev/null");
    expect(exitCode === 0 && ended === "exit").toBe(false);
    expect(output).toMatch(/memory|^$|Killed/);
  });

  test.skipIf(!canGroup)("memory of all processes together (where this user may make a control group)", async () => {
    await using world = await openWorld();
    const hog = "(head -c 120000000 /dev/zero | tail -c 110000000 | (sleep 2; wc -c))";
    const { output } = await world.run(`${hog} & ${hog} & ${hog} & ${hog} & wait`, { timeoutMs: 20_000 });
    expect(output.split("\n").filter((line) => line.trim() === "110000000").length).toBeLessThan(4);
  });

  test.skipIf(!canGroup && process.getuid?.() === 0)(
    "number of processes (not as root without a control group)",
    async () => {
      await using world = await openWorld();
      const { output } = await world.run("for i in $(seq 1 120); do sleep 5 & done; echo all", { timeoutMs: 20_000 });
      expect(output).toMatch(/fork|Resource temporarily unavailable/i);
    },
  );

  test("what is written to /tmp", async () => {
    await using world = await openWorld();
    const { exitCode } = await world.run("head -c 600000000 /dev/zero > /tmp/x");
    expect(exitCode).not.toBe(0);
  });

  /** Version 1 of control groups has one folder a controller; elsewhere there is nothing to leave behind. */
  const own = /^\d+:pids:(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
  const sweeps = "groups that a killed house left are swept at the first use of the next";
  test.skipIf(own === undefined)(`${sweeps} (where control groups are version 1)`, async () => {
    const left = join("/sys/fs/cgroup/pids", own ?? "", `homarus-${2 ** 22 + 1}-abcdef`);
    mkdirSync(left, { recursive: true });
    await using world = await openWorld();
    await world.run("true");
    expect(existsSync(left)).toBe(false);
  });

  test.skipIf(!canGroup)("no control group is left behind (where this user may make one)", async () => {
    await using world = await openWorld();
    await world.run("true");
    const left = execFileSync(
      "find",
      ["/sys/fs/cgroup", "-type", "d", "-name", `homarus-${process.pid}-*`, "-newer", world.parent],
      {
        encoding: "utf8",
      },
    );
    expect(left).toBe("");
  });
});

describe("it never runs a command without the sandbox:", () => {
  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (fault: Fault) => fault,
    );

  test("a missing program is a config fault that names the fix", async () => {
    await using world = await openWorld();
    const fault = await faultOf(start({ program: join(world.parent, "bwrap") }).open(world.spec));
    expect([fault?.kind, fault?.code]).toEqual(["config", "sandbox.bubblewrap-missing"]);
    expect(fault?.hint).toContain("apt-get install bubblewrap");
    expect(fault?.hint).toContain('sandbox: "none"');
  });

  test("a program that cannot make namespaces is one too", async () => {
    await using world = await openWorld();
    const program = join(world.parent, "bwrap");
    await writeFile(
      program,
      '#!/bin/sh\n[ "$1" = --help ] && exit 0\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
    );
    await chmod(program, 0o755);
    const fault = await faultOf(start({ program }).open(world.spec));
    expect([fault?.kind, fault?.code]).toEqual(["config", "sandbox.bubblewrap-broken"]);
    expect(fault?.message).toContain("No permissions to create new namespace");
    expect(fault?.hint).toContain("unprivileged_userns_clone");
  });

  test.each(["/", "/usr", "/etc/homarus", "/tmp", "relative"])("a workspace at %s is refused", async (root) => {
    await using world = await openWorld();
    const fault = await faultOf(world.sandbox.open({ ...world.spec, root }));
    expect([fault?.kind, fault?.code]).toEqual(["config", "sandbox.root"]);
  });
});
