import { describe, expect, test } from "bun:test";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate, timeText } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);

runContract({ describe, test }, toolContract, {
  title: "session_status",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, samples: [{}], hopeless: [] },
    call: (signal) => createToolCall(signal ? { signal } : {}),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("[H02] it tells weekday, date, time and zone, and the facts of its session", async () => {
  const [block] = (await tool.execute({}, createToolCall())).content;
  expect(block?.type === "text" && block.text.split("\n")).toEqual([
    "Now: Friday, 2026-11-20 13:34:56 (Europe/Berlin, UTC+01:00)",
    "Session: agent:main:main (agent main, on webchat), begun Friday, 2026-11-20 13:00:00 (Europe/Berlin, UTC+01:00)",
    "Model: offline/demonstration",
    "Messages: 3; tokens: 1200 in, 340 out",
    "Homarus 0.1.0, running for 1 h 0 min",
  ]);
});

test.each([
  ["UTC", "Wednesday, 2026-01-07 00:00:00 (UTC, UTC+00:00)"],
  ["America/St_Johns", "Tuesday, 2026-01-06 20:30:00 (America/St_Johns, UTC-03:30)"],
  ["Asia/Kolkata", "Wednesday, 2026-01-07 05:30:00 (Asia/Kolkata, UTC+05:30)"],
])("time in %s", (zone, text) => {
  expect(timeText(Date.UTC(2026, 0, 7), zone)).toBe(text);
});
