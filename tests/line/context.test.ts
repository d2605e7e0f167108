// What the model reads of a long conversation, on the real line.
import { describe, expect, test } from "bun:test";
import { Fault, type ModelInfo, type ModelRequest, textOf } from "@homarus/sdk";
import type { ScriptedStep } from "@homarus/sdk/testing";
import { contextLine, openRunReading, shortenSession } from "../../server/src/core/line/context.ts";
import { openLog } from "../../server/src/core/sessions/log.ts";
import { torture } from "./torture.ts";
import { openWorld, say, type World, type WorldOptions } from "./world.ts";

const key = "agent:main:main";
const small: ModelInfo = { id: "m", name: "m", thinking: false, input: ["text"], contextTokens: 8_192 };
const words = (count: number) => "word ".repeat(count);
const notes = "## Decisions\nnone\n## Open tasks\nnone\n## Facts\nnoted\n## Failures\nnone\n## Now\nthey talk";
const isNotes = (request: ModelRequest) => request.system.stable.startsWith("You keep the notes");
const ask = async (world: World, text: string, more = {}) =>
  (await world.line.receive(say(text, { session: key, ...more }))).ended;
const bodies = async (world: World) => {
  const session = await world.store.session(key);
  return (await world.store.entries(session?.id ?? "")).map((entry) => entry.body);
};

function open(options: WorldOptions = {}): World {
  return openWorld({
    ...{ facts: small, agent: { historyChars: undefined }, script: (request) => said(request, words(150)) },
    ...options,
  });
}

function said(request: ModelRequest, text: string): ScriptedStep {
  return { text: isNotes(request) ? notes : text };
}

describe("a conversation longer than the window", () => {
  test("[B10] [B11] [B14] [B15] [B16] [B17] [B19] [B20] [B21] [B24] 300 turns with large results on 8k: no fact and no instruction is lost, nothing is refused", async () => {
    const figures = await torture({ turns: 300, windowTokens: 8_192, checkEvery: 3 });
    expect(figures.asked).toBeGreaterThan(10);
    expect(figures).toMatchObject({ lost: 0, ruleBroken: 0, failed: 0, refusedAsTooLong: 0, invalid: [] });
    expect(figures.largest).toBeLessThanOrEqual(8_192);
    // Tokens read grow with the turns and not with their square.
    expect(figures.read / figures.turns).toBeLessThan(2 * 8_192);
  }, 60_000);

  test("[B14] a list of models that promises too much costs a few refusals and no word", async () => {
    const options = { turns: 120, windowTokens: 8_192, listedTokens: 32_768, checkEvery: 20 };
    const figures = await torture(options);
    expect(figures).toMatchObject({ lost: 0, ruleBroken: 0, failed: 0, invalid: [] });
    expect(figures.refusedAsTooLong).toBeLessThan(10);
  }, 60_000);

  test("[B20] without what code copies, a mediocre writer of notes loses the owner's rule", async () => {
    const figures = await torture({ turns: 60, windowTokens: 8_192, checkEvery: 50, withoutCarryOver: true });
    expect(figures.ruleBroken).toBeGreaterThan(20);
  }, 60_000);

  test("[B21] without looking up what was said, facts of long ago are lost", async () => {
    const figures = await torture({ turns: 120, windowTokens: 8_192, checkEvery: 50, context: { recallTokens: 0 } });
    expect(figures.lost).toBeGreaterThan(0);
  }, 60_000);

  test("[B11] [B14] people see that it is put into notes, and the log stays whole", async () => {
    const world = open();
    for (let turn = 0; turn < 30; turn += 1) await ask(world, `turn ${turn} ${words(60)}`);
    expect(world.events.filter((event) => event.type === "progress")).toContainEqual(
      expect.objectContaining({ about: "compaction" }),
    );
    const log = await bodies(world);
    expect(log.filter((body) => body.type === "user")).toHaveLength(30);
    expect(log.find((body) => body.type === "event" && body.event === "compaction")).toMatchObject({ summary: notes });
    expect((await world.store.session(key))?.readFrom).toBeGreaterThan(10);
  });

  test("[B20] instructions go to the agent's memory before they leave the window, those of a group do not", async () => {
    const place = { id: "g", type: "group", title: "The crew" } as const;
    for (const [more, count] of [
      [{}, 1],
      [{ place }, 0],
    ] as const) {
      const world = open();
      await ask(world, "Never call me after nine.", more);
      for (let turn = 0; turn < 30; turn += 1) await ask(world, `turn ${turn} ${words(60)}`, more);
      expect(world.remembered.filter((line) => line.includes("Never call me after nine."))).toHaveLength(count);
    }
  });

  test("[A42] after a restart the model reads what it would have read without one", async () => {
    const sent = async (restarts: boolean) => {
      const before = open();
      for (let turn = 0; turn < 30; turn += 1) await ask(before, `turn ${turn} ${words(60)}`);
      const after = restarts ? await before.restart() : before;
      await ask(after, "and now?");
      return after.provider.requests.at(-1)?.turns;
    };
    expect(await sent(true)).toEqual(await sent(false));
  });
});

