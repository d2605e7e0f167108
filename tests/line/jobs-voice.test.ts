// Where the answers of jobs go.
import { describe, expect, test } from "bun:test";
import type { JobDelivery, Piece } from "@homarus/sdk";
import { createVoice } from "../../server/src/core/line/voice.ts";
import { hour, type JobsWorld, job, jobOf, minute, openJobsWorld, spokenTo } from "./jobs-world.ts";
import { say } from "./world.ts";

const sent = (world: JobsWorld) => world.channel.sent.map((piece) => `${piece.place.id}: ${piece.text}`);

async function announced(delivery: JobDelivery | undefined, changes: Parameters<typeof job>[0] = {}) {
  const world = await openJobsWorld({ script: [{ text: "Hello back." }, { text: "The news." }] });
  await spokenTo(world);
  const { id } = await world.work.add(job({ ...(delivery && { delivery }), ...changes }));
  const run = await world.run(id);
  await world.idle();
  return { world, run, id };
}

describe("the answer of a job", () => {
  test("goes to where the session was last spoken to, and the conversation there knows of it", async () => {
    const { world, run } = await announced(undefined);
    expect(sent(world)).toEqual(["chat: The news."]);
    expect(run).toMatchObject({ status: "ok", delivery: "queued", summary: "The news." });
    const main = await world.store.session("agent:main:main");
    expect((await world.store.entries(main?.id ?? "")).at(-1)?.body).toMatchObject({
      ...{ type: "step", content: [{ type: "text", text: "The news." }] },
    });
    await (await world.line.receive(say("tell me more"))).ended;
    expect(JSON.stringify(world.provider.requests.at(-1)?.turns)).toContain("The news.");
  });

  test("goes to the place and topic that are named, and no other log is touched", async () => {
    const { world, run } = await announced({ type: "announce", channel: "fake", place: "elsewhere", topic: "7" });
    expect(world.channel.sent).toMatchObject([{ place: { id: "elsewhere", topic: "7" }, text: "The news." }]);
    expect(run).toMatchObject({ status: "ok", delivery: "queued" });
    const main = await world.store.session("agent:main:main");
    expect(await world.store.lastSeq(main?.id ?? "")).toBe(2);
  });

  test("goes to the topic where the session was last spoken to", async () => {
    const world = await openJobsWorld();
    const place = { id: "forum", type: "group", topic: "9" } as const;
    const session = "agent:main:fake:group:forum:topic:9";
    await (await world.line.receive(say("@you hello", { place }))).ended;
    await world.idle();
    world.channel.sent.length = 0;
    const { id } = await world.work.add(job({ sessionKey: session }));
    await world.run(id);
    await world.idle();
    expect(world.channel.sent).toMatchObject([{ place: { id: "forum", type: "group", topic: "9" } }]);
  });

  test("stays in its session when it is not to be told", async () => {
    const { world, run } = await announced({ type: "none" });
    expect([sent(world), run?.delivery]).toEqual([[], "none"]);
  });

  test("of a note goes out like that of a person's message", async () => {
    const { world, run } = await announced(undefined, { says: { type: "note", text: "Water the plants" } });
    expect(sent(world)).toEqual(["chat: The news."]);
    expect(run).toMatchObject({ delivery: "queued", sessionKey: "agent:main:main" });
    const main = await world.store.session("agent:main:main");
    const texts = (await world.store.entries(main?.id ?? "")).filter((entry) =>
      JSON.stringify(entry).includes("The news."),
    );
    expect(texts).toHaveLength(1);
  });

  test("that says there is nothing to tell is not told", async () => {
    const world = await openJobsWorld({ script: [{ text: "Hi." }, { text: "NO_REPLY" }] });
    await spokenTo(world);
    const { id } = await world.work.add(job());
    expect(await world.run(id)).toMatchObject({ status: "ok", delivery: "none" });
    await world.idle();
    expect(sent(world)).toEqual([]);
  });

  test("is noted in the main session where nobody has spoken on a channel yet", async () => {
    const world = await openJobsWorld({ script: [{ text: "The news." }] });
    const { id } = await world.work.add(job());
    expect(await world.run(id)).toMatchObject({ status: "ok", delivery: "noted" });
    const main = await world.store.session("agent:main:main");
    expect(await world.store.entries(main?.id ?? "")).toMatchObject([
      { body: { type: "step", provider: "house", content: [{ text: "The news." }] } },
    ]);
  });

  test("that finds no place makes the job fail, unless it is to do what it can", async () => {
    const nowhere = { type: "announce", channel: "pigeon", place: "roof" } as const;
    const strict = await announced(nowhere);
    expect(strict.run).toMatchObject({ status: "error", delivery: "failed", fault: "config", summary: "The news." });
    expect((await jobOf(strict.world, strict.id)).state).toMatchObject({
      ...{ lastStatus: "error", consecutiveErrors: 1, lastDelivery: "failed" },
      lastError: "The channel pigeon is not set up, or does not run.",
    });
    const lenient = await announced({ ...nowhere, bestEffort: true });
    expect(lenient.run).toMatchObject({ status: "ok", delivery: "failed" });
    const placeless = await announced({ type: "announce", channel: "fake", account: "default", place: "chat" });
    expect(placeless.run).toMatchObject({ status: "ok", delivery: "queued" });
  });

  test("is cut as its channel cuts", async () => {
    const { world } = await announced({ type: "none" });
    const compose = ({ text, place }: { text: string; place: Piece["place"] }): Piece[] =>
      text.split(" ").map((word) => ({ place, text: word }));
    const voice = createVoice({
      ...{ ...world.parts, exclusive: world.line.exclusive },
      channel: () => ({ ...world.channel, compose }),
    });
    const spot = await voice.find({ channel: "fake", place: "p" }, { agent: "main" });
    await voice.say({ spot, text: "one two", id: "x", spokenIn: "none" }, (writes) => world.store.commit(writes));
    await world.idle();
    expect(sent(world)).toEqual(["p: one", "p: two"]);
  });

  test("of an agent that is no longer set up comes from the default agent", async () => {
    const world = await openJobsWorld({ agents: ["main", "ops"] });
    const { id } = await world.work.add(job({ agent: "ops", delivery: { type: "none" } }));
    expect(await world.run(id)).toMatchObject({ sessionKey: `agent:ops:cron:${id}` });
    const later = await world.restart({ agents: ["main"] });
    expect(await later.run(id)).toMatchObject({ status: "ok", sessionKey: `agent:main:cron:${id}` });
  });

  test("to a session that is named stands in that session", async () => {
    const { world, run } = await announced({ type: "none" }, { target: { session: "work" } });
    expect(run?.sessionKey).toBe("agent:main:work");
    expect(await world.store.session("agent:main:work")).toBeDefined();
  });
});

