import { expect, test } from "bun:test";
import type { RunEventBody } from "@homarus/sdk";
import { createStatistics } from "./statistics.ts";

const at = (runId: string, time: number, body: RunEventBody) => ({ runId, sessionKey: "s", seq: 1, at: time, ...body });
const usage = { input: 10, output: 5, cacheRead: 2, cacheWrite: 1 };
const start: RunEventBody = { type: "run-start", messageId: "m", model: "p/m" };
const replied = { type: "replied", runId: "r", text: "" } as const;
const busy = { kind: "limited", code: "x", message: "x" } as const;

test("counts runs, steps, calls, tokens, faults and outcomes", () => {
  const statistics = createStatistics();
  statistics.see(at("r", 100, start));
  statistics.see(at("r", 110, { type: "step-end", text: "", stopReason: "end", usage }));
  statistics.see(at("r", 120, { type: "tool-end", callId: "c", name: "x", isError: false, text: "", durationMs: 1 }));
  statistics.see(at("r", 130, { type: "fault", fault: busy, attempt: 1 }));
  statistics.see(
    at("r", 140, { type: "run-end", outcome: { type: "failed", runId: "r", fault: busy }, text: "", usage }),
  );
  statistics.see({ type: "message-end", key: { channel: "c", account: "d", id: "m" }, outcome: replied });
  statistics.see({ type: "notice", text: "nothing to count" });
  expect(statistics.now()).toEqual({
    ...{ runs: 1, steps: 1, toolCalls: 1, faults: { limited: 2 }, outcomes: { replied: 1 } },
    ...{ tokens: { input: 13, output: 5 }, turnMs: [40] },
  });
});

test("times of runs that go together are told apart, and the last thousand are kept", () => {
  const statistics = createStatistics();
  statistics.see(at("a", 0, start));
  statistics.see(at("b", 10, start));
  statistics.see(at("a", 30, { type: "run-end", outcome: replied, text: "", usage }));
  statistics.see(at("b", 15, { type: "run-end", outcome: replied, text: "", usage }));
  expect(statistics.now().turnMs).toEqual([30, 5]);
  for (let count = 0; count < 2_500; count += 1) {
    statistics.see(at("c", 0, start));
    statistics.see(at("c", count, { type: "run-end", outcome: replied, text: "", usage }));
  }
  expect(statistics.now().turnMs).toHaveLength(1_000);
  expect(statistics.now().turnMs.at(-1)).toBe(2_499);
});

test("what was given out does not change afterwards", () => {
  const statistics = createStatistics();
  const before = statistics.now();
  statistics.see({ type: "message-end", key: { channel: "c", account: "d", id: "m" }, outcome: replied });
  expect(before.outcomes).toEqual({});
});
