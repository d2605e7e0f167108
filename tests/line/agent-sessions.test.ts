// Sessions of one agent that speak to each other, on the real line and with the real tools.
import { describe, expect, test } from "bun:test";
import {
  type Authority,
  type CatalogEntry,
  type Clock,
  Fault,
  type InboundMessage,
  type Json,
  type Session,
  type Tool,
  textOf,
} from "@homarus/sdk";
import { createFakeClock, createMemoryFiles, createToolCall, type ScriptedStep } from "@homarus/sdk/testing";
import { activate as history } from "../../extensions/tools/sessions_history/index.ts";
import { activate as list } from "../../extensions/tools/sessions_list/index.ts";
import { activate as send } from "../../extensions/tools/sessions_send/index.ts";
import { activate as spawn } from "../../extensions/tools/sessions_spawn/index.ts";
import catalog from "../../server/generated/catalog.json" with { type: "json" };
import { createTools } from "../../server/src/boot/tools.ts";
import { createSessionsFrom } from "../../server/src/core/line/agent-sessions.ts";
import { newSession } from "../../server/src/core/sessions/session.ts";
import { openWorld, say, type World, type WorldOptions } from "./world.ts";

const main = "agent:main:main";
const work = "agent:main:work";
const foreign = "agent:other:main";

const activated: Readonly<Record<string, Tool>> = {
  sessions_list: list({ config: {} } as never) as Tool,
  sessions_history: history({ config: {} } as never) as Tool,
  sessions_send: send({ config: {} } as never) as Tool,
  sessions_spawn: spawn({ config: {} } as never) as Tool,
};

/** The house's own tools, as the catalog describes them; only their code is at hand already. */
function toolsOf(clock: Clock) {
  return createTools({
    refuseLeak: async () => undefined,
    ...{ catalog: catalog.entries as unknown as readonly CatalogEntry[], config: () => ({ tools: {} }) as never },
    activate: async (entry) => activated[entry.id] as never,
    inputCheck: async () => () => undefined,
    ...{ workspace: () => "/workspace", files: async () => createMemoryFiles(), fetch: () => createToolCall().fetch },
    heardOutside: () => [],
    toolsets: { find: () => undefined, call: () => Promise.reject(new Error("there is none")) },
    workspaces: {
      open: () => createToolCall().sandbox(),
      processes: () => createToolCall().processes,
      reset: () => undefined,
    },
    houseFacts: () => ({ now: clock.now(), timeZone: "UTC", version: "0", uptimeMs: 0 }),
  });
}

async function open(options: WorldOptions = {}): Promise<World> {
  const clock = createFakeClock();
  const { specs, facts, execute } = toolsOf(clock);
  const parts = { toolSpecs: specs, toolFacts: facts };
  const world = openWorld({ clock, parts, execute, agent: { timeoutMs: 3_600_000 }, ...options });
  await put(world, { ...newSession(work, "main", { id: "work-log", now: world.clock.now() }), label: "The work" });
  await put(world, newSession(foreign, "other", { id: "foreign-log", now: world.clock.now() }));
  return world;
}

const put = (world: World, session: Session) => world.store.commit([{ type: "session-put", session }]);
const ask = async (world: World, text: string) => (await world.line.receive(say(text))).ended;

const turn = () => new Promise((resolve) => setImmediate(resolve));

function calls(name: string, input: Json, id = name): ScriptedStep {
  return { calls: [{ id, name, input }] };
}

/** What the tools answered in a session, in order. */
async function results(world: World, key: string): Promise<readonly string[]> {
  const session = await world.store.session(key);
  const entries = await world.store.entries(session?.id ?? "");
  return entries.flatMap(({ body }) => (body.type === "tool-result" ? [textOf(body.result.content)] : []));
}

/** The words that a session heard. */
async function heard(world: World, key: string): Promise<readonly string[]> {
  const session = await world.store.session(key);
  const entries = await world.store.entries(session?.id ?? "");
  return entries.flatMap(({ body }) => (body.type === "user" ? [textOf(body.content)] : []));
}

