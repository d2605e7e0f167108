import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock } from "@homarus/sdk/testing";
import { openLogFile } from "./write.ts";

const folder = mkdtempSync(join(tmpdir(), "homarus-log-"));
const path = join(folder, "logs", "homarus.log");
const text = (suffix = "") => readFileSync(`${path}${suffix}`, "utf8");

afterEach(() => rmSync(join(folder, "logs"), { recursive: true, force: true }));

function open(change: { maxBytes?: number; keep?: number } = {}) {
  const clock = createFakeClock(1_800_000_000_000);
  const troubles: unknown[] = [];
  const file = openLogFile({ path, maxBytes: 1000, keep: 2, clock, onTrouble: (it) => troubles.push(it), ...change });
  return { clock, troubles, file };
}

describe("the log's file", () => {
  test("is written a fifth of a second after the first line, all lines at once, and belongs to this user", async () => {
    const { file, clock } = open();
    file.write("one\n");
    file.write("two\n");
    await clock.advance(199);
    expect(text()).toBe("");
    await clock.advance(1);
    await file.flush();
    expect(text()).toBe("one\ntwo\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await file.close();
    expect(clock.sleepers()).toBe(0);
  });

  test("closing writes what is left, and what comes later is ignored", async () => {
    const { file } = open();
    file.write("one\n");
    await file.close();
    file.write("late\n");
    await file.close();
    expect(text()).toBe("one\n");
  });

  test("goes on where the process before it ended, and ends a line that it left half", async () => {
    const { file } = open();
    await file.close();
    writeFileSync(path, "whole\nhal");
    const { file: next } = open();
    next.write("new\n");
    await next.close();
    expect(text()).toBe("whole\nhal\nnew\n");
  });

  test("that would grow too large is put aside, and only so many are kept", async () => {
    const { file } = open({ maxBytes: 10 });
    for (const word of ["first", "second", "third", "fourth"]) {
      file.write(`${word}\n`);
      await file.flush();
    }
    expect([text(), text(".1"), text(".2")]).toEqual(["fourth\n", "third\n", "second\n"]);
    expect(readdirSync(join(folder, "logs"))).toHaveLength(3);
    file.set({ maxBytes: 10, keep: 0 });
    file.write("fifth\n");
    await file.close();
    expect([text(), text(".1")]).toEqual(["fifth\n", "third\n"]);
  });

  test("somebody removed is made anew", async () => {
    const { file } = open();
    file.write("one\n");
    await file.flush();
    rmSync(path);
    file.write("two\n");
    await file.close();
    expect(text()).toBe("two\n");
  });

  test("that cannot be written is told once, and how many lines were lost when it works again", async () => {
    const { file, troubles } = open();
    rmSync(join(folder, "logs"), { recursive: true });
    writeFileSync(join(folder, "logs"), "a file where the folder was");
    for (const line of ["one\n", "two\n"]) {
      file.write(line);
      await file.flush();
    }
    expect(troubles).toHaveLength(1);
    rmSync(join(folder, "logs"));
    file.write("three\n");
    await file.close();
    const [lost, last] = text().split("\n");
    expect(JSON.parse(lost ?? "")).toMatchObject({ level: "warn", event: "log.lines-lost", count: 2 });
    expect(last).toBe("three");
  });

  test("a disk that takes nothing does not fill the memory: lines beyond four million characters are lost", async () => {
    const { file } = open({ maxBytes: 100_000_000 });
    const line = `${"x".repeat(999_999)}\n`;
    for (let count = 0; count < 6; count++) file.write(line);
    await file.flush();
    await file.close();
    const [lost, ...lines] = text().trimEnd().split("\n");
    expect(JSON.parse(lost ?? "").count).toBe(2);
    expect(lines.map((kept) => kept.length)).toEqual([999_999, 999_999, 999_999, 999_999]);
  });

  test("what is left when the process just ends is written at its very end", () => {
    const script = `
      import { openLogFile } from ${JSON.stringify(join(import.meta.dir, "write.ts"))};
      const clock = { now: () => 0, sleep: () => new Promise(() => undefined) };
      const file = openLogFile({ path: ${JSON.stringify(path)}, maxBytes: 1000, keep: 1, clock, onTrouble: () => {} });
      file.write("last words\\n");
      process.exit(3);
    `;
    const { exitCode } = Bun.spawnSync([process.execPath, "-e", script]);
    expect([exitCode, text()]).toEqual([3, "last words\n"]);
  });
});
