import { afterAll, describe, expect, test } from "bun:test";
import { runContract, sandboxContract, silentLog, someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import { tryDaemon } from "../docker/testing/daemon.ts";
import { openWorld } from "../docker/testing/world.ts";
import manifest from "./manifest.ts";

const { runtime } = manifest.habits;
const daemon = await tryDaemon(runtime);
if (typeof daemon === "string") test.skip(`gvisor keeps the contract of sandboxes (${daemon})`, () => undefined);
else {
  const machine = { processes: openProcesses(), clock: systemClock, log: silentLog, someSpec };
  afterAll(() => daemon.stop(), 30_000);

  runContract({ describe, test }, sandboxContract, {
    title: "gvisor",
    capabilities: manifest.capabilities,
    open: () => openWorld(daemon, machine, runtime),
  });

  test("the kernel is one of its own", async () => {
    await using world = await openWorld(daemon, machine, runtime);
    expect((await world.run("dmesg | head -3; cat /proc/version")).output).toMatch(/gVisor|4\.4\.0/);
  });

  test("all that a command started is dead after its time, also what left its session and its marks", async () => {
    await using world = await openWorld(daemon, machine, runtime);
    const leave = "setsid sleep 600 & (env -i setsid sleep 600 &) ; echo begun; sleep 600";
    expect((await world.run(leave, { timeoutMs: 1_000 })).ended).toBe("timeout");
    expect((await world.run("ps -o args | grep -c '[s]leep 600'")).output).toBe("0\n");
  });

  test("a runtime that Docker does not know, or that reaches no socket where a door is wanted, is a config fault", async () => {
    await expect(openWorld(daemon, machine, "none-such")).rejects.toMatchObject({ code: "sandbox.runtime-missing" });
    await using world = await openWorld(daemon, machine, "closed");
    await expect(world.sandbox.open({ ...world.spec, egress: world.door })).rejects.toMatchObject({
      code: "sandbox.no-sockets",
    });
  });
}
