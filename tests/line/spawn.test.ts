// Sub-agents on the real line: their rights, their number, their depth, their end, and what a crash leaves of them.
import { expect, test } from "bun:test";
import { type Authority, Fault, type InboundMessage, type Outcome, type SessionAnswer, textOf } from "@homarus/sdk";
import type { ScriptedStep } from "@homarus/sdk/testing";
import { createSessionsFrom } from "../../server/src/core/line/agent-sessions.ts";
import { answerOf, narrowed, type Standpoint, saidTo, within } from "../../server/src/core/line/between-sessions.ts";
import { createSpawn } from "../../server/src/core/line/spawn.ts";
import { openWorld, type World } from "./world.ts";

const main = "agent:main:main";
const owner: Authority = { audience: "owner", marks: [], isUnattended: false };
const turn = () => new Promise((resolve) => setImmediate(resolve));

function standing(more: Partial<Standpoint> = {}): Standpoint {
  return {
    ...{ sessionKey: main, agent: "main", hops: 0, callKey: "r:1:c", signal: new AbortController().signal },
    ...{ authority: () => owner, heard: () => undefined, ...more },
  };
}

const from = (world: World, more: Partial<Standpoint> = {}) => world.line.sessions(standing(more));
const wish = { task: "Count the files.", timeoutMs: 60_000 };
const keyOf = (answer: SessionAnswer): string => answer.key;

async function entriesOf(world: World, key: string) {
  return world.store.entries((await world.store.session(key))?.id ?? "");
}

test("[A44] [C01] a task is done in a session of its own, and its answer comes back", async () => {
  const world = openWorld({ script: [{ text: "There are 7." }] });
  const answer = await from(world).spawn({ ...wish, label: "counting" });
  expect(answer).toMatchObject({ type: "replied", text: "There are 7." });
  expect(keyOf(answer)).toMatch(/^agent:main:subagent:[0-9a-f]{20}$/);
  expect((await world.store.session(keyOf(answer)))?.label).toBe("sub-agent: counting");
  const words = (await entriesOf(world, keyOf(answer))).flatMap(({ body }) =>
    body.type === "user" ? [textOf(body.content)] : [],
  );
  expect(words).toEqual([`[session ${main}] Count the files.`]);
  expect(JSON.stringify(world.provider.requests[0])).toContain("You are a sub-agent");
});

test("the same call again is the same task: it is not done twice, and its answer is the first one", async () => {
  const script: readonly ScriptedStep[] = [{ text: "Once." }, { text: "Twice." }];
  const world = openWorld({ script });
  const first = await from(world).spawn(wish);
  expect(await from(world).spawn(wish)).toEqual(first);
  expect(await from(world, { callKey: "r:1:d" }).spawn(wish)).toMatchObject({ type: "replied", text: "Twice." });
});

test("a restart in the middle of a task ends in one answer", async () => {
  const world = openWorld({ script: [{ hang: "Hm" }] });
  from(world)
    .spawn(wish)
    .catch(() => undefined);
  while ((await world.store.openInbox()).length === 0 || world.provider.requests.length === 0) await turn();
  const next = await world.restart([{ text: "After all." }, { text: "Again?" }]);
  await next.line.resume();
  const answer = await from(next).spawn(wish);
  expect(answer).toMatchObject({ type: "replied", text: "After all." });
  expect((await entriesOf(next, keyOf(answer))).filter(({ body }) => body.type === "user")).toHaveLength(1);
});

