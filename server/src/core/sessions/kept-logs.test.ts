import { expect, test } from "bun:test";
import type { Entry } from "@homarus/sdk";
import { createKeptLogs } from "./kept-logs.ts";

const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ seq: index + 1, at: 1 },
    body: { type: "user", content: [{ type: "text", text: "x" }] },
  }));

test("gives lines out once: a turn that fails does not give them back", () => {
  const kept = createKeptLogs();
  kept.keep("s", entries(3));
  expect(kept.take("s")?.map((entry) => entry.seq)).toEqual([1, 2, 3]);
  expect(kept.take("s")).toBeUndefined();
});

test("keeps the eight sessions that were active last", () => {
  const kept = createKeptLogs();
  for (let index = 0; index < 9; index += 1) kept.keep(`s${index}`, entries(1));
  expect(kept.take("s0")).toBeUndefined();
  expect(kept.take("s8")).toHaveLength(1);
});

test("does not keep pictures", () => {
  const kept = createKeptLogs();
  const content = [{ type: "image", mediaType: "image/png", data: "AAAA" }] as const;
  kept.keep("s", [{ seq: 1, at: 1, body: { type: "user", content } }]);
  expect(kept.take("s")).toBeUndefined();
});

test("does not keep what is too large for a house at rest", () => {
  const kept = createKeptLogs();
  const content = [{ type: "text", text: "x".repeat(1_100_000) }] as const;
  kept.keep("s", [{ seq: 1, at: 1, body: { type: "user", content } }]);
  expect(kept.take("s")).toBeUndefined();
});
