import { describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CatalogEntry, Fault } from "@homarus/sdk";
import { createFakeClock, createFakeSandbox, type FakeSandbox, silentLog } from "@homarus/sdk/testing";
import { createWorkspaces } from "./workspaces.ts";

const main = "agent:main:main";
const other = "agent:main:telegram:group:-1";
const limits = { memoryMegabytes: 2048, cpus: 2, processes: 256, diskMegabytes: 512, idleMinutes: 15 };

async function openWorld(config: Readonly<Record<string, unknown>> = {}) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "workspaces-")));
  const boxes: Record<string, FakeSandbox> = { bubblewrap: createFakeSandbox(), none: createFakeSandbox() };
  const activated: string[] = [];
  const leases: string[] = [];
  const clock = createFakeClock();
  const settings = { sandbox: "auto", sandboxMode: "all", sandboxLimits: limits, sandboxes: {}, agents: { list: [] } };
  let current = { ...settings, ...config };
  await mkdir(join(folder, "state"));
  const workspaces = createWorkspaces({
    egress: {
      key: () => "",
      open: async () => ({
        door: {} as never,
        close: async () => {
          leases.push("closed");
        },
      }),
    },
    catalog: Object.keys(boxes).map((id) => ({ kind: "sandbox", id }) as unknown as CatalogEntry),
    config: () => current as never,
    activate: async (entry) => {
      activated.push(entry.id);
      return boxes[entry.id] as never;
    },
    workspace: (agent) => join(folder, agent),
    ...{ stateFolder: join(folder, "state"), clock, log: silentLog },
  });
  return {
    ...{
      folder,
      workspaces,
      activated,
      leases,
      clock,
      box: boxes.bubblewrap as FakeSandbox,
      none: boxes.none as FakeSandbox,
    },
    change: (more: Readonly<Record<string, unknown>>) => {
      current = { ...current, ...more };
      workspaces.reset();
    },
    use: async (session: string) => (await workspaces.open("main", session)).close(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const faultOf = (work: Promise<unknown>): Promise<Fault> =>
  work.then(
    () => Promise.reject(new Error("it went well")),
    (fault) => fault,
  );

describe("[L16] which sessions are sandboxed:", () => {
  test.each([
    ["all", ["bubblewrap", "bubblewrap"]],
    ["non-main", ["none", "bubblewrap"]],
    ["off", ["none", "none"]],
  ] as const)("%s", async (sandboxMode, expected) => {
    await using world = await openWorld({ sandboxMode });
    const sessions = { bubblewrap: world.box, none: world.none };
    for (const [index, session] of [main, other].entries()) {
      await world.use(session);
      expect(sessions[expected[index] as "none"].specs.at(-1)?.session).toBe(session);
    }
  });
});

test("[L08] limits are 2 GB, 2 processors and 256 processes, unless the owner sets others", async () => {
  await using world = await openWorld();
  await world.use(main);
  world.change({ sandboxLimits: { ...limits, cpus: 0.5, memoryMegabytes: 100, processes: 9 } });
  await world.use(main);
  expect(world.box.specs).toMatchObject([
    { memoryBytes: 2 * 1024 ** 3, cpus: 2, processes: 256, diskBytes: 512 * 1024 ** 2 },
    { memoryBytes: 100 * 1024 ** 2, cpus: 0.5, processes: 9 },
  ]);
  expect(world.box.closed).toEqual([main]);
});

describe("[M13] a workspace is kept warm for its session, and wound down", () => {
  test("after it was idle for a while, and not before", async () => {
    await using world = await openWorld();
    await world.use(main);
    await world.clock.advance(14 * 60_000);
    await world.use(main);
    await world.clock.advance(14 * 60_000);
    expect([world.box.specs.length, world.box.closed]).toEqual([1, []]);
    await world.clock.advance(2 * 60_000);
    expect(world.box.closed).toEqual([main]);
    await world.use(main);
    expect(world.box.specs).toHaveLength(2);
  });

  test("not while a command or a process of it runs", async () => {
    await using world = await openWorld();
    const held = await world.workspaces.open("main", main);
    const started = await world.workspaces.processes("main", main).start({ command: "cat", maxOutputBytes: 10 });
    await world.clock.advance(60 * 60_000);
    await held.close();
    await held.close();
    await world.clock.advance(60 * 60_000);
    expect(world.box.closed).toEqual([]);
    started.process.kill();
    await started.process.exited;
    await Promise.resolve();
    await world.clock.advance(16 * 60_000);
    expect(world.box.closed).toEqual([main]);
  });

  test("not while a process of it runs that began after the last command, and after one that could not begin", async () => {
    await using world = await openWorld();
    await world.use(main);
    await world.clock.advance(14 * 60_000);
    const { start } = world.workspaces.processes("main", main);
    const started = await start({ command: "cat", maxOutputBytes: 10 });
    await world.clock.advance(60 * 60_000);
    expect([world.box.closed, started.ended()]).toEqual([[], undefined]);
    started.process.kill();
    await started.process.exited;
    await Promise.resolve();
    await world.clock.advance(14 * 60_000);
    await expect(start({ command: "cat", folder: "none", maxOutputBytes: 10 })).rejects.toThrow("no folder");
    await world.clock.advance(14 * 60_000);
    expect(world.box.closed).toEqual([]);
    await world.clock.advance(2 * 60_000);
    expect(world.box.closed).toEqual([main]);
  });

  test("with its session's end and with the house, and what runs in it dies", async () => {
    await using world = await openWorld();
    const mine = await world.workspaces.processes("main", main).start({ command: "cat", maxOutputBytes: 10 });
    const theirs = await world.workspaces.processes("main", other).start({ command: "cat", maxOutputBytes: 10 });
    expect(() => world.workspaces.processes("main", other).find("p2")).toThrow("There is no process");
    await world.workspaces.end(main);
    expect([mine.ended()?.ended, theirs.ended()]).toEqual(["killed", undefined]);
    expect(world.workspaces.processes("main", main).list()).toEqual([]);
    await world.workspaces.close();
    expect(theirs.ended()?.ended).toBe("killed");
  });
});

test("one that could not be opened is tried anew", async () => {
  await using world = await openWorld();
  world.box.faults.push(new Fault("config", "sandbox.broken", "It cannot start."));
  expect((await faultOf(world.use(main))).code).toBe("sandbox.broken");
  // What it would have gone out by is given back.
  expect(world.leases).toEqual(["closed"]);
  await world.use(main);
  expect([world.activated, world.box.specs.length]).toEqual([["bubblewrap", "bubblewrap"], 1]);
  await world.workspaces.close();
  expect(world.leases).toEqual(["closed", "closed"]);
});

describe("[L09] mounts of an agent:", () => {
  const wish = async (folder: string) => ({
    agents: { list: [{ id: "main", mounts: [{ source: join(folder, "data"), readOnly: false }] }] },
  });

  test("[T05] without a list no command runs, and the fault says where it is missed", async () => {
    await using world = await openWorld();
    world.change(await wish(world.folder));
    const fault = await faultOf(world.use(main));
    expect([fault.kind, fault.code]).toEqual(["config", "mounts.refused"]);
    expect(fault.message).toContain(`there is no list ${join(world.folder, "state", "mounts.json")}`);
  });

  test("[T13] [L11] the main session may change what the list lets it, others read; a changed list counts at once", async () => {
    await using world = await openWorld();
    const [data, list] = [join(world.folder, "data"), join(world.folder, "state", "mounts.json")];
    await mkdir(data);
    world.change(await wish(world.folder));
    await writeFile(list, JSON.stringify({ allowedRoots: [{ path: data, allowReadWrite: true }] }), { mode: 0o600 });
    await world.use(main);
    await world.use(other);
    expect(world.box.specs.map(({ mounts }) => mounts)).toEqual([
      [{ source: data, target: "/workspace/extra/data", isReadOnly: false }],
      [{ source: data, target: "/workspace/extra/data", isReadOnly: true }],
    ]);
    await writeFile(list, JSON.stringify({ allowedRoots: [] }));
    expect((await faultOf(world.use(main))).message).toContain("not in any of the `allowedRoots`");
    await writeFile(list, "{");
    expect((await faultOf(world.use(main))).message).toContain("is not valid");
  });

  test("[T01] a link in the way is followed before it is judged", async () => {
    await using world = await openWorld();
    const data = join(world.folder, "data");
    await symlink(join(world.folder, "state"), data);
    world.change(await wish(world.folder));
    const list = { allowedRoots: [{ path: world.folder, allowReadWrite: true }] };
    await writeFile(join(world.folder, "state", "mounts.json"), JSON.stringify(list), { mode: 0o600 });
    expect((await faultOf(world.use(main))).message).toContain("the house's own folder");
  });
});
