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

  // The contract asks for eight connections at once, at which the runtime of 2022 now and then stops the container.
  test("[L18] a command reaches the door, and nothing else", async () => {
    await using world = await openWorld(daemon, machine, runtime);
    const talk = (port: number) =>
      `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(PeerAddr=>"127.0.0.1:${port}") or exit 7; print $s "hello\\n"; print scalar <$s>'`;
    const workspace = await world.sandbox.open({ ...world.spec, egress: world.door });
    const how = { timeoutMs: 20_000, maxOutputBytes: 1_000 };
    const { signal } = new AbortController();
    expect((await workspace.exec({ command: talk(world.door.port), ...how }, signal)).output).toBe("answer:hello\n");
    expect((await workspace.exec({ command: talk(world.door.port + 1), ...how }, signal)).exitCode).toBe(7);
    await workspace.close();
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
