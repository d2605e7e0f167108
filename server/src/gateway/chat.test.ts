import { describe, expect, test } from "bun:test";
import type { RunEventBody } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { ordinaryRun } from "./testing/fake-house.ts";
import { type Frame, openForTest } from "./testing/open-for-test.ts";

const start = 1_800_000_000_000;
const main = "agent:main:main";
const noTokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

function open(clock = createFakeClock(start), store = createMemoryStore()) {
  return openForTest({ listen, clock, store });
}

function say(message: string, idempotencyKey: string, more: Frame = {}): Frame {
  return { sessionKey: "main", message, idempotencyKey, ...more };
}

const isChat = (state: string) => (frame: Frame) => frame.event === "chat" && frame.payload.state === state;
const isAgent = (stream: string) => (frame: Frame) => frame.event === "agent" && frame.payload.stream === stream;
const isFor = (runId: string) => (frame: Frame) => frame.payload?.runId === runId;

describe("chat.send", () => {
  test("[G09] a message enters the one door and its answer streams back as agent and chat events", async () => {
    await using it = await open();
    const client = await it.connect({ client: { id: "webchat", version: "1", platform: "web", mode: "webchat" } });
    const answer = await client.call("chat.send", say("hi", "k1", { thinking: "minimal", timeoutMs: 9000 }));
    expect(answer).toMatchObject({ ok: true, payload: { runId: "k1", status: "started" } });
    expect(it.fake.heard).toEqual([
      {
        id: "k1",
        channel: "webchat",
        account: "default",
        origin: "person",
        peer: { id: "webchat" },
        place: { id: main, type: "direct" },
        text: "hi",
        attachments: [],
        mentioned: true,
        sentAt: start,
        session: main,
        options: { runId: "k1", thinking: "low", timeoutMs: 9000 },
      },
    ]);
    it.fake.happen("k1", main, ...ordinaryRun("k1", ["Hel", "lo"]));
    const final = await client.next(isChat("final"));
    expect(final.payload).toEqual({
      runId: "k1",
      sessionKey: main,
      seq: 4,
      state: "final",
      message: { role: "assistant", content: [{ type: "text", text: "Hello" }], timestamp: start },
    });
    const agent = client.frames.filter((frame) => frame.event === "agent").map((frame) => frame.payload);
    expect(agent).toEqual([
      {
        runId: "k1",
        stream: "lifecycle",
        data: { phase: "start", startedAt: start },
        sessionKey: main,
        seq: 1,
        ts: start,
      },
      { runId: "k1", stream: "assistant", data: { text: "Hel", delta: "Hel" }, sessionKey: main, seq: 2, ts: start },
      { runId: "k1", stream: "assistant", data: { text: "Hello", delta: "lo" }, sessionKey: main, seq: 3, ts: start },
      {
        runId: "k1",
        stream: "lifecycle",
        data: { phase: "end", startedAt: start, endedAt: start },
        sessionKey: main,
        seq: 4,
        ts: start,
      },
    ]);
  });

  test("chat deltas hold the whole text so far, at most one in 150 ms, and the last words before a step ends", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    const client = await it.connect();
    it.fake.happen("r", main, { type: "text-delta", text: "a" });
    await clock.advance(100);
    it.fake.happen("r", main, { type: "text-delta", text: "b" });
    await clock.advance(100);
    it.fake.happen("r", main, { type: "text-delta", text: "c" }, { type: "text-delta", text: "d" });
    it.fake.happen("r", main, { type: "step-end", text: "abcd", stopReason: "tool-calls", usage: noTokens });
    it.fake.happen("r", main, { type: "text-delta", text: "next" });
    await clock.advance(200);
    it.fake.happen("r", main, { type: "text-delta", text: " step" });
    await client.next((frame) => isChat("delta")(frame) && frame.payload.message.content[0].text === "next step");
    const texts = client.frames.filter(isChat("delta")).map((frame) => frame.payload.message.content[0].text);
    expect(texts).toEqual(["a", "abc", "abcd", "next step"]);
  });

  test("the same key is answered in_flight while it runs and ok afterwards, and is heard once", async () => {
    await using it = await open();
    const client = await it.connect();
    const [first, twin] = await Promise.all([
      client.call("chat.send", say("hi", "k")),
      client.call("chat.send", say("hi", "k")),
    ]);
    expect([first.payload.status, twin.payload.status].sort()).toEqual(["in_flight", "started"]);
    it.fake.happen("k", main, ...ordinaryRun("k", ["x"]));
    expect((await client.call("chat.send", say("hi", "k"))).payload).toEqual({ runId: "k", status: "ok" });
    expect(it.fake.heard).toHaveLength(1);
  });

  test("a key answered before the gateway was started is known as answered, and nobody is told again", async () => {
    const store = createMemoryStore();
    {
      await using before = await open(createFakeClock(start), store);
      const client = await before.connect();
      await client.call("chat.send", say("hi", "k"));
      await before.fake.end("k", { type: "replied", runId: "k", text: "hello" });
    }
    await using after = await open(createFakeClock(start), store);
    const client = await after.connect();
    expect((await client.call("chat.send", say("hi", "k"))).payload).toEqual({ runId: "k", status: "ok" });
    await client.call("health");
    expect(client.frames.filter((frame) => frame.event === "chat")).toEqual([]);
  });

  test("words that steer another run end with a final event that has no message", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("chat.send", say("and also this", "k2"));
    await it.fake.end("k2", { type: "steered", runId: "k1" });
    const final = await client.next((frame) => isChat("final")(frame) && isFor("k2")(frame));
    expect(final.payload.message).toBeUndefined();
  });

  test("the run's own end is told, also when the message's outcome is known a moment before", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("chat.send", say("hi", "k"));
    const [begun, ...rest] = ordinaryRun("k", ["hello"]);
    if (begun) it.fake.happen("k", main, begun);
    await it.fake.end("k", { type: "replied", runId: "k", text: "hello" });
    await client.call("health");
    it.fake.happen("k", main, ...rest);
    await client.next(isChat("final"));
    const told = client.frames.filter((frame) => frame.event !== undefined && isFor("k")(frame));
    expect(told.map((frame) => frame.payload.data?.phase ?? frame.payload.state ?? frame.payload.stream)).toEqual([
      "start",
      "assistant",
      "delta",
      "end",
      "final",
    ]);
  });

  test("a refused message ends with its reply or an error, a failed one with what to do", async () => {
    await using it = await open();
    const client = await it.connect();
    for (const key of ["a", "b", "c"]) await client.call("chat.send", say("hi", key));
    await it.fake.end("a", { type: "refused", reason: "too-many", reply: "Slow down." });
    await it.fake.end("b", { type: "refused", reason: "not-allowed" });
    const fault = { kind: "auth", code: "x.key", message: "The key was refused.", hint: "Renew it." } as const;
    await it.fake.end("c", { type: "failed", fault });
    const reply = await client.next((frame) => isChat("final")(frame) && isFor("a")(frame));
    expect(reply.payload.message.content[0].text).toBe("Slow down.");
    const refused = await client.next((frame) => isChat("error")(frame) && isFor("b")(frame));
    expect(refused.payload.errorMessage).toBe("not accepted: not-allowed");
    const failed = await client.next((frame) => isChat("error")(frame) && isFor("c")(frame));
    expect(failed.payload.errorMessage).toBe("The key was refused. Renew it.");
    expect(await client.call("chat.send", say("hi", "c"))).toMatchObject({
      ok: false,
      payload: { runId: "c", status: "error" },
      error: { code: "UNAVAILABLE", message: "The key was refused. Renew it." },
    });
  });

  test("a message the house cannot take is UNAVAILABLE, and the same key may be sent again", async () => {
    await using it = await open();
    const client = await it.connect();
    it.fake.admit(false);
    const refused = await client.call("chat.send", say("hi", "k"));
    expect(refused.error).toMatchObject({ code: "UNAVAILABLE", message: "The house is shutting down." });
    it.fake.admit(true);
    expect((await client.call("chat.send", say("hi", "k"))).payload.status).toBe("started");
  });

  test("attachments become media, and bad or large ones are refused before anything is heard", async () => {
    await using it = await open();
    const client = await it.connect();
    const image = { type: "image", mimeType: "image/png", fileName: "a.png", content: "data:image/png;base64,AAAA" };
    await client.call("chat.send", say("", "k", { attachments: [image, { mimeType: "text/plain", content: "aGk=" }] }));
    expect(it.fake.heard[0]?.attachments).toEqual([
      { type: "image", mediaType: "image/png", data: "AAAA", name: "a.png" },
      { type: "file", mediaType: "text/plain", data: "aGk=" },
    ]);
    const refusals: [unknown, string][] = [
      [[{ fileName: "b", content: 5 }], "attachment b: content must be base64 string"],
      [[{ fileName: "b", content: "?" }], "attachment b: invalid base64 content"],
      [[null], "attachment attachment-1: content must be base64 string"],
      [
        [{ fileName: "b", content: "A".repeat(6_666_672) }],
        "attachment b: exceeds size limit (5000004 > 5000000 bytes)",
      ],
    ];
    for (const [attachments, message] of refusals) {
      expect((await client.call("chat.send", say("x", "other", { attachments }))).error).toEqual({
        code: "INVALID_REQUEST",
        message,
      });
    }
    expect((await client.call("chat.send", say(" ", "other"))).error.message).toBe("message or attachment required");
    expect((await client.call("chat.send", say("a\u0000", "other"))).error.message).toBe(
      "message must not contain null bytes",
    );
    expect(it.fake.heard).toHaveLength(1);
  });

  test("[G11] several sessions share one connection, each with its own runs", async () => {
    await using it = await open();
    const client = await it.connect();
    const sessions = ["main", "work", "agent:main:home"];
    await Promise.all(
      sessions.map((sessionKey) => client.call("chat.send", { sessionKey, message: "hi", idempotencyKey: sessionKey })),
    );
    for (const message of it.fake.heard)
      it.fake.happen(message.id, message.session ?? "", ...ordinaryRun(message.id, [`to ${message.id}`]));
    for (const sessionKey of sessions) {
      const final = await client.next((frame) => isChat("final")(frame) && isFor(sessionKey)(frame));
      expect(final.payload.message.content[0].text).toBe(`to ${sessionKey}`);
    }
    expect(it.fake.heard.map((message) => message.session)).toEqual([main, "agent:main:work", "agent:main:home"]);
  });
});

