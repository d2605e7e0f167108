import { expect, test } from "bun:test";
import { silentLog } from "@homarus/sdk/testing";
import { createTap, type Seen } from "./tap.ts";

const notice = (text: string): Seen => ({ type: "notice", text });

test("all who watch see every event in order, until they stop", () => {
  const tap = createTap(silentLog);
  const [one, two]: [Seen[], Seen[]] = [[], []];
  const stop = tap.watch((event) => one.push(event));
  tap.watch((event) => two.push(event));
  tap.emit(notice("a"));
  stop();
  tap.emit(notice("b"));
  expect(one).toEqual([notice("a")]);
  expect(two).toEqual([notice("a"), notice("b")]);
});

test("a watcher that throws is dropped and logged, and holds up nobody", () => {
  const errors: string[] = [];
  const tap = createTap({ ...silentLog, error: (event) => errors.push(event) });
  let calls = 0;
  tap.watch(() => {
    calls += 1;
    throw new Error("broken");
  });
  const seen: Seen[] = [];
  tap.watch((event) => seen.push(event));
  tap.emit(notice("a"));
  tap.emit(notice("b"));
  expect([calls, seen.length, errors]).toEqual([1, 2, ["tap.listener-dropped"]]);
});