type Request = World["provider"]["requests"][number];
const isIn = (request: Request, words: string) => JSON.stringify(request.turns[0]).includes(words);

const plain = {
  authority: (): Authority => ({ audience: "owner", marks: [], isUnattended: false }),
  heard: () => undefined,
};

test("[H10] an agent lists its sessions, says something in another one, and gets that one's answer", async () => {
  const steps = [
    calls("sessions_list", { search: "WORK" }),
    calls("sessions_send", { key: "work", message: "How far is it?", timeoutSeconds: 60 }),
    { text: "It is half done." },
  ];
  const world = await open({
    script: (request) =>
      isIn(request, "[session agent:main:main] How far") ? { text: "Half done." } : (steps.shift() ?? { text: "" }),
  });
  expect(await ask(world, "How is it going?")).toMatchObject({ type: "replied", text: "It is half done." });
  await world.idle();
  const [listed, answer] = await results(world, main);
  expect(JSON.parse(listed ?? "")).toMatchObject({ key: work, label: "The work", kind: "other", running: false });
  expect(answer).toBe("Half done.");
  expect(await heard(world, work)).toEqual(["[session agent:main:main] How far is it?"]);
  expect(world.channel.sent.map((piece) => piece.text)).toEqual(["It is half done."]);
  expect(await world.store.openInbox()).toEqual([]);
  expect(await world.store.session(work)).not.toHaveProperty("last");
});

test("[H10] the history of a session can be read by its agent", async () => {
  const steps = [
    { text: "Hello, Pat." },
    calls("sessions_history", { key: "main", limit: 2 }),
    calls("sessions_history", { key: foreign }, "second"),
  ];
  const world = await open({ script: () => steps.shift() ?? { text: "Read." } });
  await ask(world, "Hello");
  await (await world.line.receive(say("What was said?", { session: work }))).ended;
  const [read, refused] = await results(world, work);
  expect(read).toMatch(/user Pat\]\nHello\n\n\[.* agent\]\nHello, Pat\./);
  expect(refused).toContain("belongs to another agent");
});

test("without a wait it is accepted at once; a wait that is too short says that it still runs", async () => {
  const steps = [
    calls("sessions_send", { key: work, message: "one" }, "first"),
    calls("sessions_send", { key: work, message: "two", timeoutSeconds: 5 }, "second"),
    { text: "Told." },
  ];
  const world = await open({
    script: (request) => (isIn(request, "[session") ? { hang: "Hm" } : (steps.shift() ?? { text: "" })),
  });
  const ended = ask(world, "Tell them");
  // Two runs, the time of the call, and its wait.
  while ((await results(world, main)).length < 1 || world.clock.sleepers() < 4) await turn();
  await world.clock.advance(6_000);
  expect(await ended).toMatchObject({ text: "Told." });
  expect(await results(world, main)).toEqual([
    expect.stringContaining("accepted: agent:main:work"),
    expect.stringContaining("running: agent:main:work has the message and is not done yet"),
  ]);
});

describe("refused, with nothing said anywhere:", () => {
  test.each([
    ["its own session", { key: "main" }, "is this very session"],
    ["a session of another agent", { key: foreign }, "belongs to another agent"],
    ["a session of another agent that is not there", { key: "agent:other:none" }, "belongs to another agent"],
    ["a session that is not there", { key: "agent:main:none" }, "There is no session agent:main:none"],
  ])("%s", async (_, { key }, reason) => {
    const steps = [calls("sessions_send", { key, message: "Hello", timeoutSeconds: 9 }), { text: "Refused." }];
    const world = await open({ script: () => steps.shift() ?? { text: "" } });
    await ask(world, "Say hello");
    expect(await results(world, main)).toEqual([expect.stringContaining(reason)]);
    expect([await heard(world, work), await heard(world, foreign)]).toEqual([[], []]);
    expect(await world.store.session("agent:main:none")).toBeUndefined();
  });

  test.each([
    ["sessions_list", {}],
    ["sessions_history", { key: "work" }],
    ["sessions_send", { key: "work", message: "Hello" }],
  ])("[L13] anything from a group, whose people may not read the rest: %s", async (name, input) => {
    const steps = [calls(name, input), { text: "Refused." }];
    const world = await open({ script: () => steps.shift() ?? { text: "" } });
    const group = "agent:main:sample:default:group:g1";
    await (await world.line.receive(say("Tell us", { session: group }))).ended;
    expect(await results(world, group)).toEqual([expect.stringContaining("From a group")]);
    expect(await heard(world, work)).toEqual([]);
  });
});

