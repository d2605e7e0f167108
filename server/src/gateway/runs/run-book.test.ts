import { expect, test } from "bun:test";
import { limits } from "../settings.ts";
import { RunBook } from "./run-book.ts";

test("ended runs are forgotten after five minutes, or earlier when there are too many; going ones never", () => {
  const book = new RunBook();
  book.open("going", "k").startedAt = 1;
  book.open("old", "k").close({ state: "final", text: "", at: 0 });
  book.open("young", "k").close({ state: "final", text: "", at: limits.dedupeMs });
  book.prune(limits.dedupeMs + 1);
  expect(["going", "old", "young"].map((runId) => book.find(runId) !== undefined)).toEqual([true, false, true]);
  for (let run = 0; run < limits.dedupeEntries; run++)
    book.open(`r${run}`, "k").close({ state: "final", text: "", at: limits.dedupeMs });
  book.prune(limits.dedupeMs + 1);
  expect([
    book.find("going") !== undefined,
    book.find("young"),
    book.find("r0"),
    book.find("r1") !== undefined,
  ]).toEqual([true, undefined, undefined, true]);
});

test("waiting for a run nobody begins leaves nothing behind, and several may wait", async () => {
  const book = new RunBook();
  expect(await book.wait("ghost", 0)).toBeUndefined();
  const waits = [book.wait("r", 60_000), book.wait("r", 60_000)];
  expect(book.find("r")).toBeUndefined();
  const record = book.open("r", "key");
  record.acceptedAt = 1;
  record.close({ state: "final", text: "x", at: 2 });
  for (const waited of await Promise.all(waits)) expect(waited?.sessionKey).toBe("key");
});
