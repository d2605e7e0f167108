import { expect, test } from "bun:test";
import type { Entry } from "@homarus/sdk";
import { createKeptLogs } from "./kept-logs.ts";

const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ seq: index + 1, at: 1 },
    body: { type: "user", content: [{ type: "text", text: "x" }] },
  }));

test("gives the newest lines out once: a turn that fails does not give them back", () => {
  const kept = createKeptLogs(2);
  kept.keep("s", entries(3));
  expect(kept.take("s")?.map((entry) => entry.seq)).toEqual([2, 3]);
  expect(kept.take("s")).toBeUndefined();
});

test("keeps the eight sessions that were active last", () => {
  const kept = createKeptLogs(2);
  for (let index = 0; index < 9; index += 1) kept.keep(`s${index}`, entries(1));
  expect(kept.take("s0")).toBeUndefined();
  expect(kept.take("s8")).toHaveLength(1);
});

test("does not keep pictures", () => {
  const kept = createKeptLogs(2);
  const content = [{ type: "image", mediaType: "image/png", data: "AAAA" }] as const;
  kept.keep("s", [{ seq: 1, at: 1, body: { type: "user", content } }]);
  expect(kept.take("s")).toBeUndefined();
});
