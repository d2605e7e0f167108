import { describe, expect, test } from "bun:test";
import { Fault, type InboundMessage, type InboxRow, noUsage } from "@homarus/sdk";
import type { RunResult } from "../../server/src/core/agent/run.ts";
import { prepare } from "../../server/src/core/line/prepare.ts";
import { ride } from "../../server/src/core/line/ride.ts";
import { createRuns, shutdownFault } from "../../server/src/core/line/runs.ts";
import { conclude, settle, storedOutcome } from "../../server/src/core/line/settle.ts";
import type { Lane, Waiting } from "../../server/src/core/sessions/lane.ts";
import { openPolicy, openWorld, say, type World, type WorldOptions } from "./world.ts";

const route = { agent: "main", sessionKey: "agent:main:main" };
const empty: Lane<InboxRow> = { take: () => [] };
const plain = {
  authority: { audience: "owner", marks: [], isUnattended: false },
  pause: () => async () => undefined,
} as const;

async function admitted(world: World, message: InboundMessage = say("hello")): Promise<InboxRow> {
  return (await world.store.admit(message, 1)) as InboxRow;
}

async function prepared(options: WorldOptions = {}, changes: Partial<InboundMessage> = {}, lane = empty) {
  const world = openWorld(options);
  const row = await admitted(world, say("hello", changes));
  const boarding = { row, route, runId: "run", lane, signal: new AbortController().signal, ...plain };
  return { world, row, prepared: await prepare(boarding, world.parts) };
}

const entriesOf = async (world: World) => world.store.entries((await world.store.session(route.sessionKey))?.id ?? "");

describe("prepare", () => {
  test("the message's own line and its run are durable before the run begins", async () => {
    const { world, row, prepared: it } = await prepared();
    expect((await entriesOf(world)).map(({ runId, body }) => [runId, body.type])).toEqual([["run", "user"]]);
    expect(await world.store.inboxRow(row.message)).toMatchObject({ runId: "run", sessionKey: route.sessionKey });
    expect(it.turn.entries()).toHaveLength(1);
  });

  test("a run that is taken up again does not write its message a second time", async () => {
    const { world, row } = await prepared();
    const again = (await world.store.inboxRow(row.message)) as InboxRow;
    const boarding = { row: again, route, runId: "run", lane: empty, signal: new AbortController().signal, ...plain };
    await prepare(boarding, world.parts);
    expect(await entriesOf(world)).toHaveLength(1);
  });

  test("the model reads who speaks in a group, what was answered, and what could not be fetched", async () => {
    const { prepared: it } = await prepared(
      {},
      {
        place: { id: "g", type: "group" },
        replyTo: { id: "1", text: "earlier" },
        attachments: [
          { type: "missing", name: "a.zip", reason: "too large" },
          { type: "image", mediaType: "image/png", data: "AAAA" },
        ],
      },
    );
    expect(it.turn.entries()[0]?.body).toMatchObject({
      content: [
        { type: "text", text: "[in reply to: earlier]\nPat: hello\n[attachment a.zip not available: too large]" },
        { type: "image" },
      ],
    });
  });

  test("settings of the message win over those of the session, and those over the agent's", async () => {
    const world = openWorld({ agent: { model: "of-agent", thinking: "low" } });
    const turnOf = async (changes: Partial<InboundMessage> = {}) => {
      const row = await admitted(world, say("hello", changes));
      const boarding = {
        row,
        route,
        runId: row.message.id,
        lane: empty,
        signal: new AbortController().signal,
        ...plain,
      };
      const { asking } = (await prepare(boarding, world.parts)).turn;
      const next = asking.next(0);
      return next.type === "try" ? { model: next.target.model, thinking: next.thinking } : undefined;
    };
    expect(await turnOf()).toMatchObject({ model: "of-agent", thinking: "low" });
    const session = await world.store.session(route.sessionKey);
    if (session)
      await world.store.commit([
        { type: "session-put", session: { ...session, model: "of-session", thinking: "medium" } },
      ]);
    expect(await turnOf()).toMatchObject({ model: "of-session", thinking: "medium" });
    expect(await turnOf({ options: { model: "of-message", thinking: "high" } })).toMatchObject({
      model: "of-message",
      thinking: "high",
    });
  });

  test("a tool that the owner forbids is not shown to the model", async () => {
    const { prepared: it } = await prepared({ agent: { policy: { ...openPolicy, lists: [{ deny: ["act"] }] } } });
    expect(it.turn.tools.map((tool) => tool.name)).toEqual(["look"]);
    expect([...it.turn.calls.tools.keys()]).toEqual(["look"]);
  });

  test("[B09] who waits is taken along: its line, its run and its outcome in one commit", async () => {
    const world = openWorld();
    const [first, second] = [await admitted(world), await admitted(world, say("and this"))];
    const taken: string[] = [];
    const waiting: Waiting<InboxRow>[] = [{ item: second, taken: () => void taken.push(second.message.id) }];
    const lane: Lane<InboxRow> = { take: () => waiting.splice(0) };
    const { turn } = await prepare(
      { row: first, route, runId: "run", lane, signal: new AbortController().signal, ...plain },
      world.parts,
    );
    expect(await turn.steer()).toEqual([{ messageId: second.message.id, text: "and this" }]);
    expect(taken).toEqual([second.message.id]);
    expect(await storedOutcome(second, world.parts)).toEqual({ type: "steered", runId: "run" });
    expect(turn.entries()).toHaveLength(2);
    expect(await turn.steer()).toEqual([]);
  });
});

