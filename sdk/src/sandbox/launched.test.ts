import { expect, test } from "bun:test";
import { Fault } from "../errors.ts";
import type { BegunProcess, Processes } from "../ports/processes.ts";
import { createFakeClock } from "../testing/clock.ts";
import { startProcess } from "../testing/fake-process.ts";
import { type Launch, type Launcher, launchedWorkspace } from "./launched.ts";

const request = { command: "serve", maxOutputBytes: 100 };

function open({ launch = {}, isReady }: { launch?: Partial<Launch>; isReady?: Promise<void> } = {}) {
  const begun: BegunProcess[] = [];
  const asked: number[] = [];
  const processes: Processes = {
    run: () => Promise.reject(new Error("not here")),
    async begin() {
      const process: BegunProcess = { ...startProcess(100).process, pid: begun.length + 1 };
      begun.push(process);
      return process;
    },
  };
  const launcher: Launcher = {
    root: "/w",
    hasFolder: () => true,
    unstartable: (cause) => new Fault("config", "x.unstartable", "It cannot start.", { cause }),
    askToEnd(pid) {
      asked.push(pid);
      begun[pid - 1]?.kill();
    },
    async launch({ argv, environment }) {
      await isReady;
      return { argv, environment, ...launch };
    },
  };
  return { begun, asked, workspace: launchedWorkspace({ processes, clock: createFakeClock() }, launcher) };
}

test("a process that begins while the workspace is closed ends with it", async () => {
  const ready = Promise.withResolvers<void>();
  const it = open({ isReady: ready.promise });
  const started = it.workspace.start(request);
  const closed = it.workspace.close();
  ready.resolve();
  expect((await (await started).exited).ended).toBe("killed");
  await closed;
  expect([it.begun.length, it.asked]).toEqual([1, [1]]);
  await expect(it.workspace.start(request)).rejects.toMatchObject({ code: "sandbox.closed" });
});

test("a process whose remains could not be swept has ended all the same", async () => {
  const it = open({ launch: { finish: () => Promise.reject(new Error("the sweeper is gone")) } });
  const process = await it.workspace.start(request);
  process.kill();
  expect((await process.exited).ended).toBe("killed");
  await it.workspace.close();
  expect(it.asked).toEqual([]);
});