describe("stopping", () => {
  test("[G17] chat.abort stops the runs of a session, and the partial text comes with the aborted event", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("chat.send", say("hi", "k"));
    it.fake.happen(
      "k",
      main,
      { type: "run-start", messageId: "k", model: "offline/demo" },
      { type: "text-delta", text: "Half" },
    );
    const answer = await client.call("chat.abort", { sessionKey: "main", runId: "k" });
    expect(answer.payload).toEqual({ ok: true, aborted: true, runIds: ["k"] });
    expect(it.fake.aborted).toEqual(["k"]);
    const fault = { kind: "aborted", code: "run.aborted", message: "Stopped." } as const;
    it.fake.happen("k", main, {
      type: "run-end",
      outcome: { type: "failed", runId: "k", fault },
      text: "",
      usage: noTokens,
    });
    const aborted = await client.next(isChat("aborted"));
    expect(aborted.payload.message.content[0].text).toBe("Half");
    expect((await client.call("agent.wait", { runId: "k" })).payload).toMatchObject({
      status: "error",
      error: "aborted",
    });
  });

  test("[G09] a stop word stops instead of being heard, and a follow-up during a run is heard", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("chat.send", say("long work", "k1"));
    await client.call("chat.send", say("and faster", "k2"));
    expect((await client.call("chat.send", say(" /STOP ", "k3"))).payload).toEqual({
      ok: true,
      aborted: true,
      runIds: ["run-of-session"],
    });
    expect(it.fake.heard.map((message) => message.text)).toEqual(["long work", "and faster"]);
  });

  test("a run of another session is not stopped by its id", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("chat.send", say("hi", "k"));
    const answer = await client.call("chat.abort", { sessionKey: "other", runId: "k" });
    expect(answer.error).toEqual({ code: "INVALID_REQUEST", message: "runId does not match sessionKey" });
    expect(it.fake.aborted).toEqual([]);
  });
});

