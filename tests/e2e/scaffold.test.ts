// The drill: one new extension of each kind, made as an author would, works at once and touches nothing beside its folder.
import { afterAll, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "@homarus/sdk";

const root = join(import.meta.dir, "..", "..");
const drills = [
  { kind: "channel", id: "drill-channel", folder: "extensions/channels/drill-channel" },
  { kind: "provider", id: "drill-provider", folder: "extensions/providers/drill-provider" },
  { kind: "vendor", id: "drill-vendor", folder: "extensions/providers/drill-vendor" },
  { kind: "tool", id: "drill_tool", folder: "extensions/tools/drill_tool" },
  { kind: "sandbox", id: "drill-sandbox", folder: "extensions/sandboxes/drill-sandbox" },
] as const;

function run(...command: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root, env: { ...process.env, CI: "" } });
  return { code: exitCode, text: `${stdout}${stderr}` };
}

const status = (): string => run("git", "status", "--porcelain", "--untracked-files=all").text;

function tidy(): void {
  for (const { folder } of drills) rmSync(join(root, folder), { recursive: true, force: true });
  run(process.execPath, "tools/catalog.ts");
}

afterAll(tidy);

test("[F23] [S21] a scaffolded extension of each kind is listed, passes its contract and its types, and changes no other file", () => {
  tidy();
  const before = status();
  for (const { kind, id } of drills)
    expect(run(process.execPath, "tools/scaffold.ts", kind, id)).toMatchObject({ code: 0 });
  expect(run(process.execPath, "tools/catalog.ts").code).toBe(0);
  const catalog = JSON.parse(readFileSync(join(root, "server/generated/catalog.json"), "utf8")) as {
    entries: CatalogEntry[];
  };
  for (const { kind, id } of drills)
    expect(
      catalog.entries.some((entry) => entry.kind === (kind === "vendor" ? "provider" : kind) && entry.id === id),
    ).toBe(true);
  const contracts = run(process.execPath, "test", ...drills.map(({ folder }) => `./${folder}`));
  expect(contracts.text).toContain(" 0 fail");
  expect(contracts.code).toBe(0);
  const types = run("node_modules/.bin/tsc", "--noEmit", "-p", "tsconfig.json", "--pretty", "false").text;
  expect(types.split("\n").filter((line) => line.includes("drill"))).toEqual([]);
  const added = status()
    .split("\n")
    .filter((line) => !before.includes(line));
  expect(added.filter((line) => !drills.some(({ folder }) => line.includes(`${folder}/`)))).toEqual([]);
}, 180_000);

test("a renamed config field or a missing method of the port is a compile error in the extension's own folder", () => {
  tidy();
  run(process.execPath, "tools/scaffold.ts", "channel", "drill-channel");
  const file = join(root, "extensions/channels/drill-channel/index.ts");
  const text = readFileSync(file, "utf8");
  const faults = (changed: string): string[] => {
    Bun.spawnSync(["tee", file], { stdin: new TextEncoder().encode(changed), stdout: "ignore" });
    const { text: told } = run("node_modules/.bin/tsc", "--noEmit", "-p", "tsconfig.json", "--pretty", "false");
    return told.split("\n").filter((line) => line.startsWith("extensions/channels/drill-channel/index.ts"));
  };
  expect(faults(text)).toEqual([]);
  expect(faults(text.replaceAll("config.url", "config.address")).join()).toContain("address");
  expect(faults(text.replace("async send(", "async transmit(")).join()).toContain("does not exist in type 'Channel'");
}, 180_000);

test("wrong words make nothing", () => {
  expect(run(process.execPath, "tools/scaffold.ts", "gadget", "x")).toMatchObject({
    code: 2,
    text: expect.stringContaining("kinds: channel"),
  });
  expect(run(process.execPath, "tools/scaffold.ts", "channel", "Bad Name").code).toBe(2);
  expect(run(process.execPath, "tools/scaffold.ts", "channel", "telegram")).toMatchObject({
    code: 2,
    text: expect.stringContaining("exists already"),
  });
});
