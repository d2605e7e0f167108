import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sampleMessage } from "@homarus/sdk/testing";
import { openSqliteStore } from "./sqlite.ts";
import { storeFault } from "./trouble.ts";

test.each([
  ["SQLITE_FULL", "store.full"],
  ["SQLITE_IOERR_WRITE", "store.disk"],
  ["SQLITE_READONLY_DBMOVED", "store.read-only"],
  ["SQLITE_CORRUPT", "store.damaged"],
])("%s is told as %s, and may pass", (code, name) => {
  expect(storeFault({ code })).toMatchObject({ kind: "unavailable", code: name, hint: expect.any(String) });
});

test("what is not known stays what it was", () => {
  const thrown = new Error("other");
  expect(storeFault(thrown)).toBe(thrown);
});

test("a lock of another program is waited out while everything else goes on, and nothing is lost", async () => {
  const root = mkdtempSync(join(tmpdir(), "homarus-lock-"));
  const store = openSqliteStore(join(root, "state.db"));
  const other = new Database(join(root, "state.db"));
  other.exec("BEGIN IMMEDIATE");
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  const admitted = store.admit(sampleMessage("1"), 1);
  while (turns < 10) await Bun.sleep(1);
  other.exec("COMMIT");
  expect(await admitted).toMatchObject({ position: 1 });
  clearInterval(timer);
  other.close();
  await store.close();
  rmSync(root, { recursive: true });
});

test("a file that is no database says what to do", () => {
  const root = mkdtempSync(join(tmpdir(), "homarus-damaged-"));
  writeFileSync(join(root, "state.db"), "x".repeat(8_192));
  expect(() => openSqliteStore(join(root, "state.db"))).toThrow("damaged");
  rmSync(root, { recursive: true });
});
