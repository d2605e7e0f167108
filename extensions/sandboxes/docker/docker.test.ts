import { afterAll, describe, expect, test } from "bun:test";
import { runContract, sandboxContract, silentLog, someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import manifest from "./manifest.ts";
import { tryDaemon } from "./testing/daemon.ts";
import { openWorld } from "./testing/world.ts";

const daemon = await tryDaemon();
if (typeof daemon === "string") test.skip(`[L18] docker keeps the contract of sandboxes (${daemon})`, () => undefined);
else {
  const machine = { processes: openProcesses(), clock: systemClock, log: silentLog, someSpec };
  afterAll(() => daemon.stop(), 30_000);
  const containers = () => daemon.docker("ps", "--all", "--quiet").trim().split("\n").filter(Boolean);

  runContract({ describe, test }, sandboxContract, {
    title: "[L18] docker",
    capabilities: manifest.capabilities,
    open: () => openWorld(daemon, machine),
  });

  test("[L18] first commands at the same time make one container, which later ones find warm", async () => {
    await using world = await openWorld(daemon, machine);
    await Promise.all(["a", "b", "c"].map((word) => world.run(`echo ${word} > /tmp/${word}`)));
    expect((await world.run("cat /tmp/a /tmp/b /tmp/c")).output).toBe("a\nb\nc\n");
    expect(containers()).toHaveLength(1);
  });

  test("[T11] closing asks what runs to end, and no container is left", async () => {
    await using world = await openWorld(daemon, machine);
    const asked = await world.workspace.start({
      command: "trap 'echo bye > said; exit 0' TERM; echo up; while :; do sleep 0.1; done",
      maxOutputBytes: 1_000,
    });
    await asked.changed(0);
    await world.workspace.close();
    expect((await asked.exited).ended).toBe("exit");
    expect(await Bun.file(`${world.spec.root}/said`).text()).toBe("bye\n");
    expect(containers()).toEqual([]);
  });

  test.each(["timeout", "aborted", "exit"] as const)(
    "all that a command started is dead after its %s, also what left its session and its marks, and others live",
    async (ended) => {
      await using world = await openWorld(daemon, machine);
      const beside = await world.workspace.start({ command: "setsid sleep 611 & echo up; cat", maxOutputBytes: 100 });
      await beside.changed(0);
      const stop = new AbortController();
      const leave = "setsid sleep 600 & (env -i setsid sleep 600 &) ; echo begun";
      const command = ended === "exit" ? `(${leave}) > /dev/null; echo begun` : `${leave}; sleep 600`;
      const more = {
        timeoutMs: ended === "timeout" ? 1_000 : 20_000,
        onOutput: () => void (ended === "aborted" && stop.abort()),
      };
      const result = await world.run(command, more, stop.signal);
      expect(result.ended).toBe(ended);
      expect((await world.run("ps -o args | grep -c '^sleep 600$'; ps -o args | grep -c '^sleep 611$'")).output).toBe(
        "0\n1\n",
      );
    },
  );

  test("what runs in the background with no variables left lives on when another command ends", async () => {
    await using world = await openWorld(daemon, machine);
    const beside = await world.workspace.start({ command: "exec env -i /bin/cat", maxOutputBytes: 100 });
    await beside.write("up\n");
    await beside.changed(0);
    await world.run("true");
    await world.run("true");
    await beside.write("still\n");
    beside.endInput();
    expect((await beside.exited).exitCode).toBe(0);
    expect(beside.output(0).text).toBe("up\nstill\n");
  });

  test("commands that begin while others end are not taken for what those left behind", async () => {
    await using world = await openWorld(daemon, machine);
    const one = async (index: number): Promise<number> => {
      let good = 0;
      for (let round = 0; round < 6; round += 1)
        good += (await world.run(`echo ${index}`)).output === `${index}\n` ? 1 : 0;
      return good;
    };
    expect(await Promise.all(Array.from({ length: 10 }, (_, index) => one(index)))).toEqual(Array(10).fill(6));
  });

  test("a container that dies is noticed, and the next command gets a new one", async () => {
    await using world = await openWorld(daemon, machine);
    const running = world.run("echo up; sleep 600", {
      onOutput: () => void daemon.docker("kill", ...containers()),
    });
    await expect(running).rejects.toMatchObject({ code: "sandbox.container-gone" });
    expect((await world.run("echo again")).output).toBe("again\n");
  });

  test("leftovers of an earlier run of this house are swept, those of others are not", async () => {
    const left = (house: string) => {
      const labels = [`homarus.house=${house}`, "homarus.sandbox=docker", "homarus.run=1-1"];
      const words = labels.flatMap((label) => ["--label", label]);
      return daemon.docker("run", "--detach", "--network", "none", ...words, daemon.image, "sleep", "600").trim();
    };
    const [own, other] = [left("test"), left("another")];
    await using world = await openWorld(daemon, machine);
    await world.run("true");
    const ids = daemon.docker("ps", "--all", "--quiet", "--no-trunc");
    daemon.docker("rm", "--force", other);
    expect([ids.includes(own), ids.includes(other)]).toEqual([false, true]);
  });

  test("[A16] [L04] a port that the owner opened is host.docker.internal, and no other is", async () => {
    const open = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("model") });
    const shut = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("secret") });
    await using world = await openWorld(daemon, machine, undefined, { config: { hostPorts: [open.port] } });
    const get = (port = 0) => world.run(`wget -q -O - http://host.docker.internal:${port}/`);
    expect((await get(open.port)).output).toBe("model");
    const refused = await get(shut.port);
    expect([refused.exitCode, refused.output.includes("secret")]).toEqual([1, false]);
    await Promise.all([open.stop(true), shut.stop(true)]);
  });

  test("a missing image, a silent daemon and a missing program are config faults that name the fix", async () => {
    const codeOf = (config: Readonly<Record<string, unknown>>) =>
      openWorld(daemon, machine, undefined, { config }).then(
        () => "opened",
        (fault) => `${fault.kind} ${fault.code} ${fault.hint}`,
      );
    expect(await codeOf({ image: "none-such" })).toStartWith("config sandbox.image-missing Get it with `docker pull");
    expect(await codeOf({ host: "unix:///no/such.sock" })).toStartWith("config sandbox.docker-silent Start it");
    expect(await codeOf({ program: "/no/such/docker" })).toStartWith("config sandbox.docker-missing Install it");
  });
}
