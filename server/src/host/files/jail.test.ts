import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault, Files } from "@homarus/sdk";
import { filesContract, runContract } from "@homarus/sdk/testing";
import { openFiles } from "./jail.ts";
import { canHoldFolders } from "./jail-folder.ts";

async function openWorld() {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "jail-")));
  const [root, secret] = [join(parent, "ws"), join(parent, "secret.txt")];
  await mkdir(root);
  await writeFile(secret, "secret");
  return {
    ...{ files: openFiles(root), root, secret, parent },
    link: (path: string, target: string) => symlink(target, join(root, path)),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

runContract({ describe, test }, filesContract, { title: "a jailed folder", capabilities: [], open: openWorld });

const bytes = (text: string) => new TextEncoder().encode(text);
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (fault: Fault) => fault.code,
  );

test("a folder that is not there yet is made, for its owner only", async () => {
  await using world = await openWorld();
  const files = openFiles(join(world.parent, "new", "er"));
  expect(await files.list("")).toEqual([]);
  expect((await stat(join(world.parent, "new", "er"))).mode & 0o777).toBe(0o700);
});

test("the root itself may be a link, since the owner chose it", async () => {
  await using world = await openWorld();
  await symlink(world.root, join(world.parent, "alias"));
  await openFiles(join(world.parent, "alias")).write("f", bytes("1"));
  expect(await readFile(join(world.root, "f"), "utf8")).toBe("1");
});

test("a replaced file keeps its mode, and no other file is left beside it", async () => {
  await using world = await openWorld();
  const script = join(world.root, "run.sh");
  await writeFile(script, "old");
  await chmod(script, 0o750);
  await world.files.write("run.sh", bytes("new"));
  expect((await stat(script)).mode & 0o777).toBe(0o750);
  expect(await readdir(world.root)).toEqual(["run.sh"]);
});

test("a reader who has the old file open still sees the old text", async () => {
  await using world = await openWorld();
  await writeFile(join(world.root, "f"), "old");
  const before = (await stat(join(world.root, "f"))).ino;
  await world.files.write("f", bytes("new"));
  expect((await stat(join(world.root, "f"))).ino).not.toBe(before);
});

test("a file marked read-only is left alone", async () => {
  await using world = await openWorld();
  await writeFile(join(world.root, "f"), "old", { mode: 0o444 });
  expect(await outcome(world.files.write("f", bytes("new")))).toBe("files.read-only");
  expect(await outcome(world.files.write("f", bytes("new"), { append: true }))).toBe("files.read-only");
  expect(await readFile(join(world.root, "f"), "utf8")).toBe("old");
});

test("pipes and sockets are refused at once and wait for nobody", async () => {
  await using world = await openWorld();
  execFileSync("mkfifo", [join(world.root, "pipe")]);
  const server = createServer().listen(join(world.root, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  for (const name of ["pipe", "socket"]) {
    expect(await outcome(world.files.read(name, { maxBytes: 1 }))).toBe("files.not-a-file");
    expect(await outcome(world.files.write(name, bytes("x")))).toBe("files.not-a-file");
    expect(await outcome(world.files.write(name, bytes("x"), { append: true }))).toBe("files.not-a-file");
    expect((await world.files.facts(name))?.type).toBe("other");
  }
  await new Promise((resolve) => server.close(resolve));
});

test("a trailing slash does not turn a file into something else, nor a link into a folder", async () => {
  await using world = await openWorld();
  await writeFile(join(world.root, "f"), "1");
  await world.link("l", world.parent);
  expect(await outcome(world.files.list("f/"))).toBe("files.not-a-folder");
  expect(await outcome(world.files.list("l/"))).toBe("files.outside");
  expect(await outcome(world.files.read("l/secret.txt", { maxBytes: 9 }))).toBe("files.outside");
});

test("no handle stays open, whatever the outcome", async () => {
  if (!canHoldFolders()) return expect(process.platform).not.toBe("linux");
  await using world = await openWorld();
  await world.link("l", world.parent);
  const before = (await readdir("/proc/self/fd")).length;
  for (let round = 0; round < 50; round++) {
    await world.files.write("a/b/f", bytes("1"));
    await world.files.read("a/b/f", { maxBytes: 1 });
    for (const path of ["l/x", "a/no/x", "a/b/f/x", "a/b"]) await outcome(world.files.read(path, { maxBytes: 1 }));
    for await (const _ of world.files.walk("", new AbortController().signal)) break;
    await world.files.remove("a");
  }
  expect((await readdir("/proc/self/fd")).length).toBeLessThan(before + 10);
});

/** Swaps a folder of the workspace for a link to the outside and back, until told to stop. */
function swapping(root: string, target: string): { stop(): Promise<number> } {
  const [place, kept] = [join(root, "d"), join(root, "kept")];
  let isGoing = true;
  let swaps = 0;
  // A writer may make the missing folder anew between two of these steps.
  const put = async (back: () => Promise<void>): Promise<void> => {
    for (let isDone = false; !isDone; ) {
      await rm(place, { recursive: true, force: true });
      isDone = await back().then(
        () => true,
        () => false,
      );
    }
  };
  const work = (async () => {
    while (isGoing) {
      await rename(place, kept);
      await put(() => symlink(target, place));
      swaps += 1;
      await put(() => rename(kept, place));
    }
  })();
  return {
    async stop() {
      isGoing = false;
      await work;
      return swaps;
    },
  };
}

const races: readonly (readonly [name: string, call: (files: Files) => Promise<unknown>])[] = [
  ["read", (files) => files.read("d/secret.txt", { maxBytes: 20 }).then((found) => new TextDecoder().decode(found))],
  ["write", (files) => files.write("d/written.txt", bytes("x"))],
  ["append", (files) => files.write("d/appended.txt", bytes("x"), { append: true })],
  ["list", (files) => files.list("d").then((found) => found.map((item) => item.path).join())],
  ["remove", (files) => files.remove("d/victim")],
];

describe("[L17] a link swapped in while a call runs leads nowhere:", () => {
  test.each(races)("%s", async (_, call) => {
    await using world = await openWorld();
    const outside = join(world.parent, "outside");
    for (const folder of [outside, join(world.root, "d")]) await mkdir(folder);
    await writeFile(join(outside, "secret.txt"), "secret");
    await writeFile(join(outside, "victim"), "still here");
    await writeFile(join(world.root, "d", "secret.txt"), "harmless");
    const race = swapping(world.root, outside);
    const seen = new Set<unknown>();
    for (let round = 0; round < 1500; round++) seen.add(await call(world.files).catch((fault: Fault) => fault.code));
    expect(await race.stop()).toBeGreaterThan(50);
    expect([...seen].filter((item) => /^secret$|victim/.test(String(item)))).toEqual([]);
    expect((await readdir(outside)).sort()).toEqual(["secret.txt", "victim"]);
    expect([...seen].filter((item) => typeof item === "string" && /^files\./.test(item)).sort()).not.toContain(
      "files.forbidden",
    );
  });
});

test.skipIf(process.getuid?.() !== 0)(
  "what root makes belongs to the owner of the folder it is in (as root)",
  async () => {
    await using world = await openWorld();
    await chown(world.root, 59_873, 59_873);
    await world.files.write("new/deep/file", bytes("x"));
    await world.files.write("appended", bytes("x"), { append: true });
    for (const path of ["new", "new/deep", "new/deep/file", "appended"])
      expect((await stat(join(world.root, path))).uid).toBe(59_873);
  },
);
