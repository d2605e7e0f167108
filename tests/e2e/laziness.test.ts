import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

const preload = join(import.meta.dir, "fakes", "list-modules.ts");

async function loadedModules(config: object): Promise<readonly string[]> {
  using state = makeStateFolder(config);
  const list = join(state.folder, "modules.json");
  const house = await startHouse(state, { preload, environment: { LIST_MODULES: list } });
  while (!existsSync(list) || readFileSync(list, "utf8") === "") await Bun.sleep(20);
  await house.stop();
  return JSON.parse(readFileSync(list, "utf8"));
}

/** The npm package a module belongs to. */
function packageOf(path: string): string | undefined {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

test("[A17] [F28] [L02] [S10] an empty config loads no extension and no vendor's library", async () => {
  const modules = await loadedModules({});
  expect(modules.length).toBeGreaterThan(50);
  expect(
    modules.filter(
      (path) => path.includes("/extensions/") && !path.includes("/node_modules/") && !path.includes("/server/"),
    ),
  ).toEqual([]);
  const packages = [...new Set(modules.map(packageOf).filter((name) => name !== undefined))];
  expect(packages.filter((name) => !["hono", "json5", "jsonc-parser", "valibot"].includes(name))).toEqual([]);
  const lazy = [
    "/host/net/fetch.ts",
    "/host/files/jail.ts",
    "/host/cron.ts",
    "/host/extensions/check.ts",
    "/gateway/methods/sessions/sessions.ts",
    "/cli/commands/doctor.ts",
    "/core/leases/book.ts",
    "/core/leases/lease.ts",
    "/host/secrets/lease-socket.ts",
    "/gateway/leases/answer.ts",
  ];
  expect(modules.filter((path) => lazy.some((end) => path.endsWith(end)))).toEqual([]);
});

test("[F28] a configured channel loads itself and its library, and no other", async () => {
  const modules = await loadedModules({ channels: { telegram: { token: "1:x", apiRoot: "http://127.0.0.1:9" } } });
  const extensions = modules
    .map((path) => /\/extensions\/(\w+\/\w+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  expect([...new Set(extensions)]).toEqual(["channels/telegram"]);
  expect(modules.some((path) => packageOf(path) === "grammy")).toBe(true);
});

test("--version and --help load nothing of the house", async () => {
  using state = makeStateFolder({});
  for (const option of ["--version", "--help"]) {
    const list = join(state.folder, `modules${option}.json`);
    await runCommand(state, [option], { LIST_MODULES: list }, preload);
    const modules = JSON.parse(readFileSync(list, "utf8")) as string[];
    const ours = modules.filter((path) => path.includes("/server/src/") || path.includes("/sdk/"));
    expect(ours.filter((path) => !/\/cli\/(start|main|commands|command|help)\.ts$|assets\.ts$/.test(path))).toEqual([]);
    expect(modules.filter((path) => packageOf(path))).toEqual([]);
  }
});
