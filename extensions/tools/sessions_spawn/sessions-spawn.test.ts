import { describe, expect, test } from "bun:test";
import { type AgentSessions, Fault, type SessionAnswer, type SubAgentWish } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const key = "agent:main:subagent:0a1b";

function callOn(answer: SessionAnswer | Fault, wishes: SubAgentWish[] = [], signal?: AbortSignal) {
  const spawn: AgentSessions["spawn"] = async (wish) => {
    wishes.push(wish);
    if (answer instanceof Fault) throw answer;
    return answer;
  };
  return createToolCall({ sessions: { spawn }, ...(signal && { signal }) });
}

runContract({ describe, test }, toolContract, {
  title: "sessions_spawn",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest },
    samples: [
      { task: "Read all\nof it.", label: "reading", model: "fast", tools: ["read"], timeoutSeconds: 1_800 },
      { task: "t".repeat(50_000) },
    ],
    hopeless: [{ task: " \n " }],
    call: (signal) => callOn({ type: "replied", key, text: "a".repeat(90_000) }, [], signal),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("the wish is passed on as it is, with ten minutes where no time is named", async () => {
  const wishes: SubAgentWish[] = [];
  const answer = { type: "replied", key, text: "Done." } as const;
  await tool.execute({ task: "Count." }, callOn(answer, wishes));
  await tool.execute(
    { task: "Sum.", label: "sums", model: "fast", tools: [], timeoutSeconds: 7 },
    callOn(answer, wishes),
  );
  expect(wishes).toMatchObject([
    { task: "Count.", timeoutMs: 600_000 },
    { task: "Sum.", label: "sums", model: "fast", tools: [], timeoutMs: 7_000 },
  ]);
});

test.each<[SessionAnswer, string, boolean]>([
  [{ type: "running", key }, `running: ${key} has the task and is not done yet.`, false],
  [{ type: "replied", key, text: "42" }, "42", false],
  [{ type: "replied", key, text: " " }, "[It answered without words.]", false],
  [{ type: "failed", key, reason: "No model." }, `failed: ${key} could not do it. No model.`, true],
])("what came of it is told: %j", async (answer, words, isError) => {
  const output = await tool.execute({ task: "Count." }, callOn(answer));
  const [block] = output.content;
  expect(block?.type === "text" && block.text).toStartWith(words);
  expect(output.isError ?? false).toBe(isError);
});

test("what the house refuses goes on to the model as it is", async () => {
  const refused = new Fault("limited", "session.too-many", "5 sub-agents work already.");
  await expect(tool.execute({ task: "Count." }, callOn(refused))).rejects.toBe(refused);
});
