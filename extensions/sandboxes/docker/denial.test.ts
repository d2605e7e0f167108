import { afterAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { silentLog, someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import { tryDaemon } from "./testing/daemon.ts";
import { openWorld } from "./testing/world.ts";

const daemon = await tryDaemon();
if (typeof daemon === "string") test.skip(`out of a container's reach is the machine (${daemon})`, () => undefined);
else {
  afterAll(() => daemon.stop(), 30_000);
  const machine = { processes: openProcesses(), clock: systemClock, log: silentLog, someSpec };
  const open = (more: Parameters<typeof openWorld>[3] = {}) => openWorld(daemon, machine, undefined, more);

  describe("[L18] out of a container's reach are", () => {
    test("rights, root, and new privileges; Docker's filter of system calls is on", async () => {
      await using world = await open();
      const { output } = await world.run("cat /proc/self/status; id -u");
      for (const set of ["CapEff", "CapPrm", "CapBnd"]) expect(output).toMatch(new RegExp(`${set}:\\s+0{16}`));
      expect(output).toMatch(/NoNewPrivs:\s+1/);
      expect(output).toMatch(/Seccomp:\s+2/);
      expect(output).toEndWith("59873\n");
    });

    test("all that is not the workspace or /tmp, for writing", async () => {
      await using world = await open();
      for (const path of ["/x", "/etc/x", "/bin/x", "/etc/passwd", "/sys/x", "/proc/sys/kernel/hostname"])
        expect((await world.run(`echo x >> ${path}`)).exitCode).not.toBe(0);
      expect((await world.run("cat /proc/mounts")).output).toMatch(/^\S+ \/ \S+ ro,/m);
    });

    test("the house's files and processes, and Docker's socket", async () => {
      await using world = await open();
      const socket = daemon.host.replace("unix://", "");
      const paths = ["../state.db", socket, "/var/run/docker.sock", "/run/docker.sock", `/proc/${process.pid}/status`];
      for (const path of paths) expect((await world.run(`ls -d ${path}`)).exitCode).not.toBe(0);
      const { output } = await world.run("env; cat /proc/*/environ | tr '\\0' '\\n'");
      expect(output).toContain("HOME=");
      expect(output).not.toContain("the house's own");
      expect(output).not.toContain("DOCKER_HOST");
    });

    test("[L05] any network: there is the loopback alone, and not that of this machine", async () => {
      await using world = await open();
      let visits = 0;
      const server = createServer(() => visits++).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      const { output, exitCode } = await world.run(
        `cat /proc/net/dev; nc -w 2 127.0.0.1 ${port} </dev/null 2>/dev/null`,
      );
      await new Promise((resolve) => server.close(resolve));
      expect(output.match(/^\s*\w+:/gm)?.map((name) => name.trim())).toEqual(["lo:"]);
      expect([exitCode, visits]).toEqual([1, 0]);
    });

    test("[L08] more processes than it may have, and the next command runs after a fork bomb", async () => {
      await using world = await open({ bounds: { processes: 40 } });
      const many = "i=0; while [ $i -lt 100 ]; do sleep 5 & i=$((i+1)); done 2>&1; echo all";
      // The shell ends when it may not start another.
      expect((await world.run(many)).output).not.toContain("all\n");
      const bomb = await world.run("b() { b | b & }; b; sleep 1; echo over", { timeoutMs: 3_000 });
      expect(["exit", "timeout", "killed"]).toContain(bomb.ended);
      expect((await world.run("echo alive")).output).toBe("alive\n");
    });
  });
}
