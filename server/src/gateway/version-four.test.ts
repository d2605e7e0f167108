import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { openForTest } from "./testing/open-for-test.ts";

const main = "agent:main:main";
const four = { minProtocol: 4, maxProtocol: 4 };
const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

describe("[Y24] protocol 4", () => {
  test("a delta carries what is new beside the whole, and says when it takes the place of what was told", async () => {
    await using it = await open();
    const [client, old] = [await it.connect(four), await it.connect()];
    await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "r" });
    it.fake.happen("r", main, { type: "run-start", messageId: "r", model: "offline/demo" });
    it.fake.happen("r", main, { type: "text-delta", text: "One" });
    it.fake.happen("r", main, { type: "step-end", text: "One", stopReason: "tool-calls", usage });
    it.fake.happen("r", main, { type: "text-delta", text: "Two" });
    it.fake.happen("r", main, { type: "step-end", text: "Two", stopReason: "end", usage });
    it.fake.happen("r", main, {
      type: "run-end",
      outcome: { type: "replied", runId: "r", text: "Two" },
      text: "Two",
      usage,
    });
    const final = await client.next((frame) => frame.event === "chat" && frame.payload.state === "final");
    expect(final.payload.agentId).toBe("main");
    const told = client.frames.filter((frame) => frame.event === "chat").map((frame) => frame.payload);
    expect(told.map(({ state, phase, deltaText, replace }) => [state, phase ?? deltaText, replace])).toEqual([
      ["status", "starting_model", undefined],
      ["delta", "One", undefined],
      ["delta", "Two", true],
      ["final", undefined, undefined],
    ]);
    await old.next((frame) => frame.event === "chat" && frame.payload.state === "final");
    const before = old.frames.filter((frame) => frame.event === "chat").map((frame) => frame.payload);
    expect(before.map((payload) => [payload.state, "deltaText" in payload, "agentId" in payload])).toEqual([
      ["delta", false, false],
      ["delta", false, false],
      ["final", false, false],
    ]);
  });

  test("a message that interrupts stops what goes on, and one that is sent again does not", async () => {
    await using it = await open();
    const client = await it.connect(four);
    const say = { sessionKey: "main", message: "rather this", idempotencyKey: "b", queueMode: "interrupt" };
    expect((await client.call("chat.send", say)).payload).toEqual({ runId: "b", status: "started" });
    await client.call("chat.send", say);
    expect(it.fake.aborted).toEqual(["agent:main:main"]);
    await client.call("chat.send", { ...say, idempotencyKey: "c", queueMode: "steer" });
    expect(it.fake.aborted).toEqual(["agent:main:main"]);
    expect((await client.call("chat.send", { ...say, idempotencyKey: "d", queueMode: "later" })).ok).toBe(false);
  });

  test("no session here is put away or has a board, so that lists of such are empty", async () => {
    await using it = await open();
    await it.fake.remember("agent:main:main");
    const client = await it.connect(four);
    const total = async (params: object) => (await client.call("sessions.list", params)).payload.totalCount;
    expect(await total({ archived: true })).toBe(0);
    expect(await total({ boardFace: "dashboard" })).toBe(0);
    for (const archived of [false, "all"]) expect(await total({ archived, sortBy: "lastInteractionAt" })).toBe(1);
  });

  test("what went wrong is sorted by its kind", async () => {
    await using it = await open();
    const client = await it.connect(four);
    await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "r" });
    await it.fake.end("r", {
      type: "failed",
      runId: "r",
      fault: { kind: "limited", code: "vendor.busy", message: "The vendor is busy." },
    });
    const failed = await client.next((frame) => frame.event === "chat" && frame.payload.state === "error");
    expect(failed.payload).toMatchObject({ errorKind: "rate_limit", errorMessage: "The vendor is busy." });
  });

  test("health in hello holds only what version 4 names, and a session that is found has its agent beside it", async () => {
    await using it = await open();
    const greeted = await Promise.all(
      [four, {}].map(async (login) => {
        const client = await it.connect(login);
        const health = (await client.call("health")).payload;
        const { snapshot } = client.frames.find((frame) => frame.payload?.type === "hello-ok")?.payload ?? {};
        return { client, told: Object.keys(health).filter((key) => !(key in snapshot.health)) };
      }),
    );
    expect(greeted.map(({ told }) => told)).toEqual([["version", "uptimeMs", "providers"], []]);
    const { key } = (await greeted[0]?.client.call("sessions.create", { label: "Kitchen" }))?.payload ?? {};
    const found = await Promise.all(greeted.map(({ client }) => client.call("sessions.resolve", { key })));
    expect(found.map(({ payload }) => payload)).toEqual([
      { ok: true, key, agentId: "main" },
      { ok: true, key },
    ]);
  });

  test("a missing scope has a code of its own, and an unknown method is told to an admin", async () => {
    await using it = await open();
    const reader = await it.connect({ ...four, scopes: ["operator.read"] });
    expect((await reader.call("chat.send", {})).error).toEqual({
      code: "FORBIDDEN",
      message: "missing scope: operator.write",
      details: { code: "MISSING_SCOPE", missingScope: "operator.write", requiredScopes: ["operator.write"] },
    });
    const admin = await it.connect(four);
    expect((await admin.call("boards.unheard.of")).error.message).toBe("unknown method: boards.unheard.of");
  });

  test("a request may carry fields of tracing, which version 3 refuses", async () => {
    await using it = await open();
    const request = { type: "req", method: "agents.list", traceparent: "00-1-2-01" };
    const client = await it.connect(four);
    client.send(JSON.stringify({ ...request, id: "four" }));
    expect((await client.next((frame) => frame.id === "four")).ok).toBe(true);
    const old = await it.connect();
    old.send(JSON.stringify({ ...request, id: "three" }));
    expect((await old.next((frame) => frame.id === "three")).error.message).toContain("traceparent");
  });
});
