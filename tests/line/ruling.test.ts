// The one way of a call to its tool: what a model reads of a no, and what a program is told of the same.
import { expect, test } from "bun:test";
import type { ToolOutput } from "@homarus/sdk";
import { afterHooks, type CallerFacts } from "../../server/src/core/line/gate-facts.ts";
import { isOfferedTo, ruleOn } from "../../server/src/core/line/ruling.ts";
import type { PolicySettings, PolicyTool } from "../../server/src/core/policy/case.ts";
import type { ToolHooks } from "../../server/src/core/policy/hooks.ts";
import { openPolicy, openWorld, type World } from "./world.ts";

const main = "agent:main:main";
const call = { type: "tool-call", id: "c", name: "act", input: { to: "x" } } as const;
const act: PolicyTool = {
  name: "act",
  group: "messages",
  effects: { reads: true, writes: true, executes: false, network: false },
};
const { signal } = new AbortController();

function open(policy: Partial<PolicySettings>, hooks: Partial<ToolHooks> = {}): World {
  return openWorld({
    agent: { policy: { ...openPolicy, ...policy } },
    parts: {
      policyTool: (name) => ({ ...act, name }),
      hooks: {
        ...{ has: (moment) => hooks[moment] !== undefined, before: async ({ input }) => ({ input }) },
        after: async ({ result }) => result,
        ...hooks,
      },
    },
  });
}

const factsIn = (world: World, only?: readonly string[]): CallerFacts => ({
  message: { channel: "webchat", place: { id: main, type: "direct" }, peer: { id: "p" }, origin: "person" },
  authority: { audience: "owner", isUnattended: false, marks: [] },
  ...{ runId: "r", sessionKey: main, agent: world.parts.agent("main"), only },
  log: { session: { id: "s" }, entries: () => [] },
  ...{ callKey: (id) => id, pause: () => async () => undefined },
});

const rule = (world: World, onAsk?: () => void) =>
  ruleOn(call, { facts: factsIn(world), signal, ...(onAsk && { onAsk }) }, world.parts);

test("a no of the policy holds the way out for a model in its words, for a program as a hint", async () => {
  const ruling = await rule(open({ lists: [{ deny: ["act"] }] }));
  if (ruling.type === "open") throw new Error("It was let through.");
  const { message, hint = "", kind, code } = ruling.fault;
  expect([kind, code, ruling.text]).toEqual(["denied", "tool.denied", `${message} ${hint}`]);
  expect(hint).toContain("tools.deny");
});

test("a no of a person is told in their words alone, and who asks is told before", async () => {
  const world = open({ approvals: [{ tools: { act: "always" } }] });
  let isAsked = false;
  const pending = rule(world, () => {
    isAsked = true;
  });
  while ((await world.parts.approvals.waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(isAsked).toBe(true);
  const [one] = await world.parts.approvals.waiting();
  await world.parts.approvals.decide(one?.id ?? "", { type: "denied", scope: "once", by: "Pat", channel: "web" });
  const ruling = await pending;
  if (ruling.type === "open") throw new Error("It was let through.");
  expect(ruling.text).toStartWith("Pat refused the call of act");
  expect(ruling.text).toBe(ruling.fault.message);
});

test("a program of the owner sees what a person made of the call, and has the last word", async () => {
  const refused = await rule(open({}, { before: async () => ({ refused: "Not now." }) }));
  expect(refused).toMatchObject({ type: "shut", text: "Not now.", fault: { message: "Not now." } });
  const changed = await rule(open({}, { before: async () => ({ input: { to: "z" } }) }));
  expect(changed).toEqual({ type: "open", input: { to: "z" } });
  expect(await rule(open({}))).toEqual({ type: "open" });
});

test("only what the message allows is offered, of what the policy does", () => {
  const world = open({ lists: [{ deny: ["other"] }] });
  const offered = (tool: string, only?: readonly string[]) => isOfferedTo(tool, factsIn(world, only), world.parts);
  expect([offered("act"), offered("act", ["act"]), offered("act", ["look"]), offered("other", ["other"])]).toEqual([
    ...[true, true, false, false],
  ]);
});

test("a rewritten result keeps what is no text; without a program it is the same", async () => {
  const image = { type: "image", data: "", mimeType: "image/png" } as never;
  const made: ToolOutput = { content: [{ type: "text", text: "a" }, image], isError: true };
  const world = open({}, { after: async ({ result, isError }) => `${result} ${isError}` });
  const after = ({ parts }: World) => afterHooks(call, made, { facts: factsIn(world), signal }, parts);
  expect(await after(world)).toEqual({ content: [{ type: "text", text: "a true" }, image], isError: true });
  expect(await after(open({}))).toBe(made);
});
