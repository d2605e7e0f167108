import { afterEach, expect, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askLease, type LeaseSocket, openLeaseSocket } from "./lease-socket.ts";

const folders: string[] = [];
const sockets: LeaseSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "leases-"));
  folders.push(folder);
  return folder;
}

async function open(folder: string, answer = async (_: Request) => new Response("here")): Promise<LeaseSocket> {
  const socket = await openLeaseSocket(folder, answer);
  sockets.push(socket);
  return socket;
}

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const ask = (folder: string, name = "a") => askLease(folder, { token: "hl_x", name });

test("[L02] the socket is this user's alone, whatever the process usually gives, and gone when it is closed", async () => {
  const folder = newFolder();
  const before = process.umask(0);
  try {
    const { path, close } = await open(folder);
    expect([path, modeOf(path), modeOf(join(folder, "run"))]).toEqual([join(folder, "run/secrets.sock"), "600", "700"]);
    expect(await ask(folder)).toEqual({ status: 200, text: "here" });
    await close();
    expect(existsSync(path)).toBe(false);
    expect(process.umask()).toBe(0);
  } finally {
    process.umask(before);
  }
});

test("[L02] a folder that others could enter is closed to them before the socket is there", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "run"));
  chmodSync(join(folder, "run"), 0o777);
  await open(folder);
  expect(modeOf(join(folder, "run"))).toBe("700");
});

test("[L02] the socket of a dead process is replaced, a living one refused and left as it is", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "run"));
  const path = join(folder, "run", "secrets.sock");
  // As a killed process leaves it: closing would take it away.
  const dead = Bun.spawn([
    process.execPath,
    "-e",
    `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
  ]);
  await dead.exited;
  expect(lstatSync(path).isSocket()).toBe(true);
  await open(folder);
  expect((await ask(folder)).text).toBe("here");
  await expect(openLeaseSocket(folder, async () => new Response("second"))).rejects.toThrow("Another program answers");
  expect((await ask(folder)).text).toBe("here");
});

test("[L02] what is no socket of ours is left alone, and said", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "run"));
  writeFileSync(join(folder, "run", "secrets.sock"), "kept");
  await expect(openLeaseSocket(folder, async () => new Response())).rejects.toThrow("something else stands");
  const other = newFolder();
  symlinkSync(tmpdir(), join(other, "run"));
  await expect(openLeaseSocket(other, async () => new Response())).rejects.toThrow("no folder");
  const deep = join(newFolder(), "d".repeat(90));
  await expect(openLeaseSocket(deep, async () => new Response())).rejects.toMatchObject({
    ...{ kind: "config", message: expect.stringContaining("too long") },
    hint: expect.stringContaining("HOMARUS_HOME"),
  });
});

test("[L02] a body is bounded", async () => {
  const folder = newFolder();
  const { path } = await open(folder, async (request) => new Response(await request.text()));
  const answer = await fetch("http://secrets/", { unix: path, method: "POST", body: "x".repeat(100_000) });
  expect(answer.status).toBe(413);
});

test("the name comes as it was asked, and where nobody listens it is said what to start", async () => {
  const folder = newFolder();
  await expect(ask(folder)).rejects.toMatchObject({
    kind: "unavailable",
    hint: expect.stringContaining("homarus gateway"),
  });
  await open(folder, async (request) => new Response(`${request.url} ${request.headers.get("authorization")}`));
  expect((await ask(folder, "a/b")).text).toBe("http://secrets/v1/a%2Fb Bearer hl_x");
});

test("one who takes connections and says nothing counts as alive", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "run"), { mode: 0o700 });
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(join(folder, "run", "secrets.sock"), resolve));
  await expect(openLeaseSocket(folder, async () => new Response())).rejects.toThrow("Another program answers");
  await new Promise((resolve) => mute.close(resolve));
});
