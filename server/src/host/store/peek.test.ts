import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peekValue } from "./peek.ts";
import { openSqliteStore } from "./sqlite.ts";

test("a value is seen while another has the file open and after; where there is none nothing is made", async () => {
  const folder = mkdtempSync(join(tmpdir(), "homarus-peek-"));
  const path = join(folder, "state.db");
  expect(peekValue(path, "a", "b")).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  const store = openSqliteStore(path);
  await store.values("a").set("b", { c: 1 });
  expect(peekValue(path, "a", "b")).toEqual({ c: 1 });
  expect(peekValue(path, "a", "other")).toBeUndefined();
  await store.close();
  expect(peekValue(path, "a", "b")).toEqual({ c: 1 });
  const other = join(folder, "other.db");
  writeFileSync(other, "no database");
  expect(peekValue(other, "a", "b")).toBeUndefined();
  rmSync(folder, { recursive: true });
});
