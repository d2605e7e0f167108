// Many writers, one flush: all changes asked for in one turn of the event loop share one durable transaction.
import type { Database } from "bun:sqlite";
import { isBusy, storeFault } from "./trouble.ts";

interface Pending {
  readonly isFlushed: boolean;
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupCommit {
  /**
   * Runs `apply` inside a transaction and resolves with its result once that is on the disk; with `isFlushed` false
   * once it is with the operating system.
   */
  run<T>(apply: () => T, isFlushed?: boolean): Promise<T>;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
}

/** How long a lock of another program is waited out, without standing in the way of anything else. */
const patienceMs = 5_000;
const againMs = 25;

export function createGroupCommit(db: Database): GroupCommit {
  let pending: Pending[] = [];
  let waiting: (() => void)[] = [];
  let busySince: number | undefined;
  const commitAll = createCommit(db);

  const flush = (): void => {
    const items = pending;
    pending = [];
    if (commitAll(items) === "busy") {
      busySince ??= performance.now();
      if (performance.now() - busySince < patienceMs) {
        pending = items;
        setTimeout(flush, againMs);
        return;
      }
      for (const item of items) item.reject(storeFault({ code: "SQLITE_BUSY" }));
    }
    busySince = undefined;
    for (const wake of waiting) wake();
    waiting = [];
  };

  return {
    run<T>(apply: () => T, isFlushed = true) {
      return new Promise<T>((resolve, reject) => {
        pending.push({ apply, isFlushed, resolve: resolve as (value: unknown) => void, reject });
        if (pending.length === 1) setImmediate(flush);
      });
    },
    idle() {
      if (pending.length === 0) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Applies all in one transaction; when that fails, each by itself: one bad change must not take its neighbours down. */
function createCommit(db: Database): (items: readonly Pending[]) => "done" | "busy" {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  let isFull: boolean | undefined;
  /** The write-ahead log is one file in order: the next flush takes along what was written before it. */
  const setFlush = (isWanted: boolean): void => {
    if (isFull === isWanted) return;
    // Not prepared: SQLite carries this pragma out when it is compiled (https://sqlite.org/pragma.html).
    db.exec(`PRAGMA synchronous = ${isWanted ? "FULL" : "NORMAL"}`);
    isFull = isWanted;
  };
  const together = (items: readonly Pending[]): void => {
    setFlush(items.some((item) => item.isFlushed));
    begin.run();
    let results: unknown[];
    try {
      results = items.map((item) => item.apply());
      commit.run();
    } catch (thrown) {
      if (db.inTransaction) rollback.run();
      throw thrown;
    }
    for (const [at, item] of items.entries()) item.resolve(results[at]);
  };
  const alone = (item: Pending): void => {
    try {
      together([item]);
    } catch (thrown) {
      item.reject(storeFault(thrown));
    }
  };
  return (items) => {
    try {
      together(items);
    } catch (thrown) {
      if (isBusy(thrown)) return "busy";
      // What failed, and why, each one finds out by itself.
      items.forEach(alone);
    }
    return "done";
  };
}