test("two sessions that always speak back come to an end after three messages", async () => {
  let made = 0;
  const world = await open({
    script: (request) => {
      const last = request.turns.at(-1);
      if (last?.type === "tool") return { text: "Enough." };
      made += 1;
      const key = JSON.stringify(last).includes("[session agent:main:main]") ? "main" : "work";
      return calls("sessions_send", { key, message: `message ${made}` }, `call-${made}`);
    },
  });
  await ask(world, "Begin");
  await world.idle();
  expect(await heard(world, work)).toEqual([
    "[session agent:main:main] message 1",
    "[session agent:main:main] message 3",
  ]);
  expect(await heard(world, main)).toEqual(["Begin", "[session agent:main:work] message 2"]);
  expect((await results(world, work)).at(-1)).toContain("have passed this on 3 times already");
});

test("[H10] a call that a kill cut is the same message when it is made again, and its answer still comes", async () => {
  const before = await open({
    script: (request) =>
      isIn(request, "[session")
        ? { hang: "Hm" }
        : calls("sessions_send", { key: work, message: "Hello", timeoutSeconds: 60 }, "call_0"),
  });
  await before.line.receive(say("Say hello"));
  while ((await before.store.openInbox()).length < 2) await turn();
  const after = await before.restart((request) =>
    isIn(request, "[session") ? { text: "Hello yourself." } : { text: "Said." },
  );
  await after.line.resume();
  await after.idle();
  expect(await results(after, main)).toEqual(["Hello yourself."]);
  expect(await heard(after, work)).toEqual(["[session agent:main:main] Hello"]);
  expect(after.channel.sent.map((piece) => piece.text)).toEqual(["Said."]);
});

test("[A44] tasks of one step are done side by side, and a kill in the middle does none of them twice", async () => {
  const tasks = ["one", "two"].map((task) => ({ id: task, name: "sessions_spawn", input: { task } }));
  const before = await open({
    script: (request) => (isIn(request, "[session") ? { hang: "Hm" } : { calls: tasks }),
  });
  await before.line.receive(say("Have both done"));
  while ((await before.store.openInbox()).length < 3) await turn();
  const after = await before.restart((request) =>
    isIn(request, "[session")
      ? { text: `Done: ${isIn(request, "] one") ? "one" : "two"}.` }
      : { text: "Both are done." },
  );
  await after.line.resume();
  await after.idle();
  expect(await results(after, main)).toEqual(["Done: one.", "Done: two."]);
  const children = (await after.store.sessions({ agent: "main", limit: 9, offset: 0 })).filter(({ key }) =>
    key.includes(":subagent:"),
  );
  expect(await Promise.all(children.map(({ key }) => heard(after, key)))).toHaveLength(2);
  for (const { key } of children) expect(await heard(after, key)).toHaveLength(1);
  expect(after.channel.sent.map((piece) => piece.text)).toEqual(["Both are done."]);
});

test("calls of two steps that a vendor gave the same id are two messages", async () => {
  const steps = [
    calls("sessions_send", { key: work, message: "one", timeoutSeconds: 9 }, "call_0"),
    calls("sessions_send", { key: work, message: "two", timeoutSeconds: 9 }, "call_0"),
  ];
  const world = await open({
    script: (request) => (isIn(request, "[session") ? { text: "Heard." } : (steps.shift() ?? { text: "Both said." })),
  });
  await ask(world, "Say both");
  expect(await heard(world, work)).toEqual(["[session agent:main:main] one", "[session agent:main:main] two"]);
});

