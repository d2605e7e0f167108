import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announcedAddress, findHome, openHome } from "./home.ts";

const root = mkdtempSync(join(tmpdir(), "homarus-home-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("the state folder", () => {
  test("[N09] is where HOMARUS_HOME says, else in the user's home; the config may lie elsewhere", () => {
    expect(findHome({ HOME: "/h" }).folder).toBe("/h/.homarus");
    expect(findHome({ HOME: "/h", HOMARUS_HOME: "/x" }).folder).toBe("/x");
    expect(findHome({ HOME: "/h", HOMARUS_CONFIG: "/c.json" }).configPath).toBe("/c.json");
    expect(findHome({ HOME: "/h", HOMARUS_CONFIG: "/c.json" }, "/d.json").configPath).toBe("/d.json");
  });

  test("is made for this user alone", () => {
    const home = openHome({ HOMARUS_HOME: join(root, "new") });
    expect(statSync(home.folder).mode & 0o777).toBe(0o700);
  });

  test("[L26] keeps one token, made at the first call, that only this user reads", () => {
    const home = openHome({ HOMARUS_HOME: join(root, "token") });
    const token = home.token();
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(openHome({ HOMARUS_HOME: join(root, "token") }).token()).toBe(token);
    expect(statSync(join(home.folder, "gateway.token")).mode & 0o777).toBe(0o600);
    expect(openHome({ HOMARUS_HOME: join(root, "other") }).token()).not.toBe(token);
    expect(readFileSync(join(home.folder, "gateway.token"), "utf8").trim()).toBe(token);
  });

  test("lets one house in at a time, and the next when it has gone", () => {
    const home = openHome({ HOMARUS_HOME: join(root, "lock") });
    const lock = home.lock();
    expect(() => home.lock()).toThrow("already running");
    lock.release();
    home.lock().release();
  });

  test("tells its commands where the gateway listens, while it does", () => {
    const home = openHome({ HOMARUS_HOME: join(root, "address") });
    expect(announcedAddress(home.folder)).toBeUndefined();
    const announced = home.announce({ host: "127.0.0.1", port: 7 });
    expect(announcedAddress(home.folder)).toEqual({ host: "127.0.0.1", port: 7 });
    announced.release();
    expect(announcedAddress(home.folder)).toBeUndefined();
    const carried = home.announce({ host: "127.0.0.1", port: 8, isPassing: true });
    expect(announcedAddress(home.folder)).toEqual({ host: "127.0.0.1", port: 8, isPassing: true });
    carried.release();
    expect(announcedAddress(home.folder)).toBeUndefined();
    writeFileSync(join(home.folder, "gateway.json"), JSON.stringify({ host: "127.0.0.1", port: 7, pid: 2 ** 22 + 1 }));
    expect(announcedAddress(home.folder)).toBeUndefined();
  });

  test("that cannot be made is told with what to do", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => openHome({ HOMARUS_HOME: join(file, "below") })).toThrow("cannot be used");
  });
});