test("[C01] it goes three deep, is not to be had from a group, and five work at the same time for one, twenty in the house", async () => {
  const world = openWorld({ script: [{ text: "Done." }] });
  expect(await from(world, { hops: 2, callKey: "deep" }).spawn(wish)).toMatchObject({ type: "replied" });
  await expect(from(world, { hops: 3 }).spawn(wish)).rejects.toMatchObject({ code: "session.depth" });
  const group = from(world, { sessionKey: "agent:main:telegram:group:-1" });
  await expect(group.spawn(wish)).rejects.toMatchObject({ code: "session.in-group" });
  const ends: ((outcome: Outcome) => void)[] = [];
  const received: InboundMessage[] = [];
  const spawn = createSpawn({
    ...world.parts,
    runs: world.line.runs,
    async receive(message) {
      received.push(message);
      return { ended: new Promise((resolve) => ends.push(resolve)) };
    },
  });
  const tasks = Array.from({ length: 5 }, (_, index) => spawn(wish, standing({ callKey: `c${index}` })));
  while (ends.length < 5) await turn();
  await expect(spawn(wish, standing({ callKey: "c6" }))).rejects.toMatchObject({ kind: "limited" });
  for (const name of ["a", "b", "c"])
    for (let index = 0; index < 5; index += 1)
      tasks.push(spawn(wish, standing({ sessionKey: `agent:main:${name}`, callKey: `${name}${index}` })));
  while (ends.length < 20) await turn();
  const other = standing({ sessionKey: "agent:main:d", callKey: "d" });
  await expect(spawn(wish, other)).rejects.toMatchObject({ code: "session.too-many" });
  expect(received.map(({ hops, authority }) => [hops, authority])).toEqual(Array(20).fill([1, owner]));
  for (const end of ends) end({ type: "replied", text: "Done.", deliveries: [] } as never);
  expect((await Promise.all(tasks)).map(({ type }) => type)).toEqual(Array(20).fill("replied"));
  void spawn(wish, standing({ callKey: "c7" }));
  while (ends.length < 21) await turn();
});

test("it gets no tool that the run which asks may not call, whatever is wished for", async () => {
  expect(narrowed(undefined, undefined)).toBeUndefined();
  expect(narrowed(["read"], undefined)).toEqual(["read"]);
  expect(narrowed(undefined, ["exec"])).toEqual(["exec"]);
  expect(narrowed(["read", "act"], ["exec", "act"])).toEqual(["act"]);
  const world = openWorld({ script: [{ calls: [{ id: "c1", name: "act", input: {} }] }, { text: "I could not." }] });
  expect(await from(world, { only: ["read"] }).spawn({ ...wish, tools: ["act"] })).toMatchObject({ type: "replied" });
  expect(world.ran).toEqual([]);
});

test("[C08] what takes longer than its time is stopped, and told as that", async () => {
  const world = openWorld({ script: [{ hang: "Hm" }] });
  const answer = from(world).spawn({ ...wish, timeoutMs: 5_000 });
  while (world.provider.requests.length === 0) await turn();
  expect(world.line.runs.active().map(({ sessionKey }) => sessionKey)).toEqual([expect.stringContaining(":subagent:")]);
  await world.clock.advance(5_000);
  expect(await answer).toMatchObject({ type: "failed", reason: expect.stringContaining("5 seconds") });
  expect(world.line.runs.active()).toEqual([]);
});

test("with the run that asked its sub-agent ends, and not by a shutdown", async () => {
  const stopped: string[] = [];
  const world = openWorld();
  const sessions = createSessionsFrom({
    ...world.parts,
    receive: async () => ({ ended: new Promise<never>(() => undefined) }),
    runs: { active: () => [], abort: (key) => [key].filter((one) => stopped.push(one) < 0) },
  });
  const stop = new AbortController();
  const answer = sessions(standing({ signal: stop.signal })).spawn(wish);
  while (world.clock.sleepers() < 1) await turn();
  stop.abort(new Fault("aborted", "run.stopped", "The run was stopped."));
  expect(stopped).toEqual([keyOf(await answer)]);
  const closing = new AbortController();
  const cut = sessions(standing({ signal: closing.signal })).spawn(wish);
  while (world.clock.sleepers() < 1) await turn();
  closing.abort(new Fault("unavailable", "house.shutdown", "The house closes."));
  expect((await cut).type).toBe("running");
  expect(stopped).toHaveLength(1);
});

test("a message between sessions has an id of its call, and each outcome is told in words", async () => {
  const message = saidTo("agent:main:x", "Hello", standing(), 5);
  expect(message).toMatchObject({ id: "r:1:c:agent:main:x", text: `[session ${main}] Hello`, hops: 1 });
  expect(answerOf({ type: "steered" } as never, "k").type).toBe("running");
  const { clock } = openWorld().parts;
  expect(
    await within(Promise.resolve({ type: "steered" } as never), 5, new AbortController().signal, { clock }),
  ).toEqual({
    type: "steered",
  } as never);
});
