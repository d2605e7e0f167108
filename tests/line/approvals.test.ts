// A call that waits for a person, through the whole line: asked, answered, changed, forgotten, cut by a restart.
import { describe, expect, test } from "bun:test";
import type { Approval, AuditLink, InboundMessage, Owner } from "@homarus/sdk";
import { createFakeClock, type ScriptedStep } from "@homarus/sdk/testing";
import { askText, choicesOf } from "../../server/src/core/approvals/words.ts";
import { commandIn } from "../../server/src/core/line/answer-approval.ts";
import type { ApprovalMode, PolicySettings } from "../../server/src/core/policy/case.ts";
import { openPolicy, openWorld, say, type World } from "./world.ts";

const asking = (mode: ApprovalMode = "always", more: Partial<PolicySettings> = {}) => ({
  policy: { ...openPolicy, approvals: [{ mode }], ...more },
});
const acting: readonly ScriptedStep[] = [
  { calls: [{ id: "c1", name: "act", input: { what: "send" } }] },
  { text: "Done as you said." },
];
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function asked(world: World): Promise<Approval> {
  for (let tries = 0; tries < 500; tries += 1) {
    const [first] = await world.parts.approvals.waiting();
    if (first) return first;
    await turn();
  }
  throw new Error("nothing was asked");
}

const results = async (world: World): Promise<string> => {
  const session = await world.store.session("agent:main:main");
  const entries = await world.store.entries(session?.id ?? "");
  return JSON.stringify(entries.filter(({ body }) => body.type === "tool-result"));
};
const trail = async (world: World): Promise<readonly AuditLink[]> => world.store.auditPage(0, 100);