describe("[B14] a model that says the prompt is too long", () => {
  const tooLong = new Fault("overflow", "provider.overflow", "The prompt is too long.");

  test("is asked again with clearly less, and no other model is asked", async () => {
    let refusals = 0;
    const world = open({
      chain: [
        { provider: "scripted", model: "one" },
        { provider: "scripted", model: "two" },
      ],
      script(request) {
        if (isNotes(request)) return { text: notes };
        if (!JSON.stringify(request.turns).includes("the last words")) return { text: words(150) };
        refusals += 1;
        return refusals <= 2 ? { fault: tooLong } : { text: "There." };
      },
    });
    for (let turn = 0; turn < 12; turn += 1) await ask(world, `turn ${turn} ${words(60)}`);
    expect(await ask(world, "the last words")).toMatchObject({ type: "replied", text: "There." });
    const sizes = world.provider.requests
      .filter((request) => !isNotes(request))
      .slice(-3)
      .map((request) => JSON.stringify(request.turns).length);
    expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) * 0.9);
    expect(sizes[2]).toBeLessThan((sizes[1] ?? 0) * 0.9);
    expect(new Set(world.provider.requests.map((request) => request.model))).toEqual(new Set(["one"]));
  });

  test("again and again is told to the person, in words", async () => {
    const world = open({ script: (request) => (isNotes(request) ? { text: notes } : { fault: tooLong }) });
    expect(await ask(world, "hello")).toMatchObject({ type: "failed", fault: { kind: "overflow" } });
    expect(world.provider.requests.filter((request) => !isNotes(request)).length).toBeLessThanOrEqual(4);
  });
});

describe("the vendor's cache", () => {
  test("[B02] what is sent begins with the same bytes from message to message: the time comes with each of them", async () => {
    const minutes = [1, 2, 3];
    const world = open({ parts: { timeText: () => `minute ${minutes.shift()}` } });
    for (const text of ["one", "two", "three"]) await ask(world, text);
    const sent = world.provider.requests.map((request) => JSON.stringify(request.turns).slice(0, -1));
    expect(sent[1]).toStartWith(sent[0] ?? "none");
    expect(sent[2]).toStartWith(sent[1] ?? "none");
    expect(sent[2]).toContain("minute 3");
    const systems = world.provider.requests.map((request) => JSON.stringify(request.system));
    expect(new Set(systems).size).toBe(1);
  });
});

describe("[B12] /compact", () => {
  test("puts the earlier part into notes, keeps what was asked for, and says what it saved", async () => {
    const world = open();
    await ask(world, "The boiler is from 1998 and must be looked at.");
    for (let turn = 0; turn < 6; turn += 1) await ask(world, `turn ${turn} ${words(60)}`);
    expect(await ask(world, "/compact the boiler")).toMatchObject({
      text: expect.stringMatching(/^The earlier part .* about \d+ tokens instead of \d+\./),
    });
    await ask(world, "and now?");
    const read = JSON.stringify(world.provider.requests.at(-1)?.turns);
    expect(read).toContain("The boiler is from 1998 and must be looked at.");
    expect(read).not.toContain("turn 1 word");
    expect(isNotes(world.provider.requests.at(-2) as ModelRequest)).toBe(true);
    expect(world.provider.requests.at(-2)?.system.stable).toContain("Above all keep what concerns this: the boiler");
  });

  test("has nothing to do in a short conversation", async () => {
    const world = open();
    expect(await ask(world, "/compact")).toMatchObject({ text: expect.stringContaining("nothing to put into notes") });
  });
});

