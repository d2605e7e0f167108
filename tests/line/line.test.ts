import { describe, expect, test } from "bun:test";
import { Fault, messageKey } from "@homarus/sdk";
import { createMemoryStore, type ScriptedStep } from "@homarus/sdk/testing";
import { openWorld, say } from "./world.ts";

const callsTwo: readonly ScriptedStep[] = [
  {
    text: "I look first.",
    calls: [
      { id: "c1", name: "look", input: {} },
      { id: "c2", name: "act", input: {} },
    ],
  },
  { text: "All done." },
];

describe("the line", () => {
  test("[F04] a message goes in and an answer comes out, with one stored outcome", async () => {
    const world = openWorld();
    const { row, ended } = await world.line.receive(say("hello"));
    expect(await ended).toMatchObject({ type: "replied", text: "Hello back." });
    await world.idle();
    expect(world.channel.sent.map((piece) => piece.text)).toEqual(["Hello back."]);
    expect((await world.store.inboxRow(messageKey(row.message)))?.outcome).toMatchObject({ type: "replied" });
    expect(await world.store.openOutbox()).toEqual([]);
  });

  test("the same platform message is answered once, however often it is heard", async () => {
    const world = openWorld();
    const message = say("hello");
    const first = await world.line.receive(message);
    const second = await world.line.receive(message);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(await second.ended).toEqual(await first.ended);
    await world.idle();
    expect(world.channel.sent).toHaveLength(1);
  });

  test("[B01] [A25] [E04] the loop builds a prompt, runs tools, appends, repeats and gives back the usage", async () => {
    const world = openWorld({ script: callsTwo });
    const { ended } = await world.line.receive(say("do it"));
    expect(await ended).toMatchObject({ type: "replied", text: "All done." });
    expect(world.ran).toEqual(["look:c1", "act:c2"]);
    const session = await world.store.session("agent:main:main");
    const bodies = (await world.store.entries(session?.id ?? "")).map((entry) => entry.body.type);
    expect(bodies).toEqual(["user", "step", "tool-start", "tool-result", "tool-start", "tool-result", "step"]);
    expect(session?.usage).toEqual({ input: 20, output: 10, cacheRead: 0, cacheWrite: 0 });
    expect(world.provider.requests[1]?.turns.at(-1)).toMatchObject({
      type: "tool",
      results: [{ callId: "c1" }, { callId: "c2" }],
    });
  });

  test("[B05] [A32] a run tells of text, reasoning, tools, usage and its end, in order", async () => {
    const world = openWorld({
      script: [{ calls: [{ id: "c1", name: "look", input: {} }] }, { thinking: "Hm.", text: "Done." }],
    });
    await (await world.line.receive(say("do it"))).ended;
    await world.idle();
    expect(world.events.map((event) => event.type)).toEqual([
      ...["run-start", "step-end", "tool-start", "tool-end", "thinking-delta", "text-delta", "step-end", "run-end"],
    ] as never);
    expect(world.events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("[E05] a session remembers where it was last spoken to, its title and its use", async () => {
    const world = openWorld();
    await (await world.line.receive(say("plan my holiday"))).ended;
    expect(await world.store.session("agent:main:main")).toMatchObject({
      ...{
        title: "plan my holiday",
        last: { channel: "fake", account: "default", place: "chat" },
        usage: { input: 10, output: 5 },
      },
    });
  });

  test("[B09] [T10] a message that comes during a run steers it", async () => {
    let seen: (() => void) | undefined;
    const inTool = new Promise<void>((resolve) => (seen = resolve));
    let letGo: (() => void) | undefined;
    const world = openWorld({
      script: (request) =>
        request.turns.some((turn) => turn.type === "tool")
          ? { text: "Both done." }
          : { calls: [{ id: "c1", name: "act", input: {} }] },
      execute: async () => {
        seen?.();
        await new Promise<void>((resolve) => (letGo = resolve));
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const first = await world.line.receive(say("start"));
    await inTool;
    const second = await world.line.receive(say("and this too"));
    letGo?.();
    const outcome = await first.ended;
    expect(await second.ended).toEqual({ type: "steered", runId: (outcome as { runId: string }).runId });
    await world.idle();
    expect(JSON.stringify(world.provider.requests[1]?.turns.at(-1))).toContain("and this too");
    expect(world.channel.sent.map((piece) => piece.text)).toEqual(["Both done."]);
  });

  test("a message that comes while the last words stream gets its own answer", async () => {
    const world = openWorld();
    const [first, second] = await Promise.all([world.line.receive(say("one")), world.line.receive(say("two"))]);
    expect((await first.ended).type).toBe("replied");
    expect(["replied", "steered"]).toContain((await second.ended).type);
  });

  test("[B08] [G17] stop ends a run, keeps what was said, and sends no apology", async () => {
    const world = openWorld({ script: [{ hang: "I was about to" }] });
    const { ended } = await world.line.receive(say("talk"));
    while (!world.events.some((event) => event.type === "text-delta"))
      await new Promise((resolve) => setTimeout(resolve, 1));
    const stop = await world.line.receive(say("/stop"));
    expect(await stop.ended).toMatchObject({ type: "replied", text: "Stopped." });
    expect(await ended).toMatchObject({ type: "failed", fault: { kind: "aborted", code: "run.stopped" } });
    await world.idle();
    expect(world.channel.sent.map((piece) => piece.text)).toEqual(["Stopped.", "I was about to"]);
  });

  test("a model that fails for good tells the person, with one outcome", async () => {
    const fault = new Fault("auth", "provider.key", "The key was refused.");
    const world = openWorld({ script: [{ fault }] });
    expect(await (await world.line.receive(say("hi"))).ended).toMatchObject({
      type: "failed",
      fault: { kind: "auth" },
    });
    await world.idle();
    expect(world.channel.sent[0]?.text).toContain("login");
  });

  test("a model that is out for a moment is tried again, and the person sees one answer", async () => {
    const world = openWorld({
      script: [{ fault: new Fault("unavailable", "x.down", "down") }, { text: "Here I am." }],
    });
    const { ended } = await world.line.receive(say("hi"));
    while (world.clock.sleepers() < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await world.clock.advance(1_000);
    expect(await ended).toMatchObject({ type: "replied", text: "Here I am." });
    expect(world.events.some((event) => event.type === "fault")).toBe(true);
  });

  test("limits on steps hold", async () => {
    const world = openWorld({
      script: (_, call) => ({ calls: [{ id: `c${call}`, name: "look", input: {} }] }),
      agent: { maxSteps: 3 },
    });
    expect(await (await world.line.receive(say("loop"))).ended).toMatchObject({
      type: "failed",
      fault: { code: "run.steps" },
    });
    expect(world.ran).toHaveLength(3);
  });

  test("a run that turns in a circle is told so, and stopped when it does not leave it", async () => {
    const same = { name: "look", input: {} };
    const world = openWorld({
      script: (_, call) => ({ calls: [{ id: `c${call}`, ...same }] }),
      agent: { maxSteps: 30 },
    });
    expect(await (await world.line.receive(say("loop"))).ended).toMatchObject({ fault: { code: "run.circle" } });
    expect(world.ran).toHaveLength(5);
    expect(JSON.stringify(world.provider.requests[3]?.turns)).toContain("Do something else");
    expect(JSON.stringify(world.provider.requests[2]?.turns)).not.toContain("Do something else");
  });

  test("[A26] a model without tool calls calls tools in text, and reads their results as words", async () => {
    const world = openWorld({
      lacksTools: true,
      script: [{ text: 'I look.\n```tool\n{"tool": "look", "arguments": {}}\n```' }, { text: "It is there." }],
    });
    expect(await (await world.line.receive(say("look"))).ended).toMatchObject({
      type: "replied",
      text: "It is there.",
    });
    expect(world.ran).toHaveLength(1);
    const [first, second] = world.provider.requests;
    expect([first?.tools, first?.system.stable.includes("- look{}")]).toEqual([[], true]);
    expect(JSON.stringify(second?.turns.at(-1))).toContain("[Result of look]\\ndid look");
  });

  test("[A34] [B22] a conversation's own persona and level of thinking reach the model, and no other conversation's", async () => {
    const world = openWorld();
    await (await world.line.receive(say("hello"))).ended;
    const session = await world.store.session("agent:main:main");
    if (!session) throw new Error("there is a session");
    const own = { ...session, persona: "You rhyme.", thinking: "high" as const };
    await world.store.commit([{ type: "session-put", session: own }]);
    await (await world.line.receive(say("again"))).ended;
    await (await world.line.receive(say("elsewhere", { session: "agent:main:other" }))).ended;
    const told = world.provider.requests.map(({ system, thinking }) => [
      system.stable.includes("You rhyme."),
      thinking,
    ]);
    expect(told).toEqual([
      [false, "off"],
      [true, "high"],
      [false, "off"],
    ]);
  });

  test("[T25] what the owner keeps in the workspace is in the prompt", async () => {
    const files = [{ name: "MEMORY.md", text: "The cat is called Ada." }];
    const world = openWorld({ parts: { workspace: async () => ({ files, skills: [] }) } });
    await (await world.line.receive(say("hello"))).ended;
    expect(world.provider.requests[0]?.system.stable).toContain('<file name="MEMORY.md">\nThe cat is called Ada.');
  });

  test("limits on time hold", async () => {
    const world = openWorld({ script: [{ hang: "…" }], agent: { timeoutMs: 9_000 } });
    const { ended } = await world.line.receive(say("slow"));
    while (!world.events.some((event) => event.type === "text-delta"))
      await new Promise((resolve) => setTimeout(resolve, 1));
    await world.clock.advance(9_000);
    expect(await ended).toMatchObject({ type: "failed", fault: { code: "run.timeout" } });
  });

  test("[A40] a model chosen for a session is used there", async () => {
    const world = openWorld();
    await (await world.line.receive(say("/model scripted/special"))).ended;
    await (await world.line.receive(say("hi"))).ended;
    expect((await world.store.session("agent:main:main"))?.model).toBe("scripted/scripted/special");
  });

  test("[F09] commands work with slash and bang on any channel, and other words do not", async () => {
    const world = openWorld();
    for (const text of ["/help", "!help", "/help@homarus"]) {
      expect(await (await world.line.receive(say(text))).ended).toMatchObject({
        type: "replied",
        text: expect.stringContaining("/status"),
      });
    }
    await (await world.line.receive(say("/unknown thing"))).ended;
    expect(world.provider.requests).toHaveLength(1);
  });

  test("/new starts a fresh log and keeps the old one in the store", async () => {
    const world = openWorld();
    await (await world.line.receive(say("first"))).ended;
    const old = await world.store.session("agent:main:main");
    await (await world.line.receive(say("/new"))).ended;
    await (await world.line.receive(say("second"))).ended;
    expect(JSON.stringify(world.provider.requests[1]?.turns)).not.toContain("first");
    expect(await world.store.entries(old?.id ?? "")).toHaveLength(2);
  });
});

describe("who may talk", () => {
  test("[L14] an unknown sender gets a code and no model is called", async () => {
    const world = openWorld({ direct: "pairing" });
    expect(await (await world.line.receive(say("hello"))).ended).toMatchObject({
      type: "refused",
      reason: "unknown-sender",
    });
    await world.idle();
    expect(world.channel.sent[0]?.text).toContain("ABC");
    expect(world.provider.requests).toHaveLength(0);
  });

  test("[L15] strangers are ignored under an allowlist, and heard only where the owner wrote open", async () => {
    const closed = openWorld({ direct: "allowlist" });
    expect(await (await closed.line.receive(say("hello"))).ended).toMatchObject({
      type: "refused",
      reason: "not-allowed",
    });
    await closed.idle();
    expect(closed.channel.sent).toEqual([]);
    expect(await (await openWorld({ direct: "open" }).line.receive(say("hello"))).ended).toMatchObject({
      type: "replied",
    });
  });

  test("in a group the agent answers only when addressed, and in reply to the message", async () => {
    const world = openWorld();
    const place = { id: "g", type: "group" as const };
    expect(await (await world.line.receive(say("chatter", { place, mentioned: false }))).ended).toMatchObject({
      type: "refused",
      reason: "not-mentioned",
    });
    const asked = say("you there?", { place });
    await (await world.line.receive(asked)).ended;
    await world.idle();
    expect(world.channel.sent).toMatchObject([{ place, replyTo: asked.id }]);
    expect(await world.store.session("agent:main:fake:group:g")).toBeDefined();
  });
});

describe("after a crash", () => {
  test("a message that was admitted and nothing more is answered", async () => {
    const store = createMemoryStore();
    await store.admit(say("hello"), 1);
    const world = openWorld({ store });
    await world.line.resume();
    await world.idle();
    expect(world.channel.sent).toHaveLength(1);
    expect(await store.openInbox()).toEqual([]);
  });

  test("what finished is not run again, and what was cut is told to the model", async () => {
    const died = new Promise<never>(() => undefined);
    const world = openWorld({
      script: [
        {
          calls: [
            { id: "c1", name: "act", input: {} },
            { id: "c2", name: "act", input: {} },
          ],
        },
      ],
      execute: (request) =>
        request.call.id === "c2" ? died : Promise.resolve({ content: [{ type: "text", text: "first result" }] }),
    });
    await world.line.receive(say("do both"));
    while (world.ran.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const after = await world.restart([{ text: "Picked up." }]);
    await after.line.resume();
    await after.idle();
    expect(after.ran).toEqual(["act:c1", "act:c2"]);
    const turns = JSON.stringify(after.provider.requests[0]?.turns);
    expect(turns).toContain("first result");
    expect(turns).toContain("interrupted by a restart");
    expect(after.channel.sent.map((piece) => piece.text)).toEqual(["Picked up."]);
  });

  test("a cut call of a tool that may be repeated runs again", async () => {
    const world = openWorld({
      script: [{ calls: [{ id: "c1", name: "look", input: {} }] }],
      execute: () => new Promise<never>(() => undefined),
    });
    await world.line.receive(say("look"));
    while (world.ran.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    const after = openWorld({
      store: world.store,
      clock: world.clock,
      channel: world.channel,
      ran: world.ran,
      script: [{ text: "Seen." }],
    });
    await after.line.resume();
    await after.idle();
    expect(after.ran).toEqual(["look:c1", "look:c1"]);
    expect(after.channel.sent.map((piece) => piece.text)).toEqual(["Seen."]);
  });
});

test("after a restart a run that had begun goes on first, and is not taken along by a message that came before it", async () => {
  const store = createMemoryStore();
  const waiting = say("came first, never begun");
  const begun = say("had begun");
  await store.admit(waiting, 1);
  const calls = [{ calls: [{ id: "c1", name: "act", input: {} }] }];
  const world = openWorld({ store, script: calls, execute: () => new Promise<never>(() => undefined) });
  await world.line.receive(begun);
  while (world.ran.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  const runId = (await store.inboxRow(messageKey(begun)))?.runId;
  const after = openWorld({ store, clock: world.clock, channel: world.channel, script: [{ text: "Done." }] });
  await after.line.resume();
  await after.idle();
  expect((await store.inboxRow(messageKey(begun)))?.outcome).toMatchObject({ type: "replied", runId });
  expect((await store.inboxRow(messageKey(waiting)))?.outcome).toMatchObject({ type: "steered", runId });
  const users = (await store.entries((await store.session("agent:main:main"))?.id ?? "")).filter(
    (entry) => entry.body.type === "user",
  );
  expect(users).toHaveLength(2);
});

test("while nothing can be stored a message waits, and is answered once when it can", async () => {
  const store = createMemoryStore();
  let isFull = true;
  const full: typeof store = {
    ...store,
    commit: (writes, options) =>
      isFull
        ? Promise.reject(new Fault("unavailable", "store.full", "The disk is full."))
        : store.commit(writes, options),
  };
  const world = openWorld({ store: full });
  const { ended } = await world.line.receive(say("hello"));
  while (world.clock.sleepers() < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  isFull = false;
  await world.clock.advance(1_000);
  expect(await ended).toMatchObject({ type: "replied" });
  await world.idle();
  expect(world.channel.sent).toHaveLength(1);
});
