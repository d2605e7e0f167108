import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runContract, storeContract } from "@homarus/sdk/testing";
import { migrations } from "./migrations.ts";
import { openSqliteStore } from "./sqlite.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "homarus-store-"));

runContract({ describe, test }, storeContract, {
  title: "[E08] sqlite store",
  capabilities: ["durable"],
  async open() {
    const root = folder();
    const path = join(root, "state.db");
    const world = {
      store: openSqliteStore(path),
      async reopen() {
        await world.store.close();
        return openSqliteStore(path);
      },
      async [Symbol.asyncDispose]() {
        await world.store.close();
        rmSync(root, { recursive: true });
      },
    };
    return world;
  },
});

describe("sqlite store", () => {
  test("refuses a file that a newer version wrote, and leaves it alone", () => {
    const root = folder();
    const path = join(root, "state.db");
    const db = new Database(path);
    db.exec("PRAGMA user_version = 999");
    db.close();
    expect(() => openSqliteStore(path)).toThrow("newer version");
    rmSync(root, { recursive: true });
  });

  test("a file of an earlier version is brought up to date, and keeps what it holds", async () => {
    const root = folder();
    const path = join(root, "state.db");
    const db = new Database(path);
    db.exec(migrations[0] ?? "");
    db.exec("INSERT INTO key_values (space, key, value) VALUES ('a', 'k', '1')");
    db.exec("PRAGMA user_version = 1");
    db.close();
    const store = openSqliteStore(path);
    expect(await store.values("a").get("k")).toBe(1);
    expect(await store.jobRuns({ limit: 1 })).toEqual([]);
    await store.close();
    rmSync(root, { recursive: true });
  });

  test("says what to do when the folder is missing", () => {
    try {
      openSqliteStore("/nonexistent-folder/state.db");
      throw new Error("opened");
    } catch (thrown) {
      expect(thrown).toMatchObject({ kind: "config", hint: expect.stringContaining("may write") });
    }
  });

  test("runs with a durable journal", async () => {
    const root = folder();
    const store = openSqliteStore(join(root, "state.db"));
    const db = new Database(join(root, "state.db"));
    expect(db.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    db.close();
    await store.close();
    rmSync(root, { recursive: true });
  });
});
