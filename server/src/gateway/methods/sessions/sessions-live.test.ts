import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { ordinaryRun } from "../../testing/fake-house.ts";
import { type Frame, openForTest } from "../../testing/open-for-test.ts";

const main = "agent:main:main";
const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
type Opened = Awaited<ReturnType<typeof open>>;

/** Writes an entry into the log as a run would. */
async function write(it: Opened, text: string): Promise<void> {
  const { store } = it.fake.house;
  const session = await store.session(main);
  if (!session) throw new Error("no session");
  const seq = (await store.lastSeq(session.id)) + 1;
  const body = { type: "user", content: [{ type: "text", text }] } as const;
  await store.commit([{ type: "entry", sessionId: session.id, entry: { seq, at: 1, body } }]);
}

describe("following sessions", () => {
  test("[G12] a client hears of the list's changes, and of each new message once, in order", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    await client.call("sessions.subscribe");
    await client.call("sessions.messages.subscribe", { key: "main" });
    for (const text of ["one", "two"]) {
      await write(it, text);
      it.fake.happen("r", main, { type: "step-end", text, stopReason: "end", usage });
    }
    it.fake.happen("r", main, ...ordinaryRun("r", ["x"]));
    const second = await client.next((frame) => frame.event === "session.message" && frame.payload.messageSeq === 4);
    expect(second.payload).toMatchObject({ sessionKey: main, message: { role: "user" } });
    expect(second).not.toHaveProperty("seq");
    const told = client.frames.filter((frame) => frame.event === "session.message");
    expect(told.map((frame) => frame.payload.message.content[0].text)).toEqual(["one", "two"]);
    expect((await client.event("sessions.changed")).payload).toMatchObject({
      ...{ sessionKey: main, reason: "run-start", hasActiveRun: true },
      activeRunIds: [expect.any(String)],
    });
  });

  test("who left hears nothing more, and a client that asked for nothing never did", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const [client, other] = [await it.connect(), await it.connect()];
    await client.call("sessions.messages.subscribe", { key: "main" });
    await client.call("sessions.messages.unsubscribe", { key: "main" });
    await write(it, "unheard");
    it.fake.happen("r", main, { type: "step-end", text: "unheard", stopReason: "end", usage });
    for (const each of [client, other]) {
      await each.call("health");
      expect(each.frames.filter((frame) => frame.event === "session.message")).toEqual([]);
    }
  });

  test("tools of a session are told to its followers, whoever asked for the run", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    await client.call("sessions.messages.subscribe", { key: "main" });
    it.fake.happen("r", main, { type: "run-start", messageId: "r", model: "offline/demo" });
    it.fake.happen("r", main, { type: "tool-start", callId: "c", name: "list", input: { path: "." } });
    expect((await client.event("session.tool")).payload).toMatchObject({
      sessionKey: main,
      data: { phase: "start", name: "list" },
    });
  });
});

