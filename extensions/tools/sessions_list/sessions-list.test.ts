import { describe, expect, test } from "bun:test";
import type { AgentSessions, SessionSummary } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const updatedAt = Date.UTC(2026, 10, 20, 12, 30, 0);
const rows: readonly SessionSummary[] = [
  { key: "agent:main:main", kind: "main", title: "Plans", channel: "telegram", updatedAt, running: true },
  { key: "agent:main:work", kind: "other", label: "x".repeat(900), updatedAt, running: false },
];

function callOn(found: readonly SessionSummary[], asked: Parameters<AgentSessions["list"]>[0][] = []) {
  return createToolCall({
    sessions: {
      list: async (filter) => {
        asked.push(filter);
        return found;
      },
    },
  });
}

runContract({ describe, test }, toolContract, {
  title: "sessions_list",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, samples: [{}, { limit: 3, activeMinutes: 5, search: "a\nb" }], hopeless: [] },
    call: (signal) => createToolCall({ sessions: { list: async () => rows }, ...(signal && { signal }) }),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

async function textOf(input: Parameters<typeof tool.execute>[0], call: ReturnType<typeof createToolCall>) {
  const [block] = (await tool.execute(input, call)).content;
  return block?.type === "text" ? block.text : "";
}

test("each session is one line, with the own one marked and long labels cut", async () => {
  const lines = (await textOf({}, callOn(rows))).split("\n").map((line) => JSON.parse(line));
  expect(lines).toEqual([
    {
      ...{ key: "agent:main:main", title: "Plans", kind: "main", channel: "telegram" },
      ...{ updatedAt: "2026-11-20T12:30:00.000Z", running: true, own: true },
    },
    {
      ...{ key: "agent:main:work", label: "x".repeat(200), kind: "other" },
      ...{ updatedAt: "2026-11-20T12:30:00.000Z", running: false },
    },
  ]);
});

test("what is asked for becomes a filter: 20 at most, since so many minutes", async () => {
  const asked: Parameters<AgentSessions["list"]>[0][] = [];
  expect(await textOf({}, callOn([], asked))).toBe("[No session fits.]");
  await textOf({ limit: 3, activeMinutes: 4, search: "plan" }, callOn([], asked));
  expect(asked).toEqual([
    { limit: 20, since: undefined, search: undefined },
    { limit: 3, since: Date.UTC(2026, 10, 20, 12, 30, 56), search: "plan" },
  ]);
});

test("where the house gives no sessions it says so", async () => {
  await expect(tool.execute({}, createToolCall())).rejects.toMatchObject({ code: "sessions.absent" });
});
