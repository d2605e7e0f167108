import { describe, expect, test } from "bun:test";
import { type AgentSessions, Fault, type SessionAnswer } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const key = "agent:main:work";

function callOn(answer: SessionAnswer, said: Parameters<AgentSessions["send"]>[0][] = [], signal?: AbortSignal) {
  return createToolCall({
    sessions: {
      async send(words) {
        if (words.key !== key) throw new Fault("denied", "session.own", "That is this very session.");
        said.push(words);
        return answer;
      },
    },
    ...(signal && { signal }),
  });
}

runContract({ describe, test }, toolContract, {
  title: "sessions_send",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest },
    samples: [
      { key, message: "Are you\nthere?", timeoutSeconds: 300 },
      { key, message: "m".repeat(50_000) },
    ],
    hopeless: [
      { key, message: "  " },
      { key: "agent:main:main", message: "Hello" },
    ],
    call: (signal) => callOn({ type: "replied", key, text: "a".repeat(90_000) }, [], signal),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("the words are passed on as they are, and without a wait unless one is asked for", async () => {
  const said: Parameters<AgentSessions["send"]>[0][] = [];
  await tool.execute({ key, message: "Hello" }, callOn({ type: "accepted", key }, said));
  await tool.execute({ key, message: " /new ", timeoutSeconds: 7 }, callOn({ type: "running", key }, said));
  expect(said).toEqual([
    { key, text: "Hello", waitMs: 0 },
    { key, text: " /new ", waitMs: 7_000 },
  ]);
});

test.each<[SessionAnswer, string, boolean]>([
  [{ type: "accepted", key }, "accepted: agent:main:work has the message.", false],
  [{ type: "running", key }, "running: agent:main:work has the message and is not done yet.", false],
  [{ type: "replied", key, text: "Yes." }, "Yes.", false],
  [{ type: "replied", key, text: " " }, "[It answered without words.]", false],
  [{ type: "failed", key, reason: "No model." }, "failed: agent:main:work has the message, and could not", true],
])("what came of it is told: %j", async (answer, words, isError) => {
  const output = await tool.execute({ key, message: "Hello", timeoutSeconds: 7 }, callOn(answer));
  const [block] = output.content;
  expect(block?.type === "text" && block.text).toStartWith(words);
  expect(output.isError ?? false).toBe(isError);
});