describe("settle", () => {
  const replied = (text: string): RunResult => ({
    ...{ type: "replied", text, usage: { ...noUsage, input: 3 } },
    last: [{ type: "event", event: "last" }],
  });
  const failed = (fault: Fault, text = ""): RunResult => ({ type: "failed", fault, text, last: [], usage: noUsage });
  const texts = async (it: { readonly world: World }) => {
    await it.world.idle();
    return it.world.channel.sent.map((piece) => piece.text);
  };

  test("the last lines, the pieces, the use and the outcome are there together", async () => {
    const it = await prepared();
    const outcome = await settle(it.prepared, replied("hi"), undefined, it.world.parts);
    expect(outcome).toEqual({ type: "replied", runId: "run", text: "hi" });
    expect(await storedOutcome(it.row, it.world.parts)).toEqual(outcome);
    expect((await entriesOf(it.world)).at(-1)?.body).toEqual({ type: "event", event: "last" });
    expect((await it.world.store.session(route.sessionKey))?.usage.input).toBe(3);
    expect(await texts(it)).toEqual(["hi"]);
  });

  test("a second settling of the same message changes nothing", async () => {
    const it = await prepared();
    await settle(it.prepared, replied("hi"), undefined, it.world.parts);
    await expect(settle(it.prepared, replied("twice"), undefined, it.world.parts)).rejects.toMatchObject({
      kind: "bug",
    });
    expect(await texts(it)).toEqual(["hi"]);
  });

  test("the reply takes the place of its preview", async () => {
    const it = await prepared();
    const shown = await it.world.channel.send({ place: it.row.message.place, text: "h" }, it.prepared.turn.signal);
    await settle(it.prepared, replied("hi"), shown.id, it.world.parts);
    await it.world.idle();
    expect(it.world.channel.edited.map((edit) => [edit.id, edit.piece.text])).toEqual([[shown.id, "hi"]]);
  });

  test("a run that failed says what had come by then and why it ended", async () => {
    const it = await prepared();
    await settle(
      it.prepared,
      failed(new Fault("denied", "x", "Not allowed."), "I was about"),
      undefined,
      it.world.parts,
    );
    expect(await texts(it)).toEqual(["I was about\n\nNot allowed."]);
  });

  test("a run that was stopped says no more than what had come", async () => {
    const it = await prepared();
    const outcome = await settle(
      it.prepared,
      failed(new Fault("aborted", "run.stopped", "Stopped."), "I was"),
      undefined,
      it.world.parts,
    );
    expect(outcome).toMatchObject({ type: "failed", fault: { code: "run.stopped" } });
    expect(await texts(it)).toEqual(["I was"]);
  });

  test("a run that a shutdown cut keeps its message open", async () => {
    const it = await prepared();
    await settle(it.prepared, failed(shutdownFault()), undefined, it.world.parts);
    expect((await it.world.store.openInbox()).map((row) => row.message.id)).toEqual([it.row.message.id]);
    expect(await texts(it)).toEqual([]);
  });

  test("a message without a run is concluded with its outcome and its reply, or silently", async () => {
    const world = openWorld();
    const [asked, ignored] = [await admitted(world), await admitted(world)];
    await conclude(asked, { type: "refused", reason: "unknown-sender" }, "Your code is ABC", world.parts);
    await conclude(ignored, { type: "refused", reason: "not-allowed" }, undefined, world.parts);
    expect(await texts({ world })).toEqual(["Your code is ABC"]);
    expect(await world.store.openInbox()).toEqual([]);
  });

  test("where the log is the delivery, no piece is made", async () => {
    const it = await prepared({ parts: { channel: () => undefined } });
    await settle(it.prepared, replied("hi"), undefined, it.world.parts);
    expect(await it.world.store.openOutbox()).toEqual([]);
    expect(await texts(it)).toEqual([]);
  });

  test("a message that has no outcome yet is a bug to ask for", async () => {
    const world = openWorld();
    await expect(storedOutcome(await admitted(world), world.parts)).rejects.toMatchObject({ code: "line.no-outcome" });
  });
});

