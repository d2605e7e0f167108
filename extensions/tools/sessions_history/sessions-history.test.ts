import { describe, expect, test } from "bun:test";
import { Fault, type SessionWords } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const at = Date.UTC(2026, 10, 20, 12, 30, 0);
const long: SessionWords = { role: "agent", at, text: "y".repeat(9_000) };

function callOn(words: readonly SessionWords[], signal?: AbortSignal) {
  return createToolCall({
    sessions: {
      async history(key, limit) {
        if (key !== "main") throw new Fault("invalid", "session.unknown", `There is no session ${key}.`);
        return words.slice(-limit);
      },
    },
    ...(signal && { signal }),
  });
}

runContract({ describe, test }, toolContract, {
  title: "sessions_history",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, samples: [{ key: "main", limit: 100 }], hopeless: [{ key: "no\nwhere" }] },
    call: (signal) =>
      callOn(
        Array.from({ length: 100 }, () => long),
        signal,
      ),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

async function read(words: readonly SessionWords[], limit?: number): Promise<string> {
  const [block] = (await tool.execute({ key: "main", ...(limit && { limit }) }, callOn(words))).content;
  return block?.type === "text" ? block.text : "";
}

test("it tells who said what and when, with tool results shortened", async () => {
  const text = await read([
    { role: "user", name: "Pat", at, text: "What is there?" },
    { role: "tool", name: "list", at, text: "z".repeat(310) },
    { role: "agent", at, text: "Much." },
  ]);
  expect(text.split("\n\n")).toEqual([
    "[2026-11-20T12:30:00.000Z user Pat]\nWhat is there?",
    `[2026-11-20T12:30:00.000Z tool list]\n${"z".repeat(300)} [... 10 characters left out]`,
    "[2026-11-20T12:30:00.000Z agent]\nMuch.",
  ]);
});

test("twenty messages are read unless told otherwise, and of too many the newest stay", async () => {
  const many = Array.from({ length: 50 }, (_, index): SessionWords => ({ role: "user", at, text: `word ${index}` }));
  expect((await read(many)).split("\n\n")).toHaveLength(20);
  const text = await read([...many, ...Array.from({ length: 20 }, () => long)], 100);
  expect(text).toStartWith("[61 older messages left out; ask for fewer.]");
  expect(await read([])).toBe("[Nothing was said there yet.]");
});
