import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createGroupCommit } from "./group-commit.ts";

const levels = { 1: "normal", 2: "full" } as const;

function open() {
  const db = new Database(":memory:");
  db.exec("CREATE TABLE seen (level TEXT)");
  const level = (): string => {
    const { synchronous } = db.query("PRAGMA synchronous").get() as { synchronous: 1 | 2 };
    return levels[synchronous];
  };
  return { group: createGroupCommit(db), level };
}

test("a commit is flushed to the disk unless it says that it need not be", async () => {
  const { group, level } = open();
  await group.run(() => undefined);
  expect(level()).toBe("full");
  await group.run(() => undefined, false);
  expect(level()).toBe("normal");
  await group.run(() => undefined);
  expect(level()).toBe("full");
});

test("one that must be flushed takes its neighbours along", async () => {
  const { group, level } = open();
  await Promise.all([
    group.run(() => undefined, false),
    group.run(() => undefined, true),
    group.run(() => undefined, false),
  ]);
  expect(level()).toBe("full");
});

test("all that is asked for in one turn of the loop is one transaction", async () => {
  const db = new Database(":memory:");
  db.exec("CREATE TABLE numbers (value INTEGER)");
  const group = createGroupCommit(db);
  const seen: boolean[] = [];
  await Promise.all([1, 2, 3].map((value) => group.run(() => seen.push(db.inTransaction, value > 0))));
  expect(seen).toEqual([true, true, true, true, true, true]);
});