describe("ride", () => {
  const rider = (row: InboxRow) => ({
    row,
    route,
    authority: plain.authority,
    lane: empty as Lane<InboxRow | undefined>,
  });

  test("[B05] its events are numbered from one, and the last is always the run's end", async () => {
    const world = openWorld();
    const runs = createRuns(world.clock, world.parts.signal);
    expect(await ride(rider(await admitted(world)), runs, world.parts)).toMatchObject({ type: "replied" });
    expect(world.events.map((event) => event.seq)).toEqual(world.events.map((_, index) => index + 1));
    expect([world.events[0]?.type, world.events.at(-1)?.type]).toEqual(["run-start", "run-end"]);
    expect(runs.active()).toEqual([]);
  });

  test("a breakdown before the run began is told as its end, and leaves no run behind", async () => {
    const fault = new Fault("config", "model.none", "No model.");
    const world = openWorld({
      parts: {
        models: {
          ...openWorld().parts.models,
          asking: () => Promise.reject(fault),
        },
      },
    });
    const runs = createRuns(world.clock, world.parts.signal);
    await expect(ride(rider(await admitted(world)), runs, world.parts)).rejects.toBe(fault);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.events).toMatchObject([
      { type: "run-end", seq: 1, outcome: { type: "failed", fault: { code: "model.none" } } },
    ]);
    expect([runs.active(), world.clock.sleepers()]).toEqual([[], 0]);
  });

  test("a program's run bears the id and the time that the program gave", async () => {
    const world = openWorld({ script: [{ hang: "…" }] });
    const runs = createRuns(world.clock, world.parts.signal);
    const row = await admitted(world, say("hi", { options: { runId: "mine", timeoutMs: 3_000 } }));
    const riding = ride(rider(row), runs, world.parts);
    while (!world.events.some((event) => event.type === "text-delta"))
      await new Promise((resolve) => setImmediate(resolve));
    expect(runs.active()).toMatchObject([{ runId: "mine" }]);
    await world.clock.advance(3_000);
    expect(await riding).toMatchObject({ type: "failed", runId: "mine", fault: { code: "run.timeout" } });
  });
});