test("/status says how full the window is and how much came from the vendor's cache", async () => {
  const world = open();
  await ask(world, "hello");
  expect(await ask(world, "/status")).toMatchObject({
    text: expect.stringContaining(
      "Context: 10 of 8192 tokens (0 %), 0 % of all that was read came from the vendor's cache",
    ),
  });
  const log = await openLog(key, "main", world.parts);
  expect(contextLine(log, { provider: "scripted", model: "m" }, world.parts)).toContain("10 of 8192");
});

test("[B23] two that write to a session never interleave: each waits until the other has done", async () => {
  const world = open();
  await ask(world, "hello");
  const order: string[] = [];
  // Takes the next number of the log, and is slow to use it.
  const slow = world.line.exclusive(key, async () => {
    const log = await openLog(key, "main", world.parts);
    const writes = log.append([{ type: "event", event: "slow" }]);
    order.push("slow begins");
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await world.store.commit(writes);
    order.push("slow ends");
  });
  const others = [
    ask(world, "and now?").then(() => order.push("answered")),
    world.line.shorten(key, "main").then(() => order.push("shortened")),
  ];
  await Promise.all([slow, ...others]);
  expect(order.slice(0, 2)).toEqual(["slow begins", "slow ends"]);
  expect(order).toHaveLength(4);
  const session = await world.store.session(key);
  const seqs = (await world.store.entries(session?.id ?? "")).map((entry) => entry.seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});

test("[B23] thirty messages, cuts and notes at once leave a log without a gap, each answer after its question", async () => {
  const world = open({ script: (request) => said(request, `answer to ${lastWords(request)}`) });
  const work = Array.from({ length: 30 }, (_, index) =>
    index % 5 === 4 ? shortenSessionOf(world) : ask(world, `question ${index}`),
  );
  await Promise.all(work);
  const log = await bodies(world);
  const heard = log.filter((body) => body.type === "user").length;
  expect(heard).toBe(24);
  for (const [index, body] of log.entries()) if (body.type === "step") expect(log[index - 1]?.type).toBe("user");
});

function lastWords(request: ModelRequest): string {
  const last = request.turns.at(-1);
  return last?.type === "user" ? textOf(last.content.filter((block) => block.type === "text" && !block.house)) : "";
}

function shortenSessionOf(world: World): Promise<unknown> {
  return world.line.exclusive(key, () => shortenSession({ key, agent: "main" }, world.parts));
}

test("[B21] what a message asks about is looked up only where something is out of view, and once", async () => {
  const world = open();
  await ask(world, "The code of the silver gate is Q7.");
  await ask(world, "What was the code of the silver gate?");
  const recalled = async () => (await bodies(world)).filter((body) => body.type === "event" && body.recalled);
  expect(await recalled()).toEqual([]);
  for (let turn = 0; turn < 30; turn += 1) await ask(world, `turn ${turn} ${words(60)}`);
  await ask(world, "What was the code of the silver gate?");
  const last = world.provider.requests.at(-1)?.turns.at(-1);
  expect(JSON.stringify(last)).toContain("The code of the silver gate is Q7.");
  expect((await recalled()).at(-1)).toMatchObject({ recalled: expect.arrayContaining([1]) });
  const log = await openLog(key, "main", world.parts);
  const wish = { name: undefined, byHand: false, thinking: "off", session: log.session.id } as const;
  const reading = openRunReading(
    {
      ...{ agent: world.parts.agent("main"), wish, log, runId: "none", message: say("x") },
      payer: { runId: "none", agent: "main", sessionKey: log.session.key },
      ...{ signal: world.parts.signal, request: { system: { stable: "", volatile: "" }, tools: [] } },
    },
    world.parts,
  );
  const steps = reading.next({ provider: "scripted", model: "m" });
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  expect(step.value.say.turns[0]).toMatchObject({ type: "user" });
});
