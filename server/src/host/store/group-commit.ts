// Many writers, one flush: all changes asked for in one turn of the event loop share one durable transaction.
import type { Database } from "bun:sqlite";

interface Pending {
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupCommit {
  /** Runs `apply` inside a transaction and resolves with its result once that is on the disk. */
  run<T>(apply: () => T): Promise<T>;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
}

export function createGroupCommit(db: Database): GroupCommit {
  let pending: Pending[] = [];
  let scheduled = false;
  let waiting: (() => void)[] = [];
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");

  const together = (items: readonly Pending[]): void => {
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

  // One bad change must not take its neighbours down: when the group fails, each is tried by itself.
  const apart = (items: readonly Pending[]): void => {
    for (const item of items) {
      try {
        together([item]);
      } catch (thrown) {
        item.reject(thrown);
      }
    }
  };

  const flush = (): void => {
    scheduled = false;
    const items = pending;
    pending = [];
    try {
      together(items);
    } catch (thrown) {
      if (items.length === 1) items[0]?.reject(thrown);
      else apart(items);
    }
    if (pending.length === 0) {
      for (const wake of waiting) wake();
      waiting = [];
    }
  };

  return {
    run<T>(apply: () => T) {
      return new Promise<T>((resolve, reject) => {
        pending.push({ apply, resolve: resolve as (value: unknown) => void, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
    idle() {
      if (pending.length === 0) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
