import { expect, test } from "bun:test";
import { isFault } from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { createRuns, shutdownCode, shutdownFault } from "./runs.ts";

function open() {
  const clock = createFakeClock(1_000);
  const shutdown = new AbortController();
  return { clock, shutdown, runs: createRuns(clock, shutdown.signal) };
}
const reason = (signal: AbortSignal) => (isFault(signal.reason) ? signal.reason.code : undefined);

test("a run is known from its beginning to its end", () => {
  const { runs } = open();
  const run = runs.begin("r", "s", 5_000);
  expect(runs.active()).toEqual([{ runId: "r", sessionKey: "s", startedAt: 1_000 }]);
  run.end();
  expect(runs.active()).toEqual([]);
  expect(runs.abort("s")).toEqual([]);
});

test("[B08] the runs of a session are stopped, or one of them, and no other's", () => {
  const { runs } = open();
  const [a, b, c] = [runs.begin("a", "s", 5_000), runs.begin("b", "s", 5_000), runs.begin("c", "t", 5_000)];
  expect(runs.abort("s", "c")).toEqual([]);
  expect(runs.abort("s", "a")).toEqual(["a"]);
  expect([a, b, c].map((run) => run.signal.aborted)).toEqual([true, false, false]);
  expect(runs.abort("s")).toEqual(["a", "b"]);
  expect([reason(a.signal), reason(b.signal), c.signal.aborted]).toEqual(["run.stopped", "run.stopped", false]);
});

test("a run that takes too long is stopped, and one that has ended leaves no timer", async () => {
  const { runs, clock } = open();
  const [late, done] = [runs.begin("late", "s", 5_000), runs.begin("done", "s", 5_000)];
  done.end();
  await clock.advance(4_999);
  expect(late.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(reason(late.signal)).toBe("run.timeout");
  expect(done.signal.aborted).toBe(false);
  expect(clock.sleepers()).toBe(0);
});

test("a shutdown stops all with its own reason, and whoever begins after it", () => {
  const { runs, shutdown } = open();
  const [before, ended] = [runs.begin("a", "s", 5_000), runs.begin("b", "s", 5_000)];
  ended.end();
  shutdown.abort();
  expect([reason(before.signal), ended.signal.aborted]).toEqual([shutdownCode, false]);
  expect(reason(runs.begin("c", "s", 5_000).signal)).toBe(shutdownCode);
  expect(shutdownFault()).toMatchObject({ kind: "aborted", code: shutdownCode });
});
