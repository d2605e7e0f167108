import { describe, expect, test } from "bun:test";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxContext } from "@homarus/sdk";
import { runContract, sandboxContract, someSpec } from "@homarus/sdk/testing";
import { systemClock } from "../../../server/src/host/clock.ts";
import { openProcesses } from "../../../server/src/host/process/open.ts";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const secretVariable = "HOMARUS_TEST_SECRET";

async function openWorld() {
  const root = await realpath(await mkdtemp(join(tmpdir(), "none-")));
  process.env[secretVariable] = "the house's own";
  return {
    sandbox: activate({ config: {}, processes: openProcesses(), clock: systemClock } as SandboxContext<
      Record<string, never>
    >),
    spec: someSpec(root),
    secretVariable,
    async [Symbol.asyncDispose]() {
      delete process.env[secretVariable];
      await rm(root, { recursive: true, force: true });
    },
  };
}

runContract({ describe, test }, sandboxContract, {
  title: "no sandbox",
  capabilities: manifest.capabilities,
  open: openWorld,
});

test("the environment of a command holds nothing but what it needs", async () => {
  await using world = await openWorld();
  const workspace = await world.sandbox.open(world.spec);
  const { output } = await workspace.exec(
    { command: "env", timeoutMs: 20_000, maxOutputBytes: 10_000 },
    new AbortController().signal,
  );
  const names = output
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(names.filter((name) => !["PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_"].includes(name ?? ""))).toEqual(
    [],
  );
});

test("[H25] what a command leaves running in its group is killed at its end, and is not waited for", async () => {
  await using world = await openWorld();
  const workspace = await world.sandbox.open(world.spec);
  const request = { command: "sleep 600 & echo $!", timeoutMs: 20_000, maxOutputBytes: 10_000 };
  const { output, ended } = await workspace.exec(request, new AbortController().signal);
  expect(ended).toBe("exit");
  // It is gone, or dead and not yet collected by its new parent.
  const state = () =>
    readFile(`/proc/${output.trim()}/stat`, "utf8").then(
      (line) => line.split(") ")[1]?.[0],
      () => "gone",
    );
  while (!["gone", "Z", "X"].includes((await state()) ?? "")) await Bun.sleep(5);
});

test("a relative workspace is refused", async () => {
  await using world = await openWorld();
  expect(await world.sandbox.open({ ...world.spec, root: "here" }).catch((fault) => [fault.kind, fault.code])).toEqual([
    "config",
    "sandbox.root",
  ]);
});
