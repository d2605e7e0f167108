// A client's own call of a tool: policy, a person, the owner's programs, the stop and the audit, without a model.
import { describe, expect, test } from "bun:test";
import { Fault, type Json } from "@homarus/sdk";
import { callDirectly, mayCallDirectly } from "../../server/src/core/line/direct-call.ts";
import type { PolicySettings, PolicyTool } from "../../server/src/core/policy/case.ts";
import type { ToolHooks } from "../../server/src/core/policy/hooks.ts";
import { openPolicy, openWorld, type World } from "./world.ts";

const main = "agent:main:main";
const call = { type: "tool-call", id: "d1", name: "act", input: { to: "x" } } as const;
const direct = { call, agent: "main", sessionKey: main, runId: "r", signal: new AbortController().signal };
const effects = { reads: true, writes: true, executes: true, network: false };
const act: PolicyTool = { name: "act", group: "messages", effects, fields: { command: "to" } };

function open(policy: Partial<PolicySettings> = {}, hooks: Partial<ToolHooks> = {}): World {
  return openWorld({
    agent: { policy: { ...openPolicy, ...policy } },
    parts: {
      policyTool: () => act,
      // As the guard would: one word is destructive.
      judgeCommand: async (text) =>
        text.includes("destroy") ? { decision: "deny", reason: "It destroys." } : { decision: "allow", reason: "" },
      hooks: {
        ...{ has: (moment) => hooks[moment] !== undefined, before: async ({ input }) => ({ input }) },
        after: async ({ result }) => result,
        ...hooks,
      },
    },
  });
}

const asking: Partial<PolicySettings> = { approvals: [{ tools: { act: "always" } }] };

function make(world: World) {
  const inputs: Json[] = [];
  const ended = callDirectly(
    direct,
    async ({ input }) => {
      inputs.push(input);
      return { content: [{ type: "text", text: JSON.stringify(input) }] };
    },
    world.parts,
  );
  ended.catch(() => undefined);
  return { inputs, ended };
}

async function allow(world: World, input?: Json): Promise<void> {
  while ((await world.parts.approvals.waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [one] = await world.parts.approvals.waiting();
  const how = { type: "allowed", scope: "once", by: "Pat", channel: "web" } as const;
  await world.parts.approvals.decide(one?.id ?? "", { ...how, ...(input === undefined ? {} : { input }) });
}

const trail = async (world: World) => (await world.store.auditPage(0, 9)).map(({ type }) => type);

describe("a client's own call", () => {
  test("waits for the same yes, and the audit has what was made and by whose yes", async () => {
    const world = open(asking);
    const { ended } = make(world);
    await allow(world, { to: "y" });
    expect((await ended).content).toEqual([{ type: "text", text: '{"to":"y"}' }]);
    expect(await trail(world)).toEqual(["approval-asked", "approval-decided", "tool-call"]);
    const last = (await world.store.auditPage(0, 9)).at(-1);
    expect(last?.detail).toMatchObject({
      ...{ input: world.parts.signer.digest('{"to":"y"}'), approval: "Pat on web" },
    });
  });

  test("that is denied runs nothing and is told with the way out", async () => {
    const world = open({ lists: [{ deny: ["act"] }] });
    const { inputs, ended } = make(world);
    await expect(ended).rejects.toMatchObject({ kind: "denied", hint: expect.stringContaining("tools.deny") });
    expect(inputs).toEqual([]);
    expect(await trail(world)).toEqual(["tool-denied"]);
    expect(mayCallDirectly("act", "main", world.parts)).toBe(false);
    expect(mayCallDirectly("act", "main", open().parts)).toBe(true);
  });

  test("that a person changed is judged again: their yes is no way around a no", async () => {
    const world = open(asking);
    const { inputs, ended } = make(world);
    await allow(world, { to: "destroy it" });
    await expect(ended).rejects.toMatchObject({ kind: "denied", code: "tool.denied" });
    expect(inputs).toEqual([]);
    expect((await trail(world)).at(-1)).toBe("tool-denied");
  });

  test("[H24] passes the owner's programs: they refuse, change and rewrite, and a change is judged again", async () => {
    const refused = make(open({}, { before: async () => ({ refused: "Not on a Sunday." }) }));
    await expect(refused.ended).rejects.toMatchObject({ kind: "denied", message: "Not on a Sunday." });
    expect(refused.inputs).toEqual([]);
    const changed = make(open({}, { before: async () => ({ input: { to: "z" } }), after: async () => "[left out]" }));
    expect((await changed.ended).content).toEqual([{ type: "text", text: "[left out]" }]);
    expect(changed.inputs).toEqual([{ to: "z" }]);
    const worse = make(open({}, { before: async () => ({ input: { to: "destroy it" } }) }));
    await expect(worse.ended).rejects.toMatchObject({ code: "tool.denied" });
    expect(worse.inputs).toEqual([]);
  });

  test("is not made while everything is stopped, also when its yes comes after the stop", async () => {
    const world = open(asking);
    const { inputs, ended } = make(world);
    while ((await world.parts.approvals.waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await world.parts.halt.stop("Pat", "web");
    await allow(world);
    await expect(ended).rejects.toMatchObject({ kind: "denied", code: "halt.stopped" });
    await expect(make(world).ended).rejects.toMatchObject({
      code: "halt.stopped",
      hint: expect.stringContaining("resume"),
    });
    expect(inputs).toEqual([]);
  });

  test("for which nobody can be asked is told why, and the audit has it as refused", async () => {
    const world = open(asking);
    const full = new Fault("limited", "approval.too-many", "Too many questions wait.");
    const approvals = { ...world.parts.approvals, ask: () => Promise.reject(full) };
    const never = callDirectly(direct, () => Promise.reject(new Error("called")), { ...world.parts, approvals });
    await expect(never).rejects.toMatchObject({ kind: "limited", code: "approval.too-many" });
    expect((await world.store.auditPage(0, 9)).at(-1)).toMatchObject({
      ...{ type: "tool-denied", actor: "a client", detail: { refused: "Too many questions wait." } },
    });
  });

  test("whose program has gone is over, and no refusal is told of it", async () => {
    const world = open(asking);
    const gone = new AbortController();
    const ended = callDirectly(
      { ...direct, signal: gone.signal },
      () => Promise.reject(new Error("called")),
      world.parts,
    );
    while ((await world.parts.approvals.waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort(new Fault("aborted", "client.gone", "It hung up."));
    await expect(ended).rejects.toMatchObject({ code: "client.gone" });
    expect(await trail(world)).not.toContain("tool-denied");
  });

  test("that fails is in the audit once, as what it was", async () => {
    const world = open();
    const failing = callDirectly(direct, () => Promise.reject(new Error("no disk")), world.parts);
    await expect(failing).rejects.toThrow("no disk");
    expect(await trail(world)).toEqual(["tool-call"]);
  });
});