describe("[G13] what was missed", () => {
  test("a cursor gives what came since and what is in the making, so that the next delta continues it", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const before = (await client.call("chat.history", { sessionKey: "main" })).payload;
    await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "r" });
    await write(it, "missed");
    it.fake.happen("r", main, { type: "run-start", messageId: "r", model: "offline/demo" });
    it.fake.happen("r", main, { type: "text-delta", text: "Half " });
    const missed = (await client.call("chat.history", { sessionKey: "main", cursor: before.deltaCursor })).payload;
    expect(missed.kind).toBe("delta");
    expect(missed.messages.map((message: { content: { text: string }[] }) => message.content[0]?.text)).toEqual([
      "missed",
    ]);
    expect(missed.inFlightRun).toMatchObject({ runId: "r", text: "Half " });
    it.fake.happen("r", main, { type: "text-delta", text: "an answer" });
    it.fake.happen("r", main, { type: "step-end", text: "Half an answer", stopReason: "end", usage });
    const delta = await client.next((frame) => frame.event === "chat" && frame.payload.deltaText === "an answer");
    expect(missed.inFlightRun.text + delta.payload.deltaText).toBe("Half an answer");
    const again = (await client.call("chat.history", { sessionKey: "main", cursor: missed.deltaCursor })).payload;
    expect(again.messages).toEqual([]);
  });

  test("older messages come page by page, each once, until there are no more", async () => {
    await using it = await open();
    await it.fake.remember(main);
    for (let nth = 1; nth <= 7; nth++) await write(it, `word ${nth}`);
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const whole = (await client.call("chat.history", { sessionKey: "main" })).payload;
    expect([whole.hasMore, whole.nextOffset]).toEqual([false, undefined]);
    const pages: unknown[] = [];
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      const page: Frame = (await client.call("chat.history", { sessionKey: "main", limit: 2, offset })).payload;
      expect(page.deltaCursor === undefined).toBe(offset > 0);
      pages.unshift(...page.messages);
      offset = page.nextOffset;
    }
    expect(pages).toEqual(whole.messages);
  });

  test("each delta has a number that tells whether what is in the making holds it already", async () => {
    await using it = await open();
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    await it.fake.remember(main);
    const making = async () => (await client.call("chat.history", { sessionKey: "main" })).payload.inFlightRun;
    it.fake.happen("r", main, { type: "run-start", messageId: "r", model: "offline/demo" });
    it.fake.happen("r", main, { type: "text-delta", text: "Told. " }, { type: "text-delta", text: "Not yet told." });
    const between = await making();
    expect(between).toMatchObject({ text: "Told. ", seq: 2 });
    it.fake.happen("r", main, { type: "step-end", text: "Told. Not yet told.", stopReason: "tool-calls", usage });
    const delta = await client.next((frame) => frame.event === "chat" && frame.payload.deltaText === "Not yet told.");
    expect(delta.payload.seq).toBeGreaterThan(between.seq);
    // The step is an entry now: shown beside it, its words would stand there twice.
    expect(await making()).toMatchObject({ text: "", thinking: "" });
  });

  test("a cursor of a log that was reset, or of nobody's, says to begin anew", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    const { deltaCursor } = (await client.call("chat.history", { sessionKey: "main" })).payload;
    await client.call("sessions.reset", { key: "main" });
    for (const cursor of [deltaCursor, "nonsense", "bm9uc2Vuc2U"])
      expect((await client.call("chat.history", { sessionKey: "main", cursor })).payload).toEqual({ kind: "reset" });
  });

  test("the page round a message has it in it, and what is not there is said", async () => {
    await using it = await open();
    const session = await it.fake.remember(main);
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const ask = (params: object) => client.call("chat.history", { sessionKey: "main", ...params });
    const ids = (messages: readonly { __openclaw: { id: string } }[]) => messages.map((one) => one.__openclaw.id);
    const whole: string[] = ids((await ask({})).payload.messages);
    expect(whole.length).toBeGreaterThan(1);
    for (const messageId of whole) {
      const page = (await ask({ messageId, limit: 1 })).payload;
      expect(ids(page.messages)).toEqual([messageId]);
      // From there one goes on to what is older.
      const older = page.hasMore ? (await ask({ offset: page.nextOffset })).payload.messages : [];
      expect(ids(older)).toEqual(whole.slice(0, whole.indexOf(messageId)));
    }
    expect((await ask({ messageId: `${session.id}:99` })).error.message).toStartWith("no message ");
    expect((await ask({ messageId: whole[0], offset: 1 })).error.message).toContain("neither offset nor cursor");
  });

  test("one message is read by its id", async () => {
    await using it = await open();
    const session = await it.fake.remember(main);
    const client = await it.connect();
    const get = async (messageId: string) =>
      (await client.call("chat.message.get", { sessionKey: "main", messageId })).payload;
    expect(await get(`${session.id}:1`)).toMatchObject({ ok: true, message: { role: "user" } });
    expect(await get(`${session.id}:99`)).toEqual({ ok: false, unavailableReason: "not_found" });
    expect(await get("nonsense")).toEqual({ ok: false, unavailableReason: "not_found" });
  });
});
