import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const main = "agent:main:main";
const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

describe("sessions to speak into", () => {
  test("[G26] one is created with its first message, spoken into, steered and stopped", async () => {
    await using it = await open();
    const client = await it.connect();
    const made = (await client.call("sessions.create", { label: "Trip", message: "Plan it" })).payload;
    expect(made).toMatchObject({ ok: true, runStarted: true, runId: expect.any(String) });
    expect(it.fake.heard.at(-1)).toMatchObject({ text: "Plan it", session: made.key });
    const sent = await client.call("sessions.send", { key: made.key, message: "By train", idempotencyKey: "k" });
    expect(sent.payload).toMatchObject({ runId: "k", status: "started", key: made.key });
    const again = await client.call("sessions.send", { key: made.key, message: "By train", idempotencyKey: "k" });
    expect(again.payload.status).toBe("in_flight");
    expect(it.fake.heard.filter((message) => message.text === "By train")).toHaveLength(1);
    expect((await client.call("sessions.steer", { key: made.key, message: "No, by boat" })).payload.steered).toBe(
      false,
    );
    expect((await client.call("sessions.abort", { key: made.key })).payload.aborted).toBe(true);
    expect((await client.call("sessions.send", { key: "nowhere", message: "x" })).error.message).toContain("not found");
    expect((await client.call("sessions.abort", {})).error.message).toBe("key or runId is required");
  });

  test("a client that decided by what it saw is refused when the session is another by now, and nothing is done", async () => {
    await using it = await open();
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const { key } = (await client.call("sessions.create", { label: "Trip" })).payload;
    const { sessionId, updatedAt } = (await client.call("sessions.describe", { key })).payload.session;
    for (const condition of [{ expectedSessionId: "another" }, { expectedSessionUpdatedAt: updatedAt - 1 }]) {
      const refused = (await client.call("sessions.delete", { key, ...condition })).error;
      expect(refused).toMatchObject({ code: "INVALID_REQUEST", details: { code: "SESSION_CHANGED", sessionId } });
      expect((await client.call("sessions.patch", { key, label: "x", ...condition })).error.details).toBeDefined();
    }
    // A condition that this gateway does not know cannot be held: it is refused, other unknown fields are not.
    const unknown = { key, expectedLifecycleRevision: "7", emitted: true };
    expect((await client.call("sessions.delete", unknown)).error.message).toContain("expectedLifecycleRevision");
    expect((await client.call("sessions.describe", { key })).payload.session.label).toBe("Trip");
    const good = { key, expectedSessionId: sessionId, expectedSessionUpdatedAt: updatedAt, emitted: true };
    expect((await client.call("sessions.delete", good)).payload.deleted).toBe(true);
  });

  test("[G26] agents.spawn hands work to a session of its own, whose parent is known", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    const spawned = (await client.call("agents.spawn", { message: "Count the files", label: "Counting" })).payload;
    expect(it.fake.heard.at(-1)).toMatchObject({
      origin: "agent",
      text: "Count the files",
      session: spawned.sessionKey,
    });
    const list = (await client.call("sessions.list", { spawnedBy: main })).payload;
    expect(list.sessions).toMatchObject([{ key: spawned.sessionKey, spawnedBy: main, label: "Counting" }]);
    expect((await client.call("agents.spawn", { message: "x", agentId: "nobody" })).error.message).toContain(
      "unknown agent",
    );
  });
});

describe("looking into sessions", () => {
  test("[Y16] full text finds words in all sessions, and names the message", async () => {
    await using it = await open();
    const session = await it.fake.remember(main);
    const client = await it.connect();
    const found = (await client.call("sessions.search", { query: "hi" })).payload;
    expect(found.results[0]).toMatchObject({ sessionKey: main, messageId: `${session.id}:1`, role: "user" });
    expect((await client.call("sessions.search", { query: "hi", sessionKeys: ["other"] })).payload.results).toEqual([]);
    expect((await client.call("sessions.search", { query: "" })).error.code).toBe("INVALID_REQUEST");
  });

  test("one is described, read and forked", async () => {
    await using it = await open();
    const session = await it.fake.remember(main);
    const client = await it.connect();
    expect((await client.call("sessions.describe", { key: "main" })).payload.session.key).toBe(main);
    expect((await client.call("sessions.describe", { key: "nowhere" })).payload.session).toBeNull();
    expect((await client.call("sessions.get", { key: "main" })).payload.messages.length).toBeGreaterThan(0);
    const fork = await client.call("sessions.fork", { sessionKey: "main", entryId: `${session.id}:1` });
    expect(fork.payload.sessionKey).toStartWith(`${main}:fork:`);
    expect((await client.call("sessions.fork", { sessionKey: "main", entryId: "x" })).error.code).toBe(
      "INVALID_REQUEST",
    );
  });

  test("the list is given in pages", async () => {
    await using it = await open();
    for (const name of ["a", "b", "c"]) await it.fake.remember(`agent:main:${name}`);
    const client = await it.connect();
    const page = (await client.call("sessions.list", { limit: 2, offset: 2 })).payload;
    expect([page.count, page.totalCount, page.hasMore]).toEqual([1, 3, false]);
  });
});

describe("[G26] sessions.compact", () => {
  test("a log is cut where there is something to cut, and says what is kept", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    expect((await client.call("sessions.compact", { key: "main", maxLines: 1 })).payload.compacted).toBe(true);
    expect((await client.call("sessions.compact", { key: "main" })).payload).toMatchObject({
      compacted: true,
      result: { tokensBefore: 9_000, tokensAfter: 2_000 },
    });
    await it.fake.remember("agent:main:short");
    expect((await client.call("sessions.compact", { key: "short" })).payload.compacted).toBe(false);
    expect((await client.call("sessions.compact", { key: "none" })).payload).toMatchObject({ reason: "no transcript" });
  });

  test("each cut is a checkpoint that can be looked at, branched off and undone", async () => {
    await using it = await open();
    const session = await it.fake.remember(main);
    const { store } = it.fake.house;
    const seq = (await store.lastSeq(session.id)) + 1;
    const body = { type: "event", event: "cut", keptFrom: 2 } as const;
    await store.commit([{ type: "entry", sessionId: session.id, entry: { seq, at: 7, body } }]);
    const client = await it.connect();
    const { checkpoints } = (await client.call("sessions.compaction.list", { key: "main" })).payload;
    expect(checkpoints).toMatchObject([{ sessionKey: main, createdAt: 7, firstKeptEntryId: `${session.id}:2` }]);
    const wish = { key: "main", checkpointId: checkpoints[0].checkpointId };
    expect((await client.call("sessions.compaction.get", wish)).payload.checkpoint).toEqual(checkpoints[0]);
    expect((await client.call("sessions.compaction.branch", wish)).payload.key).toStartWith(`${main}:branch:`);
    expect((await client.call("sessions.compaction.restore", wish)).ok).toBe(true);
    const unknown = await client.call("sessions.compaction.get", { ...wish, checkpointId: "x" });
    expect(unknown.error.message).toContain("checkpoint not found");
  });
});
