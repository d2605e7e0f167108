import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferSchema, SandboxContext, SandboxSpec } from "@homarus/sdk";
import { someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import { filterProgram } from "./filter.ts";
import { makeControlGroup } from "./groups.ts";
import { activate } from "./index.ts";
import type manifest from "./manifest.ts";
import { architectures } from "./syscalls.ts";

/** Fires when the sandboxes of these tests are put away. */
const put = new AbortController();
afterAll(() => put.abort());

type Config = InferSchema<(typeof manifest)["config"]>;
const isRoot = process.getuid?.() === 0;
const group = makeControlGroup({ memoryBytes: 2 ** 30, processes: 64, cpus: 1 });
await group?.remove();
const canGroup = group !== undefined;

async function openWorld(more: Partial<SandboxSpec> = {}) {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "denial-")));
  const root = join(parent, "workspace");
  await mkdir(root, { mode: 0o700 });
  await writeFile(join(parent, "secret"), "the house's own", { mode: 0o600 });
  const sandbox = activate({
    config: { program: "bwrap", readable: [], user: 59_873 },
    ...{ processes: openProcesses(), clock: systemClock, signal: put.signal },
  } as unknown as SandboxContext<Config>);
  const workspace = await sandbox.open(someSpec(root, more));
  return {
    ...{ parent, root, sandbox, workspace },
    async run(command: string, timeoutMs = 20_000) {
      const request = { command, timeoutMs, maxOutputBytes: 10_000 };
      return workspace.exec(request, new AbortController().signal);
    },
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Makes the call by its number and prints 0 or the number of the error. */
const call = (...numbers: readonly (number | "$x")[]) =>
  `perl -e '$x = "x"; $r = syscall(${numbers.join(", ")}); print $r < 0 ? $! + 0 : 0'`;

describe.skipIf(process.arch !== "x64")("[L19] the kernel refuses (on x86-64)", () => {
  test.each([
    ["ptrace", [101, 0, 0, 0, 0], 1],
    ["reading another process's memory", [310, 1, 0, 0, 0, 0, 0], 1],
    ["mount", [165, "$x", "$x", "$x", 0, 0], 1],
    ["umount", [166, "$x", 2], 1],
    ["pivot_root", [155, "$x", "$x"], 1],
    ["the new mount calls", [430, "$x", 0], 1],
    ["a namespace of users by unshare", [272, 0x10000000], 1],
    ["a namespace of users by clone", [56, 0x10000011, 0, 0, 0, 0], 1],
    ["clone3, so that clone is used", [435, 0, 0], 38],
    ["setns", [308, 0, 0], 1],
    ["keyctl", [250, 0, -3, 1], 1],
    ["add_key", [248, "$x", "$x", "$x", 1, -3], 1],
    ["bpf", [321, 0, 0, 0], 1],
    ["perf_event_open", [298, 0, 0, -1, -1, 0], 1],
    ["userfaultfd", [323, 0], 1],
    ["io_uring", [425, 1, 0], 38],
    ["open_by_handle_at", [304, -100, 0, 0], 1],
    ["loading a module", [313, 0, "$x", 0], 1],
    ["kexec", [246, 0, 0, 0, 0], 1],
    ["reboot", [169, 0, 0, 0, 0], 1],
    ["setting the clock", [227, 0, 0], 1],
    ["swapon", [167, "$x", 0], 1],
    ["another personality", [135, 0x0040000], 1],
    ["a netlink socket", [41, 16, 3, 0], 97],
    ["a packet socket", [41, 17, 3, 0], 97],
    ["a vsock socket", [41, 40, 1, 0], 97],
    ["a crypto socket", [41, 38, 5, 0], 97],
    ["typing into a terminal", [16, 0, 0x5412, "$x"], 1],
    ["the same with bits that the kernel does not read", [16, 0, 0x100005412, "$x"], 1],
  ] as const)("%s", async (_, numbers, error) => {
    await using world = await openWorld();
    expect((await world.run(call(...numbers))).output).toBe(String(error));
  });

  test("a program that calls the kernel in another way is killed", async () => {
    await using world = await openWorld();
    // getpid of the x32 interface
    expect((await world.run(`perl -e 'syscall(0x40000027)'; echo $?`)).output).toMatch(/159|31/);
  });

  test("and goes on with what programs need: threads, sockets, files, terminals", async () => {
    await using world = await openWorld();
    const python = `python3 -c 'import threading,socket,subprocess,os
t=threading.Thread(target=lambda:print("thread"));t.start();t.join()
a,b=socket.socketpair();a.send(b"unix");print(b.recv(9).decode())
s=socket.socket();s.bind(("127.0.0.1",0));s.listen();c=socket.create_connection(s.getsockname());print("inet")
print(subprocess.run(["id","-un"],capture_output=True,text=True).stdout.strip())'`;
    expect((await world.run(`PATH=/usr/bin ${python}`)).output).toBe("thread\nunix\ninet\nagent\n");
  });
});

test("each jump of the filter stays inside it, on both processors", () => {
  for (const architecture of Object.values(architectures)) {
    const program = new DataView(filterProgram(architecture).buffer);
    const count = program.byteLength / 8;
    for (let index = 0; index < count; index++) {
      const code = program.getUint16(index * 8, true);
      if ((code & 7) !== 5) continue;
      expect(index + 1 + Math.max(program.getUint8(index * 8 + 2), program.getUint8(index * 8 + 3))).toBeLessThan(
        count,
      );
    }
    expect(program.getUint16((count - 1) * 8, true)).toBe(6);
    expect(count).toBeLessThan(4096);
  }
});

describe("[L19] out of reach are", () => {
  test.skipIf(!isRoot)("files of root, also where they were bound by mistake (as root)", async () => {
    await using world = await openWorld();
    const mounts = [{ source: join(world.parent, "secret"), target: "/workspace/extra/secret", isReadOnly: true }];
    const opened = await world.sandbox.open(someSpec(world.root, { mounts }));
    const request = { command: "cat /workspace/extra/secret; id -u", timeoutMs: 20_000, maxOutputBytes: 1_000 };
    const { output } = await opened.exec(request, new AbortController().signal);
    expect(output).toMatch(/Permission denied\n59873\n$/);
    await opened.close();
  });

  test("[L02] unix sockets of the house, that of leased secrets among them, and of Docker, by path and by abstract name", async () => {
    await using world = await openWorld();
    let visits = 0;
    const path = join(world.parent, "house.sock");
    const leases = join(world.parent, "run", "secrets.sock");
    await mkdir(join(world.parent, "run"), { mode: 0o700 });
    const servers = [path, leases, "\0homarus-denial-test"].map((name) => createServer(() => visits++).listen(name));
    await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
    const connect = (name: string) =>
      `perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0); print connect($s, sockaddr_un(${name})) ? "in" : "out"'`;
    for (const name of [
      `"${path}"`,
      `"${leases}"`,
      '"../run/secrets.sock"',
      `"\\0homarus-denial-test"`,
      '"/var/run/docker.sock"',
      '"/run/docker.sock"',
    ])
      expect((await world.run(connect(name))).output).toBe("out");
    for (const server of servers) server.close();
    expect(visits).toBe(0);
  });

  test("other processes: what they say, their memory, and signals to them", async () => {
    await using world = await openWorld();
    const { output } = await world.run(
      `ls /proc/${process.pid} 2>&1; kill -0 ${process.pid} 2>&1; cat /proc/1/environ 2>&1; cat /proc/1/mem 2>&1 | head -c 9`,
    );
    expect(output).not.toMatch(/HOME=|PATH=|status/);
    expect(output.match(/No such (file|process)/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test("the kernel's own settings", async () => {
    await using world = await openWorld();
    for (const path of [
      "/proc/sys/kernel/core_pattern",
      "/proc/sys/vm/drop_caches",
      "/proc/sysrq-trigger",
      "/proc/sys/kernel/hostname",
    ])
      expect((await world.run(`echo x > ${path}`)).exitCode).not.toBe(0);
    expect(readFileSync("/proc/sys/kernel/core_pattern", "utf8")).not.toBe("x\n");
    for (const command of ["ls /sys/fs/cgroup", "mkdir -p /sys/fs/cgroup/x", "echo > /proc/self/cgroup"])
      expect([command, (await world.run(command)).exitCode === 0]).toEqual([command, false]);
  });

  test("a release agent of a control group", async () => {
    await using world = await openWorld();
    const { output, exitCode } = await world.run(
      'mkdir -p /tmp/c && mount -t cgroup -o memory cgroup /tmp/c 2>&1; find / -name release_agent 2>/dev/null; test -z "$(find / -name release_agent 2>/dev/null)"',
    );
    expect([exitCode, output.includes("release_agent\n")]).toEqual([0, false]);
  });

  test("what stands for /etc: it reads as the machine's, and is neither written, replaced nor found elsewhere", async () => {
    await using world = await openWorld();
    const same = ["/etc/ld.so.cache", "/etc/timezone", "/etc/mime.types", "/etc/ssl/openssl.cnf"].filter(existsSync);
    for (const path of same) {
      const bytes = (await world.run(`md5sum < ${path}`)).output.split(" ")[0];
      expect(bytes).toBe(new Bun.CryptoHasher("md5").update(readFileSync(path)).digest("hex"));
    }
    const before = (await world.run("cat /etc/passwd /etc/group")).output;
    const tricks = ["echo x >> /etc/passwd", "rm -f /etc/group", "mv /etc/passwd /etc/p", "ln -sf /tmp /etc/ssl/x"];
    const more = ["chmod 777 /etc /etc/passwd", "mkdir /etc/x", "perl -e 'utime 1, 1, \"/etc/passwd\" or exit 1'"];
    for (const trick of [...tricks, ...more])
      expect([trick, (await world.run(trick)).exitCode === 0]).toEqual([trick, false]);
    expect((await world.run("cat /etc/passwd /etc/group")).output).toBe(before);
    expect((await world.run("ls -d /tmp/homarus-bubblewrap-* 2>/dev/null")).output).toBe("");
  });

  test("devices: they cannot be made, and none of a disk is there", async () => {
    await using world = await openWorld();
    expect((await world.run("mknod /tmp/sda b 8 0 || mknod disk b 8 0")).exitCode).not.toBe(0);
    expect((await world.run("ls /dev")).output).not.toMatch(/sd[a-z]|vd[a-z]|nvme|kvm|mem\b|fuse|loop/);
  });

  test("rights of programs that give them: set-user-id has no effect, and cannot be put on for root", async () => {
    await using world = await openWorld();
    const { output } = await world.run(
      "cp /usr/bin/id mine; chmod u+s mine; ./mine -u; su -c id 2>&1; grep NoNewPrivs /proc/self/status",
    );
    expect(output).toMatch(/^[1-9]\d*\n/);
    expect(output).not.toMatch(/uid=0/);
    expect(output).toMatch(/NoNewPrivs:\s+1/);
  });

  test("what a link in the workspace points at, also while it is swapped", async () => {
    await using world = await openWorld();
    const secret = join(world.parent, "secret");
    await symlink(secret, join(world.root, "link"));
    const script = `for i in $(seq 1 300); do ln -sfn ${secret} swap; cat swap 2>/dev/null; ln -sfn /etc/passwd swap; done; cat link`;
    expect((await world.run(script)).output).not.toContain("the house's own");
    await expect(world.workspace.take("link", 100)).rejects.toMatchObject({ code: "sandbox.no-file" });
    await world.workspace.put("link", new TextEncoder().encode("mine"));
    expect(await readFile(secret, "utf8")).toBe("the house's own");
  });

  test("the house's folder by the names of its handles", async () => {
    await using world = await openWorld();
    await chmod(world.parent, 0o755);
    expect((await world.run("ls -d /proc/*/root/root /proc/*/cwd/../secret 2>/dev/null")).output).toBe("");
  });
});

describe("[L19] who takes too much harms nobody but himself:", () => {
  test.skipIf(!canGroup)("a fork bomb (where this user may make a control group)", async () => {
    await using world = await openWorld({ processes: 40 });
    const bomb = await world.run("b() { b | b & }; b; sleep 1; echo over", 5_000);
    expect(["exit", "timeout", "killed"]).toContain(bomb.ended);
    expect((await world.run("echo alive")).output).toBe("alive\n");
  });

  test.skipIf(!canGroup)("[L08] processors (where this user may make a control group)", async () => {
    await using world = await openWorld({ cpus: 0.5 });
    const { output, usage } = await world.run("timeout 1 sh -c 'while :; do :; done'; echo done");
    expect(output).toBe("done\n");
    expect(usage?.cpuMs).toBeLessThan(850);
    expect(usage?.peakMemoryBytes).toBeGreaterThan(100_000);
  });

  test("a hog of memory", async () => {
    await using world = await openWorld({ memoryBytes: 64 * 1024 * 1024 });
    const hog = await world.run(`perl -e '$x = "x" x 500_000_000; print "got it"'`);
    expect(hog.output).not.toContain("got it");
    expect((await world.run("echo alive")).output).toBe("alive\n");
  });

  test("many open files", async () => {
    await using world = await openWorld();
    expect((await world.run("ulimit -n; ulimit -c")).output).toBe("4096\n0\n");
  });

  test.each([
    ["the size of a file", "-f", 8_388_608],
    ["memory of one process", "-d", 524_288],
    ["open files", "-n", 4_096],
    ["core files", "-c", 0],
  ])("a limit on %s, which is a hard one and cannot be raised again", async (_, letter, value) => {
    await using world = await openWorld({ memoryBytes: 512 * 1024 * 1024 });
    const raise = (kind: string) => `(ulimit ${kind} ${letter} unlimited) 2>/dev/null && echo raised`;
    const { output } = await world.run(
      `ulimit -H ${letter}; ulimit -S ${letter}; ${raise("-H")}; ${raise("-S")}; ${raise("")}; echo tried`,
    );
    expect(output).toBe(`${value}\n${value}\ntried\n`);
  });

  test("the same by the kernel's own call, for itself and for the first process", async () => {
    await using world = await openWorld();
    const python = `import resource
for pid in (0, 1):
  for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
    try:
      resource.prlimit(pid, kind, (resource.prlimit(pid, kind)[1] + 1,) * 2); print("raised", pid, kind)
    except (PermissionError, ValueError): pass
print("tried")`;
    expect((await world.run(`/usr/bin/python3 -c '${python}'`)).output).toBe("tried\n");
  });

  test("a file above its limit, and more open files than its limit", async () => {
    await using world = await openWorld();
    const file = await world.run("truncate -s 4294967296 a && echo fits; truncate -s 4294967297 b; echo $?");
    expect(file.output).toMatch(/^fits\n/);
    expect(file.output).not.toMatch(/\n0\n$/);
    const open = `perl -e 'while (open my $f, "<", "/dev/null") { push @open, $f } print @open + 3, " ", $! + 0'`;
    expect((await world.run(open)).output).toBe("4096 24");
  });

  test.skipIf(isRoot && canGroup)(
    "processes, where they are counted by user (not as root with a control group)",
    async () => {
      await using world = await openWorld({ processes: 50 });
      expect((await world.run("grep 'Max processes' /proc/self/limits")).output).toMatch(/\s50\s+50\s/);
    },
  );

  test("[M13] what goes on in the background is asked to end with the workspace, and gone after it", async () => {
    await using world = await openWorld();
    const asked = await world.workspace.start({
      command: "trap 'echo bye > said; exit 0' TERM; echo up; while :; do sleep 0.1; done",
      maxOutputBytes: 1_000,
    });
    const deaf = await world.workspace.start({ command: "trap '' TERM; echo up; sleep 600", maxOutputBytes: 1_000 });
    await Promise.all([asked.changed(0), deaf.changed(0)]);
    await world.workspace.close();
    expect((await asked.exited).ended).toBe("exit");
    expect((await deaf.exited).ended).toBe("killed");
    expect(existsSync(join(world.root, "said"))).toBe(true);
  });
});

describe("[L19] no way to start leaves a right or misses a bound:", () => {
  const look = "grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status; cat /proc/self/limits";
  const expectBounds = (output: string) => {
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(output).toMatch(new RegExp(`${set}:\\s+0{16}\\s`));
    expect(output).toMatch(/NoNewPrivs:\s+1\s/);
    expect(output).toMatch(/Seccomp:\s+2\s/);
    expect(output).toMatch(/Uid:\s+([1-9]\d*)\s+\1\s+\1\s+\1\s/);
    expect(output).toMatch(/Max file size\s+4294967296\s+4294967296\s/);
    expect(output).toMatch(/Max data size\s+536870912\s+536870912\s/);
    expect(output).toMatch(/Max open files\s+4096\s+4096\s/);
    expect(output).toMatch(/Max core file size\s+0\s+0\s/);
  };
  test("a command", async () => {
    await using world = await openWorld({ memoryBytes: 512 * 1024 * 1024 });
    expectBounds((await world.run(look)).output);
  });

  test.each([
    ["in the background", {}],
    ["in a terminal", { terminal: { columns: 200, rows: 50 } }],
  ])("one %s", async (_, more) => {
    await using world = await openWorld({ memoryBytes: 512 * 1024 * 1024 });
    const begun = await world.workspace.start({ command: look, maxOutputBytes: 10_000, ...more });
    await begun.exited;
    expectBounds(begun.output(0).text);
  });

  test.skipIf(!canGroup)("each of them is in the groups (where this user may make one)", async () => {
    await using world = await openWorld();
    const begun = await world.workspace.start({ command: "echo up; sleep 600", maxOutputBytes: 1_000 });
    await begun.changed(0);
    const inGroups = (begun as unknown as { pid: number }).pid;
    const lines = readFileSync(`/proc/${inGroups}/cgroup`, "utf8").trim().split("\n");
    const bounded = lines.filter((line) => line.includes(`/homarus-${process.pid}-`));
    const names = bounded.map((line) => line.split(":")[1]);
    expect(
      names.includes("") ||
        ["memory", "pids", "cpu"].every((name) => names.some((found) => found?.split(",").includes(name))),
    ).toBe(true);
  });
});

test("it tells what stands between a command and the machine, and how to get what is missing", async () => {
  await using world = await openWorld();
  const { walls, isWorking } = await world.sandbox.probe();
  expect(isWorking).toBe(true);
  expect(walls.map(({ name }) => name)).toEqual([
    "namespaces",
    "user",
    "seccomp",
    "cgroup",
    "prlimit",
    "disk",
    "landlock",
    "egress",
  ]);
  expect(walls.find(({ name }) => name === "cgroup")?.isUp).toBe(canGroup);
});