describe("who hears a run", () => {
  const tool: RunEventBody[] = [
    { type: "tool-start", callId: "c1", name: "read", input: { path: "a" } },
    { type: "tool-progress", callId: "c1", name: "read", text: "half" },
    { type: "tool-end", callId: "c1", name: "read", isError: false, text: "contents", durationMs: 3 },
  ];

  test("[B07] every client that may read hears the run; one without scopes hears nothing of it", async () => {
    await using it = await open();
    const [one, two, deaf] = [
      await it.connect(),
      await it.connect({ scopes: ["operator.read"] }),
      await it.connect({ scopes: [] }),
    ];
    it.fake.happen("elsewhere", "agent:main:telegram:7", ...ordinaryRun("elsewhere", ["hi"]));
    for (const client of [one, two]) {
      await client.next(isChat("final"));
      expect(client.frames.filter(isAgent("assistant"))).toHaveLength(1);
    }
    expect((await deaf.call("health")).ok).toBe(false);
    expect(deaf.frames.filter((frame) => frame.event === "agent" || frame.event === "chat")).toEqual([]);
  });

  test("tool events go to the client that started the run and asked for them, and to no other", async () => {
    await using it = await open();
    const starter = await it.connect({ caps: ["tool-events"] });
    const other = await it.connect({ caps: ["tool-events"] });
    const plain = await it.connect();
    await starter.call("chat.send", say("hi", "k"));
    await plain.call("chat.send", say("hi", "k2"));
    it.fake.happen("k2", main, ...tool);
    it.fake.happen("k", main, ...tool, ...ordinaryRun("k", ["ok"]));
    await plain.next(isChat("final"));
    expect(plain.frames.filter(isAgent("tool"))).toEqual([]);
    await starter.next(isChat("final"));
    await other.next(isChat("final"));
    const told = starter.frames.filter(isAgent("tool"));
    expect(told.map((frame) => frame.payload.data)).toEqual([
      { phase: "start", name: "read", toolCallId: "c1", args: { path: "a" } },
      { phase: "update", name: "read", toolCallId: "c1", partialResult: { content: [{ type: "text", text: "half" }] } },
      {
        phase: "result",
        name: "read",
        toolCallId: "c1",
        isError: false,
        result: { content: [{ type: "text", text: "contents" }] },
      },
    ]);
    expect(told.every((frame) => frame.seq === undefined)).toBe(true);
    expect(other.frames.filter(isAgent("tool"))).toEqual([]);
  });

  test("thinking, retries and steering are told as streams of their own", async () => {
    await using it = await open();
    const client = await it.connect();
    it.fake.happen(
      "r",
      main,
      { type: "text-delta", text: "lost" },
      { type: "fault", fault: { kind: "unavailable", code: "x.cut", message: "The stream was cut." }, attempt: 1 },
      { type: "thinking-delta", text: "hm" },
      { type: "steered", messageId: "m2", text: "more" },
      ...ordinaryRun("r", ["kept"]),
    );
    expect((await client.next(isAgent("thinking"))).payload.data).toEqual({ text: "hm", delta: "hm" });
    expect((await client.next(isAgent("fault"))).payload.data).toMatchObject({ attempt: 1, kind: "unavailable" });
    expect((await client.next(isAgent("steered"))).payload.data).toEqual({ messageId: "m2", text: "more" });
    await client.next(isChat("final"));
    expect(client.frames.filter(isAgent("assistant")).at(-1)?.payload.data.text).toBe("kept");
  });
});