describe("word of a failure", () => {
  const broken = { fault: { kind: "config", code: "model.none", message: "No model.", hint: "Set one up." } } as const;

  test("is told once in a row, with what to do", async () => {
    const world = await openJobsWorld({ script: [{ text: "Hi." }, broken] });
    await spokenTo(world);
    const { id } = await world.work.add(job());
    await world.run(id);
    await world.run(id);
    await world.idle();
    expect(sent(world)).toEqual(["chat: The job Look round failed: No model. Set one up."]);
  });

  test("goes where failures are to go, and comes as often as it is to come", async () => {
    const world = await openJobsWorld({ script: [{ text: "Hi." }, broken] });
    await spokenTo(world);
    const alert = { channel: "fake", place: "ops", after: 2, cooldownMs: hour };
    const { id } = await world.work.add(job({ alert, delivery: { type: "none" } }));
    for (const wait of [0, minute, minute, hour]) {
      await world.clock.advance(wait);
      await world.run(id);
    }
    await world.idle();
    expect(sent(world)).toEqual(Array(2).fill("ops: The job Look round failed: No model. Set one up."));
  });

  test("is not told where nobody is to be told, nor of a run that a person stopped", async () => {
    const world = await openJobsWorld({ script: [{ text: "Hi." }, broken, { hang: "Thinking" }] });
    await spokenTo(world);
    const quiet = await world.work.add(job({ alert: false }));
    await world.run(quiet.id);
    const stopped = await world.work.add(job());
    const ended = world.run(stopped.id);
    await world.pass(0);
    world.line.runs.abort(`agent:main:cron:${stopped.id}`);
    expect(await ended).toMatchObject({ status: "error", fault: "aborted", delivery: "none" });
    await world.idle();
    expect(sent(world)).toEqual([]);
  });
});