test("what comes meanwhile does not join the answer to another session: each is answered where it asked", async () => {
  let letGo: (() => void) | undefined;
  const isHeld = new Promise<void>((resolve) => (letGo = resolve));
  let seen: (() => void) | undefined;
  const isSeen = new Promise<void>((resolve) => (seen = resolve));
  const script = (request: Request): ScriptedStep => {
    const last = JSON.stringify(request.turns.at(-1));
    if (last.includes("slow")) return { text: "Well." };
    if (last.includes("And me?")) return { text: "You too." };
    if (last.includes("[session agent:main:main]")) return calls("sessions_list", {}, "slow");
    if (last.includes("Ask them")) return calls("sessions_send", { key: work, message: "Well?", timeoutSeconds: 60 });
    return { text: "They are well." };
  };
  const world = await open({
    script,
    async execute(request) {
      if (request.call.id !== "slow") return toolsOf(createFakeClock()).execute(request);
      seen?.();
      await isHeld;
      return { content: [{ type: "text", text: "slow" }] };
    },
  });
  const first = ask(world, "Ask them");
  await isSeen;
  const second = await world.line.receive(say("And me?", { session: work }));
  letGo?.();
  expect(await second.ended).toMatchObject({ type: "replied", text: "You too." });
  await first;
  expect(await results(world, main)).toEqual(["Well."]);
});

test("a list is of one agent, as long as wanted, and tells kinds and what runs", async () => {
  const world = await open();
  const keys = ["telegram:group:-1", "telegram:direct:7", "direct:7", "cron:j1", "subagent:x", "main"];
  for (const [index, name] of keys.entries())
    await put(world, newSession(`agent:main:${name}`, "main", { id: name, now: world.clock.now() + index + 1 }));
  const from = createSessionsFrom({
    ...world.parts,
    receive: world.line.receive,
    runs: { active: () => [{ runId: "r", sessionKey: "agent:main:cron:j1", startedAt: 0 }], abort: () => [] },
  });
  const at = { sessionKey: main, agent: "main", hops: 0, callKey: "c", signal: new AbortController().signal, ...plain };
  const rows = await from(at).list({ limit: 100 });
  expect(rows.map((row) => row.kind)).toEqual(["main", "subagent", "job", "direct", "direct", "group", "other"]);
  expect(rows.filter((row) => row.running).map((row) => row.key)).toEqual(["agent:main:cron:j1"]);
  expect(await from(at).list({ limit: 2, since: world.clock.now() + 4 })).toHaveLength(2);
  expect(await from(at).list({ limit: 100, search: "nowhere" })).toEqual([]);
});

test("a wait that is stopped leaves the message standing; a call that was stopped before says nothing", async () => {
  const world = await open();
  const received: InboundMessage[] = [];
  const receive = async (message: InboundMessage) => {
    received.push(message);
    return { ended: new Promise<never>(() => undefined) };
  };
  const stop = new AbortController();
  const at = { sessionKey: main, agent: "main", hops: 1, callKey: "c", signal: stop.signal, ...plain };
  const words = { key: work, text: "Hello", waitMs: 60_000 };
  const from = createSessionsFrom({ ...world.parts, receive, runs: { active: () => [], abort: () => [] } });
  const answer = from(at).send(words);
  while (world.clock.sleepers() < 1) await turn();
  stop.abort(new Fault("aborted", "run.stopped", "The run was stopped."));
  expect(await answer).toEqual({ type: "running", key: work });
  await expect(from(at).send(words)).rejects.toMatchObject({ code: "run.stopped" });
  const closing = createSessionsFrom({ ...world.parts, receive, runs: world.line.runs, signal: AbortSignal.abort() });
  const calling = { ...at, signal: new AbortController().signal };
  await expect(closing(calling).send(words)).rejects.toMatchObject({ code: "house.shutdown" });
  expect(received).toMatchObject([{ id: `c:${work}`, origin: "agent", session: work, hops: 2 }]);
});