describe("agent and agent.wait", () => {
  test("[G16] agent answers twice on one id: accepted, then the result of the run", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    const accepted = await client.call("agent", {
      message: "hi",
      idempotencyKey: "a1",
      extraSystemPrompt: "Be brief.",
      timeout: 5,
    });
    expect(accepted.payload).toEqual({ runId: "a1", status: "accepted", acceptedAt: start });
    expect(it.fake.heard[0]).toMatchObject({
      origin: "program",
      session: main,
      options: { runId: "a1", timeoutMs: 5000, extraSystem: "Be brief." },
    });
    it.fake.happen("a1", main, ...ordinaryRun("a1", ["done"]));
    const final = await client.next((frame) => frame.id === accepted.id);
    expect(final).toMatchObject({
      ok: true,
      payload: {
        runId: "a1",
        status: "ok",
        summary: "completed",
        result: {
          payloads: [{ text: "done", mediaUrl: null }],
          meta: {
            durationMs: 0,
            agentMeta: {
              sessionId: `id-of-${main}`,
              provider: "offline",
              model: "demo",
              usage: { input: 10, output: 20 },
            },
          },
        },
      },
    });
    const again = await client.call("agent", { message: "hi", idempotencyKey: "a1" });
    expect(again.payload.status).toBe("ok");
    expect(it.fake.heard).toHaveLength(1);
  });

  test("the same key during the run repeats accepted, then tells the end to both", async () => {
    await using it = await open();
    const [one, two] = [await it.connect(), await it.connect()];
    const first = await one.call("agent", { message: "hi", idempotencyKey: "a" });
    const second = await two.call("agent", { message: "hi", idempotencyKey: "a" });
    expect(second.payload).toEqual(first.payload);
    it.fake.happen("a", main, ...ordinaryRun("a", ["x"]));
    for (const [client, id] of [
      [one, first.id],
      [two, second.id],
    ] as const) {
      expect((await client.next((frame) => frame.id === id)).payload.status).toBe("ok");
    }
  });

  test("a failed run answers with an error that still names the run", async () => {
    await using it = await open();
    const client = await it.connect();
    const accepted = await client.call("agent", { message: "hi", idempotencyKey: "a" });
    const fault = { kind: "limited", code: "x.busy", message: "Too busy." } as const;
    it.fake.happen("a", main, {
      type: "run-end",
      outcome: { type: "failed", runId: "a", fault },
      text: "",
      usage: noTokens,
    });
    expect(await client.next((frame) => frame.id === accepted.id)).toMatchObject({
      ok: false,
      payload: { runId: "a", status: "error", summary: "Too busy." },
      error: { code: "UNAVAILABLE", message: "Too busy." },
    });
    expect((await client.call("agent.wait", { runId: "a" })).payload).toMatchObject({
      status: "error",
      error: "Too busy.",
    });
  });

  test("[G16] agent.wait waits for a run, also one that has not begun, and says timeout when it is over first", async () => {
    await using it = await open();
    const client = await it.connect();
    expect((await client.call("agent.wait", { runId: "later", timeoutMs: 0 })).payload).toEqual({
      runId: "later",
      status: "timeout",
    });
    const waiting = client.call("agent.wait", { runId: "later" });
    await client.call("health");
    expect((await client.call("chat.send", say("hi", "later"))).payload.status).toBe("started");
    it.fake.happen("later", main, ...ordinaryRun("later", ["x"]));
    expect((await waiting).payload).toEqual({ runId: "later", status: "ok", startedAt: start, endedAt: start });
  });

  test("an unknown agent, a session of another agent and a foreign delivery are refused", async () => {
    await using it = await open();
    const client = await it.connect();
    const refusals: [Frame, string][] = [
      [{ agentId: "ghost" }, 'unknown agent id "ghost"'],
      [
        { agentId: "main", sessionKey: "agent:other:x" },
        'invalid agent params: agent "main" does not match session key agent "other"',
      ],
      [{ thinking: "wild" }, 'invalid thinkingLevel "wild" (use off|minimal|low|medium|high|xhigh)'],
      [
        { deliver: true, channel: "telegram" },
        "deliver to a channel is not supported by this gateway; the answer comes in the response",
      ],
    ];
    for (const [params, message] of refusals) {
      expect((await client.call("agent", { message: "hi", idempotencyKey: "a", ...params })).error.message).toBe(
        message,
      );
    }
    expect(it.fake.heard).toEqual([]);
  });
});