describe("a call that needs a yes", () => {
  test.each([
    "yes this looks good",
    "no idea",
    "Ja, klar",
    "yes 10am suits me",
    "si, todo bien",
    "no 2024 figures yet",
  ])("%j is talk and decides nothing, also with one question open", async (text) => {
    const world = openWorld({ script: [...acting, { text: "heard" }, { text: "heard" }], agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    const approval = await asked(world);
    const talk = await world.line.receive(say(text));
    for (let count = 0; count < 50; count += 1) await turn();
    expect((await world.parts.approvals.waiting()).map(({ id }) => id)).toEqual([approval.id]);
    await world.parts.approvals.decide(approval.id, { type: "denied", scope: "once", by: "Pat", channel: "web" });
    await Promise.all([ended, talk.ended]);
    expect(world.ran).toEqual([]);
    const entries = await world.store.entries((await world.store.session("agent:main:main"))?.id ?? "");
    expect(JSON.stringify(entries)).toContain(text);
  });

  test.each(["/approve K7QE", "/approve k7q", "/deny 9ZZ9 no", "/approve 019a2b3c-aaaa-7bbb-8ccc-123456789abc"])(
    "%j names no open question and decides none, also where one is open",
    async (text) => {
      const world = openWorld({ script: acting, agent: asking() });
      const { ended } = await world.line.receive(say("please"));
      const approval = await asked(world);
      expect(await commandIn(text, world.parts)).toMatchObject({ name: expect.stringMatching(/approve|deny/) });
      const answer = await world.line.receive(say(text, { channel: "other" }));
      expect(await answer.ended).toMatchObject({ fault: { code: "approval.unknown" } });
      expect((await world.parts.approvals.waiting()).map(({ id }) => id)).toEqual([approval.id]);
      await world.parts.approvals.decide(approval.id, { type: "denied", scope: "once", by: "Pat", channel: "web" });
      await ended;
    },
  );

  test("a code of an answered question does not decide the next one", async () => {
    const again: readonly ScriptedStep[] = [
      acting[0],
      { calls: [{ id: "c2", name: "act", input: { what: "more" } }] },
    ].map((step) => step as ScriptedStep);
    const world = openWorld({ script: [...again, { text: "Done." }], agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    const first = await asked(world);
    await world.parts.approvals.decide(first.id, { type: "denied", scope: "once", by: "Pat", channel: "web" });
    const second = await asked(world);
    const late = await world.line.receive(say(`yes ${first.code}`, { channel: "other" }));
    expect(await late.ended).toMatchObject({ fault: { code: "approval.decided" } });
    await world.parts.approvals.decide(second.id, { type: "denied", scope: "once", by: "Pat", channel: "web" });
    await ended;
    expect(world.ran).toEqual([]);
  });

  test("[K01] waits, is told to watchers, and runs when it comes", async () => {
    const world = openWorld({ script: acting, agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    const approval = await asked(world);
    expect(approval.request).toMatchObject({ kind: "tool", name: "act", input: { what: "send" }, agent: "main" });
    expect(world.ran).toEqual([]);
    expect(world.events).toContainEqual(expect.objectContaining({ type: "progress", about: "approval" }));
    await world.parts.approvals.decide(approval.id, { type: "allowed", scope: "once", by: "Pat", channel: "webchat" });
    expect(await ended).toMatchObject({ type: "replied", text: "Done as you said." });
    expect(world.ran).toEqual(["act:c1"]);
  });

  test("[K02] is answered by a message on any channel, by its code or as the only one open", async () => {
    for (const words of [
      (code: string) => `yes ${code}`,
      (code: string) => `/approve ${code.toLowerCase()}`,
      () => "/approve",
    ]) {
      const world = openWorld({ script: acting, agent: asking() });
      const { ended } = await world.line.receive(say("please"));
      const { code } = await asked(world);
      const answer = await world.line.receive(say(words(code), { channel: "other" }));
      expect(await answer.ended).toMatchObject({ type: "replied", text: "Allowed: `act`." });
      expect(await ended).toMatchObject({ type: "replied" });
      expect(world.ran).toEqual(["act:c1"]);
    }
  });

  test("is answered by the owner alone: neither in a group, nor by a guest, nor by another session", async () => {
    const world = openWorld({ script: acting, agent: asking() });
    const first = await world.line.receive(say("please"));
    const { code } = await asked(world);
    const others: Partial<InboundMessage>[] = [
      { place: { id: "g", type: "group" } },
      { origin: "agent", session: "agent:main:main" },
      { origin: "hook" },
      { origin: "agent", authority: { audience: "guest", marks: [], isUnattended: false } },
    ];
    for (const other of others) {
      const { ended } = await world.line.receive(say(`/approve ${code}`, other));
      expect(await ended).toMatchObject({ type: "failed", fault: { kind: "denied" } });
    }
    expect(world.ran).toEqual([]);
    await (await world.line.receive(say(`no ${code}`))).ended;
    await first.ended;
  });

  test("[K01] without an answer in time it is a no, and the model hears of it", async () => {
    const world = openWorld({ script: acting, agent: { ...asking(), approvalTimeoutMs: 30_000 } });
    const { ended } = await world.line.receive(say("please"));
    await asked(world);
    await world.clock.advance(30_001);
    expect(await ended).toMatchObject({ type: "replied" });
    expect(world.ran).toEqual([]);
    expect(await results(world)).toContain("Nobody allowed the call of act in time");
    expect((await trail(world)).map(({ type }) => type)).toEqual(["approval-asked", "approval-decided", "tool-denied"]);
  });

  test("a no ends it, with what was said along", async () => {
    const world = openWorld({ script: acting, agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    const { code } = await asked(world);
    await (await world.line.receive(say(`/deny ${code} not on a Sunday`))).ended;
    await ended;
    expect(world.ran).toEqual([]);
    expect(await results(world)).toContain("not on a Sunday");
  });

  test("[K05] its arguments can be changed before it runs, and the model is told", async () => {
    const seen: unknown[] = [];
    const world = openWorld({
      script: acting,
      agent: asking(),
      execute: async ({ call }) => {
        seen.push(call.input);
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const { ended } = await world.line.receive(say("please"));
    const { id } = await asked(world);
    const input = { what: "draft" };
    await world.parts.approvals.decide(id, { type: "allowed", scope: "once", input, by: "Pat", channel: "webchat" });
    await ended;
    expect(seen).toEqual([{ what: "draft" }]);
    expect(await results(world)).toContain("changed the arguments of act");
  });

  test("[K06] the audit holds the tool, what it was asked with, who decided, how, where and when", async () => {
    const world = openWorld({ script: acting, agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    const { code, id } = await asked(world);
    await (await world.line.receive(say(`yes ${code}`))).ended;
    await ended;
    const decided = (await trail(world)).find(({ type }) => type === "approval-decided");
    expect(decided).toMatchObject({
      actor: "Pat",
      at: world.clock.now(),
      callId: "c1",
      detail: { approval: id, tool: "act", params: { what: "send" }, decision: "allowed", channel: "fake" },
    });
    expect((await trail(world)).at(-1)).toMatchObject({ type: "tool-call", action: "act", detail: { isError: false } });
  });

  test("[K07] parks its run and no other: other conversations go on, and its own time stands still", async () => {
    const script = (_: unknown, call: number): ScriptedStep =>
      call === 1 ? { calls: [{ id: "c1", name: "act", input: {} }] } : { text: `Answer ${call}.` };
    const world = openWorld({ script, agent: { ...asking(), timeoutMs: 10_000, approvalTimeoutMs: 3_600_000 } });
    const parked = await world.line.receive(say("please"));
    const { code } = await asked(world);
    const other = await world.line.receive(say("hello", { origin: "program", session: "agent:main:other" }));
    expect(await other.ended).toMatchObject({ type: "replied", text: "Answer 2." });
    await world.clock.advance(1_800_000);
    await (await world.line.receive(say(`yes ${code}`))).ended;
    expect(await parked.ended).toMatchObject({ type: "replied", text: "Answer 3." });
    expect(world.ran).toEqual(["act:c1"]);
  });

  test("[K07] survives a restart while it waits, and its answer given in between", async () => {
    for (const when of ["before", "after"] as const) {
      const world = openWorld({ script: acting, agent: { ...asking(), approvalTimeoutMs: 3_600_000 } });
      await world.line.receive(say("please"));
      const { id, code } = await asked(world);
      const answer = { type: "allowed", scope: "once", by: "Pat", channel: "webchat" } as const;
      if (when === "before") {
        // The decision is stored; the process dies before anybody acts on it.
        const key = (await world.store.values("approvals").list())[0];
        if (key)
          await world.store.values("approvals").set(key.key, {
            ...(key.value as object),
            decision: { ...answer, at: world.clock.now() },
          });
      }
      const next = await world.restart([{ text: "Done as you said." }]);
      await next.line.resume();
      if (when === "after") {
        expect(await asked(next)).toMatchObject({ id, code });
        await next.parts.approvals.decide(code, answer);
      }
      await next.idle();
      expect(next.ran).toEqual(["act:c1"]);
    }
  });

  test("is withdrawn when its run is stopped", async () => {
    const world = openWorld({ script: acting, agent: asking() });
    const { ended } = await world.line.receive(say("please"));
    await asked(world);
    await (await world.line.receive(say("/stop"))).ended;
    expect(await ended).toMatchObject({ type: "failed", fault: { code: "run.stopped" } });
    expect(await world.parts.approvals.waiting()).toEqual([]);
    expect(world.ran).toEqual([]);
  });
});

describe("a yes that stands", () => {
  const twice: readonly ScriptedStep[] = [
    { calls: [{ id: "c1", name: "act", input: { n: 1 } }] },
    { calls: [{ id: "c2", name: "act", input: { n: 2 } }] },
    { text: "Both." },
    { calls: [{ id: "c3", name: "act", input: { n: 3 } }] },
    { text: "And that." },
  ];

  test("holds for the conversation until it starts afresh, or for good; a rule is listed and can be removed", async () => {
    for (const scope of ["session", "always"] as const) {
      const world = openWorld({ script: twice, agent: asking() });
      const first = await world.line.receive(say("please"));
      const { code } = await asked(world);
      await (await world.line.receive(say(`/approve ${code} ${scope}`))).ended;
      await first.ended;
      expect(world.ran).toEqual(["act:c1", "act:c2"]);
      await (await world.line.receive(say("/new"))).ended;
      const again = await world.line.receive(say("once more"));
      if (scope === "session") await (await world.line.receive(say(`no ${(await asked(world)).code}`))).ended;
      await again.ended;
      expect(world.ran.length).toBe(scope === "session" ? 2 : 3);
      const { standing } = world.parts.approvals;
      const [rule] = await standing.list();
      expect(rule).toMatchObject({ name: "act", agent: "main", text: expect.stringContaining("any use of act") });
      expect(await standing.remove(rule?.id ?? "")).toBe(true);
      expect(await standing.remove("none")).toBe(false);
    }
  });
});

test("in a run that nobody waits for a question is a no at once", async () => {
  const world = openWorld({ script: acting, agent: asking() });
  const { ended } = await world.line.receive(say("do it", { origin: "job" }));
  expect(await ended).toMatchObject({ type: "replied" });
  expect(await results(world)).toContain("Nobody is there to be asked");
  expect(await world.parts.approvals.recent()).toEqual([]);
});

test("a question says what will happen, why, and how to answer; each answer is a button too", async () => {
  const world = openWorld({ script: acting, agent: asking(), clock: createFakeClock(0) });
  const { ended } = await world.line.receive(say("please"));
  const approval = await asked(world);
  const text = askText(approval, 0);
  for (const part of ["`act`", '{"what":"send"}', `yes ${approval.code}`, "1 min", "always"])
    expect(text).toContain(part);
  for (const { text: said } of choicesOf(approval))
    expect(new TextEncoder().encode(said).length).toBeLessThanOrEqual(64);
  await (await world.line.receive(say(choicesOf(approval).at(-1)?.text ?? ""))).ended;
  await ended;
  expect(world.ran).toEqual([]);
});

test("[K04] a tool can put a question of the model to the owner, whose words come back; a job's run has nobody to ask", async () => {
  const answers: unknown[] = [];
  const options = {
    script: acting,
    execute: async ({ owner }: { readonly owner?: Owner }) => {
      answers.push(await owner?.ask({ text: "Shall I?", confidence: 0.4 }));
      return { content: [{ type: "text" as const, text: "asked" }] };
    },
  };
  const world = openWorld(options);
  const { ended } = await world.line.receive(say("please"));
  const { code, request } = await asked(world);
  expect(request).toMatchObject({ kind: "question", preview: "Shall I?", reason: "The agent is 40 % sure of it." });
  await (await world.line.receive(say(`no ${code}: ask my sister first`))).ended;
  await ended;
  const job = openWorld(options);
  await (await job.line.receive(say("do it", { origin: "job" }))).ended;
  expect(answers[0]).toMatchObject({ type: "denied", by: "Pat", note: "ask my sister first" });
  expect(answers.slice(1)).toEqual([undefined]);
});

test("two answers at once: the first stands, the second is told so", async () => {
  const world = openWorld({ script: acting, agent: asking() });
  const { ended } = await world.line.receive(say("please"));
  const { id } = await asked(world);
  const answers = await Promise.allSettled(
    (["denied", "allowed"] as const).map((type) =>
      world.parts.approvals.decide(id, { type, scope: "once", by: "Pat", channel: "webchat" }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await ended;
  expect(world.ran).toEqual([]);
});
