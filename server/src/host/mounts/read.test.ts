import { expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMountList, resolveLinks } from "./read.ts";

async function openWorld() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mounts-")));
  return { folder, list: join(folder, "mounts.json"), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test("[T05] a list that is missing, no file, a link, or open to others is as good as none, and says why", async () => {
  await using world = await openWorld();
  expect(readMountList(world.list)).toEqual({ type: "trouble", text: `there is no list ${world.list}` });
  await writeFile(world.list, "{}", { mode: 0o600 });
  expect(readMountList(world.list)).toEqual({ type: "text", text: "{}" });
  await writeFile(world.list, "[]");
  expect(readMountList(world.list)).toEqual({ type: "text", text: "[]" });
  await chmod(world.list, 0o666);
  expect(readMountList(world.list)).toMatchObject({ type: "trouble", text: expect.stringContaining("by others") });
  await symlink(world.list, join(world.folder, "link"));
  expect(readMountList(join(world.folder, "link"))).toMatchObject({ text: expect.stringContaining("cannot be read") });
  expect(readMountList(world.folder)).toMatchObject({ type: "trouble" });
});

test("[T01] links are resolved at every depth, and what is not there is nothing", async () => {
  await using world = await openWorld();
  await mkdir(join(world.folder, "real", "deep"), { recursive: true });
  await symlink(join(world.folder, "real"), join(world.folder, "a"));
  await symlink("a/deep", join(world.folder, "b"));
  expect(resolveLinks(join(world.folder, "b"))).toBe(join(world.folder, "real", "deep"));
  expect(resolveLinks(join(world.folder, "b", "..", "b"))).toBe(join(world.folder, "real", "deep"));
  expect(resolveLinks(join(world.folder, "missing"))).toBeUndefined();
});
