import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { ordinaryRun } from "../../testing/fake-house.ts";
import { connectNode } from "../../testing/node-for-test.ts";
import { type Frame, openForTest } from "../../testing/open-for-test.ts";

const open = async () => {
  const clock = createFakeClock(1_800_000_000_000);
  const it = await openForTest({ listen, clock, store: createMemoryStore() });
  const node = await connectNode(it.url, { displayName: "Kitchen" });
  const tell = async (event: string, payload?: unknown) =>
    node.client.call("node.event", {
      event,
      ...(payload !== undefined && { payloadJSON: JSON.stringify(payload) }),
    });
  return { ...it, clock, node, tell };
};

const handled = (event: string) => ({ ok: true, event, handled: true });
const main = "agent:main:main";

describe("[G22] node.event", () => {
  test("what was said to a node is a person's message, with the node as its peer, and heard once", async () => {
    await using it = await open();
    const spoken = { text: "lights off", eventId: "e1" };
    expect((await it.tell("voice.transcript", spoken)).payload).toEqual(handled("voice.transcript"));
    expect((await it.tell("voice.transcript", spoken)).payload).toMatchObject({ handled: false, reason: "duplicate" });
    await it.clock.advance(60_000);
    expect((await it.tell("voice.transcript", spoken)).payload).toMatchObject({ handled: false, reason: "duplicate" });
    expect(it.fake.heard).toMatchObject([
      { text: "lights off", origin: "person", session: main, peer: { id: it.node.id, name: "Kitchen" } },
    ]);
  });

  test("the same words without an id are one within a moment, and two after it", async () => {
    await using it = await open();
    await it.tell("voice.transcript", { text: "yes" });
    await it.tell("voice.transcript", { text: "yes" });
    await it.clock.advance(1501);
    await it.tell("voice.transcript", { text: "yes" });
    await it.tell("voice.transcript", { text: "no" });
    expect(it.fake.heard.map((message) => message.text)).toEqual(["yes", "yes", "no"]);
  });

  test("what an app asks is a program's message, in the node's own session unless it names one", async () => {
    await using it = await open();
    const picture = { type: "image", mimeType: "image/png", fileName: "a.png", content: btoa("png") };
    const wish = { message: "what is this", attachments: [picture], thinking: "low", timeoutSeconds: 60 };
    expect((await it.tell("agent.request", wish)).payload).toEqual(handled("agent.request"));
    await it.tell("agent.request", { message: "and now", sessionKey: "main" });
    expect(it.fake.heard).toMatchObject([
      {
        ...{ text: "what is this", origin: "program", session: `agent:main:node-${it.node.id}` },
        ...{ attachments: [{ type: "image", name: "a.png" }], options: { thinking: "low", timeoutMs: 60_000 } },
      },
      { text: "and now", session: main },
    ]);
  });

  test("a node that follows a session hears what is said there and nothing else, until it leaves", async () => {
    await using it = await open();
    await it.tell("chat.subscribe", { sessionKey: "main" });
    it.fake.happen("other", "agent:main:other", ...ordinaryRun("other", ["whispered"]));
    it.fake.happen("mine", main, ...ordinaryRun("mine", ["hello"]));
    const end = (await it.node.client.next((frame) => frame.payload?.state === "final")).payload;
    expect(end).toMatchObject({ runId: "mine", sessionKey: main, message: { content: [{ text: "hello" }] } });
    expect((await it.node.client.event("agent")).payload).toMatchObject({ runId: "mine" });
    await it.tell("chat.unsubscribe", { sessionKey: "main" });
    const before = it.node.client.frames.length;
    it.fake.happen("later", main, ...ordinaryRun("later", ["bye"]));
    await it.tell("nothing");
    expect(it.node.client.frames.slice(before).map((frame) => frame.type)).toEqual(["res"]);
    expect(JSON.stringify(it.node.client.frames)).not.toContain("whispered");
  });

  test("what a command came to is noted in the session it was run for", async () => {
    await using it = await open();
    const owner = await it.connect();
    const about = { sessionKey: "main", runId: "r1", command: "make all" };
    await it.tell("exec.started", about);
    await it.tell("exec.finished", { ...about, exitCode: 2, output: `${"no rule\n ".repeat(50)}` });
    await it.tell("exec.denied", { ...about, reason: "allowlist-miss" });
    const quiet = await it.tell("exec.finished", { ...about, exitCode: 0, output: "" });
    expect(quiet.payload).toMatchObject({ handled: false, reason: "nothing_to_tell" });
    const { messages } = (await owner.call("chat.history", { sessionKey: "main" })).payload;
    const texts = messages.map((message: Frame) => message.content[0].text);
    expect(texts[0]).toBe("System: Exec started (node=Kitchen id=r1): make all");
    expect(texts[1]).toStartWith("System: Exec finished (node=Kitchen id=r1, code 2)\nno rule no rule");
    expect(texts[1]).toEndWith("…");
    expect(texts[1].length).toBeLessThan(260);
    expect(texts[2]).toBe("System: Exec denied (node=Kitchen id=r1, allowlist-miss): make all");
    expect(it.fake.heard).toEqual([]);
  });

  test("a command that nobody ran for a session leaves no conversation behind", async () => {
    await using it = await open();
    const owner = await it.connect();
    for (const about of [{}, { sessionKey: "node" }])
      expect((await it.tell("exec.finished", { ...about, exitCode: 1 })).payload.reason).toBe("no_session");
    expect((await owner.call("sessions.list", {})).payload.sessions).toEqual([]);
  });

  test("what nobody knows does no harm; what cannot be read is refused; what is too long too", async () => {
    await using it = await open();
    expect((await it.tell("node.host.stats", { load: 1 })).payload).toEqual({
      ...{ ok: true, event: "node.host.stats", handled: false, reason: "unknown_event" },
    });
    expect((await it.tell("__proto__", {})).payload.handled).toBe(false);
    expect((await it.tell("push.apns.register", { token: "t" })).payload).toEqual(handled("push.apns.register"));
    const say = async (params: Frame) => (await it.node.client.call("node.event", params)).error?.message;
    expect(await say({ event: "agent.request", payloadJSON: "{no" })).toBe("payloadJSON is not JSON");
    expect(await say({ event: "agent.request", payloadJSON: "[1]" })).toBe("payload must be an object");
    expect(await say({ event: "voice.transcript", payloadJSON: `"${"x".repeat(1024 * 1024)}"` })).toContain("too long");
    expect(await say({ event: "agent.request", payload: { message: "x".repeat(20_001) } })).toContain("longer than");
    expect(await say({ event: "agent.request", payload: { message: "a\u0000b" } })).toContain("null bytes");
    expect((await it.tell("agent.request", { message: "  " })).payload).toMatchObject({ handled: false });
    expect((await it.tell("voice.transcript")).payload).toMatchObject({ ok: true, handled: false });
    expect(it.fake.heard).toEqual([]);
  });

  test("[L29] operators tell no events of nodes, and words are not taken while the house closes", async () => {
    await using it = await open();
    const owner = await it.connect();
    expect((await owner.call("node.event", { event: "x" })).error.message).toBe("unauthorized role: operator");
    it.fake.admit(false);
    expect((await it.tell("agent.request", { message: "hi" })).error.code).toBe("UNAVAILABLE");
  });
});
