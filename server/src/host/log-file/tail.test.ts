import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tailLog } from "./tail.ts";

const folder = mkdtempSync(join(tmpdir(), "homarus-tail-"));
const file = join(folder, "homarus.log");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `line ${String(first + index).padStart(4, "0")}`);
const write = (given: readonly string[]) => writeFileSync(file, given.map((line) => `${line}\n`).join(""));

describe("the end of a log", () => {
  test("is its last lines, and the cursor stands after them", async () => {
    write(lines(1, 5));
    expect(await tailLog(file, { limit: 2 })).toEqual({
      ...{ file, size: 50, cursor: 50, lines: lines(4, 5), truncated: true, reset: false },
    });
    expect(await tailLog(file, {})).toMatchObject({ lines: lines(1, 5), truncated: false });
  });

  test("is 500 lines or 250,000 bytes where nothing else is said", async () => {
    write(lines(1, 600));
    expect((await tailLog(file, {})).lines).toEqual(lines(101, 600));
    write(Array.from({ length: 10 }, () => "x".repeat(99_999)));
    expect(await tailLog(file, {})).toMatchObject({ lines: { length: 2 }, truncated: true, cursor: 1_000_000 });
  });

  test("has whole lines only: none that was hit in its middle, none that is not finished", async () => {
    write(lines(1, 5));
    appendFileSync(file, "half a li");
    expect(await tailLog(file, { maxBytes: 25 })).toMatchObject({ lines: lines(5, 5), cursor: 50, size: 59 });
    appendFileSync(file, "ne\n");
    expect(await tailLog(file, { cursor: 50 })).toMatchObject({ lines: ["half a line"], cursor: 62 });
  });

  test("is cut between characters, whatever their bytes", async () => {
    write(["größe", "日本語", "🦞"]);
    expect((await tailLog(file, { maxBytes: 12 })).lines).toEqual(["🦞"]);
    expect((await tailLog(file, {})).lines).toEqual(["größe", "日本語", "🦞"]);
  });

  test("is empty where there is no file, or nothing in it", async () => {
    const none = { lines: [], size: 0, cursor: 0, truncated: false, reset: false };
    expect(await tailLog(join(folder, "none.log"), {})).toMatchObject(none);
    write([]);
    expect(await tailLog(file, {})).toMatchObject(none);
  });
});

describe("what came after a cursor", () => {
  test("comes without a gap and without a double, however little is taken at once", async () => {
    write(lines(1, 50));
    for (const bounds of [{ limit: 7 }, { maxBytes: 33 }, { limit: 3, maxBytes: 45 }]) {
      const heard: string[] = [];
      let cursor = 0;
      for (let look = 0; look < 60; look++) {
        const tail = await tailLog(file, { cursor, ...bounds });
        expect([tail.reset, tail.truncated]).toEqual([false, false]);
        heard.push(...tail.lines);
        cursor = tail.cursor;
      }
      expect(heard).toEqual(lines(1, 50));
      expect(cursor).toBe(500);
    }
  });

  test("is nothing while nothing came", async () => {
    write(lines(1, 3));
    expect(await tailLog(file, { cursor: 30 })).toMatchObject({ lines: [], cursor: 30, reset: false });
  });

  test("a line longer than all that may be read is passed over, and said to be missing", async () => {
    write(["short", "x".repeat(200_000), "after"]);
    const skipped = await tailLog(file, { cursor: 6, maxBytes: 100 });
    expect(skipped).toMatchObject({ lines: [], truncated: true, cursor: 200_007 });
    expect((await tailLog(file, { cursor: skipped.cursor, maxBytes: 100 })).lines).toEqual(["after"]);
    write(["x".repeat(1000)]);
    expect(await tailLog(file, { maxBytes: 100 })).toMatchObject({ lines: [], truncated: true });
  });

  test("in a file that was put aside or emptied since, is the end of the new one, and says so", async () => {
    write(lines(1, 3));
    expect(await tailLog(file, { cursor: 40 })).toMatchObject({ reset: true, lines: lines(1, 3), cursor: 30 });
    // A new file that has grown beyond the cursor: there is no line's end before it.
    expect(await tailLog(file, { cursor: 15 })).toMatchObject({ reset: true, lines: lines(1, 3) });
    write([]);
    expect(await tailLog(file, { cursor: 30 })).toMatchObject({ reset: true, lines: [], cursor: 0 });
  });
});
