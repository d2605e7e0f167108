// The owner's programs around tool calls, through the whole line.
import { expect, test } from "bun:test";
import type { ScriptedStep } from "@homarus/sdk/testing";
import { hookQuestion } from "../../server/src/core/line/gate-facts.ts";
import type { ToolHooks } from "../../server/src/core/policy/hooks.ts";
import { openPolicy, openWorld, say, type World } from "./world.ts";

const acting: readonly ScriptedStep[] = [{ calls: [{ id: "c1", name: "act", input: { n: 1 } }] }, { text: "Done." }];

async function ran(hooks: Partial<ToolHooks>, asks = false) {
  const inputs: unknown[] = [];
  const world: World = openWorld({
    script: acting,
    agent: { policy: { ...openPolicy, approvals: asks ? [{ mode: "always" }] : [] } },
    execute: async ({ call }) => {
      inputs.push(call.input);
      return { content: [{ type: "text", text: "secret words" }] };
    },
    parts: {
      hooks: {
        ...{ has: () => true, before: async ({ input }) => ({ input }), after: async ({ result }) => result },
        ...hooks,
      },
    },
  });
  await (await world.line.receive(say("go", asks ? { origin: "job" } : {}))).ended;
  const session = await world.store.session("agent:main:main");
  const entries = await world.store.entries(session?.id ?? "");
  return { inputs, results: JSON.stringify(entries.filter(({ body }) => body.type === "tool-result")) };
}

test("[H24] before a call they change what it is made with, or keep it from being made", async () => {
  const changed = await ran({ before: async () => ({ input: { n: 2 } }) });
  expect(changed.inputs).toEqual([{ n: 2 }]);
  const refused = await ran({ before: async () => ({ refused: "Not on a Sunday." }) });
  expect([refused.inputs, refused.results.includes("Not on a Sunday.")]).toEqual([[], true]);
});

test("[H24] after a call they change what the model and the log get", async () => {
  const { results } = await ran({ after: async () => "[left out]" });
  expect([results.includes("[left out]"), results.includes("secret words")]).toEqual([true, false]);
});

test("what the policy refuses never gets to them", async () => {
  let asked = 0;
  const before: ToolHooks["before"] = async ({ input }) => {
    asked += 1;
    return { input };
  };
  expect([(await ran({ before }, true)).inputs, asked]).toEqual([[], 0]);
});

test("a program is told what is called, by whom, and from where", () => {
  const facts = {
    ...{ message: say("go"), sessionKey: "agent:main:main", runId: "r", agent: { id: "main", policy: openPolicy } },
    authority: { audience: "owner", marks: [], isUnattended: false },
  } as never;
  expect(hookQuestion("tool.before", { name: "act", input: { n: 1 } }, facts)).toEqual({
    ...{ event: "tool.before", tool: "act", input: { n: 1 }, agent: "main", session: "agent:main:main" },
    ...{ channel: "fake", origin: "person", audience: "owner" },
  });
});
