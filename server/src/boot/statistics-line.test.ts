import { expect, test } from "bun:test";
import { createFakeClock, createMemoryStore, sampleMessage, silentLog } from "@homarus/sdk/testing";
import type { Counters } from "../gateway/house.ts";
import { tellStatistics } from "./statistics-line.ts";

const counters: Counters = {
  ...{
    messages: 5,
    runs: 4,
    steps: 6,
    toolCalls: 2,
    faults: {},
    outcomes: { replied: 5 },
    tokens: { input: 1, output: 1 },
  },
  ...{ activeRuns: 1, turnMs: [] },
};

test("[N12] once a minute a line tells messages, queues and memory", async () => {
  const clock = createFakeClock();
  const store = createMemoryStore();
  await store.admit(sampleMessage("1"), 1);
  const lines: Record<string, unknown>[] = [];
  let messages = 5;
  const log = { ...silentLog, info: (event: string, fields = {}) => void lines.push({ event, ...fields }) };
  const stop = new AbortController();
  tellStatistics({ log, store, counters: () => ({ ...counters, messages }) }, clock, stop.signal);
  await clock.advance(59_999);
  expect(lines).toEqual([]);
  messages = 12;
  await clock.advance(1);
  await clock.advance(60_000);
  stop.abort();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    event: "statistics",
    messagesPerMinute: 7,
    activeRuns: 1,
    openInbox: 1,
    openOutbox: 0,
    rssMb: expect.any(Number),
  });
  expect(lines[1]).toMatchObject({ messagesPerMinute: 0 });
  expect(clock.sleepers()).toBe(0);
});
