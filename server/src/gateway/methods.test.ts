import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { ordinaryRun } from "./testing/fake-house.ts";
import recorded from "./testing/fixtures/release-2026.2.17.json";
import { type Frame, openForTest, openRaw } from "./testing/open-for-test.ts";

const start = 1_800_000_000_000;
const main = "agent:main:main";

function open(clock = createFakeClock(start)) {
  return openForTest({ listen, clock, store: createMemoryStore() });
}

/** Keys of the recorded answer that ours lacks or has with another type; what ours has beside them is no matter. */
function missing(theirs: unknown, ours: unknown, path = ""): string[] {
  if (theirs === null || ours === null) return [];
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours)) return [`${path}: not a list`];
    return theirs.length === 0 || ours.length === 0 ? [] : missing(theirs[0], ours[0], `${path}[]`);
  }
  if (typeof theirs !== typeof ours) return [`${path}: ${typeof ours} instead of ${typeof theirs}`];
  if (typeof theirs !== "object") return [];
  return Object.entries(theirs as object).flatMap(([key, value]) =>
    key in (ours as object) ? missing(value, (ours as Frame)[key], `${path}.${key}`) : [`${path}.${key}: missing`],
  );
}

/** What the recorded release tells and we do not have: device and origin facts of its machine, other packages' names. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  connect: [
    ".server.host: missing",
    ".snapshot.presence[].ip: missing",
    ".auth.deviceToken: missing",
    ".auth.issuedAtMs: missing",
  ],
  "system-presence": ["[].ip: missing"],
  "chat.history": [],
};

describe("answers have the recorded shapes of release 2026.2.17", () => {
  const calls: [method: string, params: Frame][] = [
    ["agent.identity.get", {}],
    ["agents.list", {}],
    ["channels.status", {}],
    ["chat.history", { sessionKey: "main" }],
    ["config.get", {}],
    ["config.schema", {}],
    ["models.list", {}],
    ["sessions.list", { includeDerivedTitles: true, includeLastMessage: true }],
    ["sessions.preview", { keys: ["main"] }],
    ["sessions.resolve", { key: "main" }],
    ["status", {}],
    ["system-presence", {}],
    ["agent.wait", { runId: "r" }],
  ];

  test.each(calls)("%s", async (method, params) => {
    await using it = await open();
    await it.fake.remember(main);
    it.fake.happen("r", main, ...ordinaryRun("r", ["x"]));
    const client = await it.connect();
    const answer = await client.call(method, params);
    expect(answer.ok).toBe(true);
    expect(missing((recorded as Frame)[method], answer.payload)).toEqual([...(leftOut[method] ?? [])]);
  });

  test("connect", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await openRaw(it.url);
    const answer = await client.hello();
    expect(missing(recorded.connect, answer.payload)).toEqual([...(leftOut.connect ?? [])]);
    client.socket.close();
  });
});

describe("rights", () => {
  test("the scope is checked before the method is looked for, as measured", async () => {
    await using it = await open();
    const reader = await it.connect({ scopes: ["operator.read"] });
    const admin = await it.connect();
    const messages = async (client: typeof reader, method: string, params?: Frame) =>
      (await client.call(method, params)).error;
    expect(await messages(reader, "chat.send")).toEqual({
      code: "INVALID_REQUEST",
      message: "missing scope: operator.write",
    });
    expect(await messages(reader, "config.set")).toEqual({
      code: "INVALID_REQUEST",
      message: "missing scope: operator.admin",
    });
    expect(await messages(reader, "nope.method")).toEqual({
      code: "INVALID_REQUEST",
      message: "missing scope: operator.admin",
    });
    expect(await messages(admin, "nope.method")).toEqual({
      code: "INVALID_REQUEST",
      message: "unknown method: nope.method",
    });
    expect(await messages(reader, "sessions.list", { bogus: 1 })).toEqual({
      code: "INVALID_REQUEST",
      message: "invalid sessions.list params: at root: unexpected property 'bogus'",
    });
    expect(await messages(admin, "connect")).toMatchObject({ message: "connect is only valid as the first request" });
  });

  test("write covers read, and names like toString are no scopes and no methods", async () => {
    await using it = await open();
    const writer = await it.connect({ scopes: ["operator.write"] });
    expect((await writer.call("sessions.list")).ok).toBe(true);
    const nobody = await it.connect({ scopes: ["toString", "constructor", "operator"] });
    expect((await nobody.call("sessions.list")).error.message).toBe("missing scope: operator.read");
    expect((await (await it.connect()).call("toString")).error.message).toBe("unknown method: toString");
  });
});

describe("sessions", () => {
  test("[G15] sessions are listed with titles and last words, found, and looked into", async () => {
    await using it = await open();
    await it.fake.remember(main);
    await it.fake.remember("agent:main:telegram:group:-7", { label: "Family", title: "Dinner" });
    const client = await it.connect();
    const all = await client.call("sessions.list", { includeDerivedTitles: true, includeLastMessage: true });
    expect(all.payload).toMatchObject({
      count: 2,
      ts: start,
      defaults: { modelProvider: "offline", model: "demo", contextTokens: 128_000 },
    });
    const rows: Frame[] = all.payload.sessions;
    expect(rows.find((row) => row.key === main)).toMatchObject({
      kind: "direct",
      derivedTitle: "hi",
      lastMessagePreview: "word0 word1",
      totalTokens: 30,
    });
    expect(rows.find((row) => row.label === "Family")).toMatchObject({ kind: "group", derivedTitle: "Dinner" });
    const count = async (params: Frame) => (await client.call("sessions.list", params)).payload.count;
    expect(await count({ search: "dinn" })).toBe(1);
    expect(await count({ label: "Family" })).toBe(1);
    expect(await count({ agentId: "other" })).toBe(0);
    expect(await count({ spawnedBy: main })).toBe(0);
    expect(await count({ limit: 1 })).toBe(1);
    const { previews } = (await client.call("sessions.preview", { keys: ["main", "ghost"], maxChars: 20 })).payload;
    expect(previews).toEqual([
      {
        key: "main",
        status: "ok",
        items: [
          { role: "user", text: "hi" },
          { role: "assistant", text: "word0 word1" },
        ],
      },
      { key: "ghost", status: "missing", items: [] },
    ]);
    const resolve = async (params: Frame) => client.call("sessions.resolve", params);
    expect((await resolve({ label: "Family" })).payload).toEqual({ ok: true, key: "agent:main:telegram:group:-7" });
    expect((await resolve({ sessionId: `id-of-${main}` })).payload.key).toBe(main);
    expect((await resolve({ key: "ghost" })).error.message).toBe("No session found: ghost");
    expect((await resolve({})).ok).toBe(false);
    expect((await resolve({ key: "a", label: "b" })).ok).toBe(false);
  });

  test("activeMinutes leaves out what has been quiet for longer", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    await it.fake.remember("agent:main:old");
    await clock.advance(120_000);
    await it.fake.remember("agent:main:new");
    const client = await it.connect();
    const { sessions } = (await client.call("sessions.list", { activeMinutes: 1 })).payload;
    expect(sessions.map((row: Frame) => row.key)).toEqual(["agent:main:new"]);
  });

  test("[G15] patch changes label, model and thinking and clears them with null; what we cannot change is refused", async () => {
    await using it = await open();
    await it.fake.remember(main);
    await it.fake.remember("agent:main:b", { label: "taken" });
    const client = await it.connect();
    const patch = (params: Frame) => client.call("sessions.patch", { key: "main", ...params });
    expect((await patch({ label: "Mine", model: "offline/demo", thinkingLevel: "xhigh" })).payload).toMatchObject({
      ok: true,
      key: main,
      entry: { label: "Mine", thinkingLevel: "high", providerOverride: "offline", modelOverride: "demo" },
      resolved: { modelProvider: "offline", model: "demo" },
    });
    expect((await patch({ label: null, thinkingLevel: null, sendPolicy: null })).payload.entry.label).toBeUndefined();
    expect((await patch({ label: "taken" })).error.message).toBe("label already in use: taken");
    expect((await patch({ verboseLevel: "full" })).error.message).toBe("verboseLevel is not supported by this gateway");
    expect((await patch({ model: "nobody/none" })).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "There is no model nobody/none.",
    });
  });

  test("[G15] reset begins a new log and stops what runs; delete removes, but never the main session", async () => {
    await using it = await open();
    await it.fake.remember(main);
    await it.fake.remember("agent:main:b");
    const client = await it.connect();
    expect((await client.call("sessions.reset", { key: "main", reason: "new" })).payload).toMatchObject({
      ok: true,
      key: main,
      entry: { sessionId: `fresh-${main}` },
    });
    expect(it.fake.aborted).toEqual([main]);
    expect((await client.call("sessions.delete", { key: "b" })).payload).toEqual({
      ok: true,
      key: "agent:main:b",
      deleted: true,
      archived: [],
    });
    expect((await client.call("sessions.delete", { key: "b" })).payload.deleted).toBe(false);
    expect((await client.call("sessions.delete", { key: "main" })).error.message).toBe(
      `Cannot delete the main session (${main}).`,
    );
  });

  test("history is empty for a session that is not there, keeps to its limit, and shortens on request", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    const history = async (params: Frame) => (await client.call("chat.history", params)).payload;
    expect(await history({ sessionKey: "ghost" })).toEqual({ sessionKey: "ghost", messages: [], thinkingLevel: "off" });
    const one = await history({ sessionKey: "main", limit: 1 });
    expect(one.messages.map((message: Frame) => message.role)).toEqual(["assistant"]);
    const cut = await history({ sessionKey: "main", limit: 1, maxChars: 4 });
    expect(cut.messages[0].content[0].text).toBe("word\n...(truncated)...");
  });

  test("a session's log is taken out as lines and brought in under another key", async () => {
    await using it = await open();
    const client = await it.connect();
    const out = await client.call("sessions.export", { key: "main" });
    expect(out.payload).toEqual({ ok: true, key: main, lines: `{"key":"${main}"}\n` });
    const brought = await client.call("sessions.import", { key: "copy", text: "a\nb" });
    expect(brought.payload).toEqual({ ok: true, key: "agent:main:copy", entries: 2 });
  });

  test("an injected note is told to readers as a final message of its own", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const client = await it.connect();
    const answer = await client.call("chat.inject", { sessionKey: "main", message: "Noted.", label: "cron" });
    const { payload } = await client.event("chat");
    expect(payload).toMatchObject({
      runId: `inject-${answer.payload.messageId}`,
      sessionKey: main,
      seq: 0,
      state: "final",
    });
    expect(payload.message.content[0].text).toBe("[cron]\n\nNoted.");
    expect((await client.call("chat.inject", { sessionKey: "ghost", message: "x" })).error.message).toBe(
      "session not found",
    );
  });
});

describe("models, agents, config, channels", () => {
  test("[G20] models.list shows what is set up, and everything on request", async () => {
    await using it = await open();
    const client = await it.connect();
    const list = async (params?: Frame) => (await client.call("models.list", params)).payload.models;
    expect(await list()).toEqual([
      {
        id: "demo",
        name: "Demonstration",
        provider: "offline",
        contextWindow: 128_000,
        reasoning: false,
        input: ["text"],
      },
    ]);
    expect((await list({ view: "all" })).map((model: Frame) => model.provider)).toEqual(["offline", "other"]);
  });

  test("config.set wants the hash last read, and a bad file changes nothing", async () => {
    await using it = await open();
    const client = await it.connect();
    const set = (params: Frame) => client.call("config.set", params);
    expect((await set({ raw: "{}" })).error.message).toBe("config base hash required; re-run config.get and retry");
    expect((await set({ raw: "{}", baseHash: "old" })).error.message).toBe(
      "config changed since last load; re-run config.get and retry",
    );
    const { hash } = (await client.call("config.get")).payload;
    expect((await set({ raw: "nonsense", baseHash: hash })).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "The config is not an object.",
    });
    expect((await client.call("config.get")).payload.hash).toBe(hash);
    expect((await set({ raw: '{"a":1}', baseHash: hash })).payload).toMatchObject({ ok: true, config: { a: 1 } });
  });

  test("who asks to write on a channel is listed, and approved by code", async () => {
    await using it = await open();
    const client = await it.connect({ scopes: ["operator.pairing"] });
    expect((await client.call("channels.pairing.list", {})).payload.requests).toMatchObject([
      { channel: "telegram", code: "AB12CD34" },
    ]);
    expect((await client.call("channels.pairing.list", { channel: "other" })).payload.requests).toEqual([]);
    expect(
      (await client.call("channels.pairing.approve", { channel: "telegram", code: "AB12CD34" })).payload.request.peerId,
    ).toBe("7");
    expect((await client.call("channels.pairing.approve", { channel: "telegram", code: "no" })).error.message).toBe(
      "That code is unknown or expired.",
    );
  });

  test("version 4 has a shape of its own for those who ask to write, and can put one away", async () => {
    await using it = await open();
    const client = await it.connect({ minProtocol: 4, maxProtocol: 4, scopes: ["operator.pairing", "operator.read"] });
    const listed = (await client.call("channels.pairing.list", { channel: "telegram" })).payload;
    expect(listed.requests).toMatchObject([{ requestId: "AB12CD34", senderId: "7", senderLabel: "Ada" }]);
    expect(listed.limits).toEqual({ pendingPerAccount: 3, ttlMs: 3_600_000 });
    const ask = { channel: "telegram", accountId: "default", requestId: "AB12CD34" };
    expect((await client.call("channels.pairing.dismiss", ask)).payload).toEqual({
      ...{ requestId: "AB12CD34", senderId: "7" },
    });
    expect((await client.call("channels.pairing.dismiss", { channel: "telegram" })).error.message).toContain(
      "requestId",
    );
    expect((await client.call("channels.pairing.approve", ask)).payload.senderId).toBe("7");
  });

  test("who was let in is shut out again", async () => {
    await using it = await open();
    const client = await it.connect();
    const removed = async (peerId: string) =>
      (await client.call("channels.pairing.revoke", { channel: "telegram", peerId })).payload.removed;
    expect([await removed("7"), await removed("8")]).toEqual([true, false]);
  });

  test("[G36] health tells uptime, providers and channels, and fetches them anew on request", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    const client = await it.connect();
    await clock.advance(5000);
    const health = (await client.call("health", { probe: true })).payload;
    expect(health).toMatchObject({
      ok: true,
      uptimeMs: 5000,
      channels: { telegram: { running: true, identity: "@house" } },
    });
    expect(health.providers).toEqual([
      { id: "offline", available: true, models: 1 },
      { id: "other", available: false, models: 1 },
    ]);
  });

  test("trouble inside a method is UNAVAILABLE without its details, and the log has them", async () => {
    const list = () => Promise.reject(new TypeError("secret detail"));
    await using it = await openForTest({
      ...{ listen, clock: createFakeClock(start), store: createMemoryStore() },
      house: (house) => ({ ...house, pairing: { ...house.pairing, list } }),
    });
    const client = await it.connect();
    expect((await client.call("channels.pairing.list", {})).error).toEqual({
      code: "UNAVAILABLE",
      message: "internal error",
    });
    expect(it.fake.notes).toContainEqual({ level: "error", event: "gateway.method-failed" });
  });

  test("trouble while greeting turns the client away and lets the next one in", async () => {
    let trouble = true;
    await using it = await openForTest({
      ...{ listen, clock: createFakeClock(start), store: createMemoryStore() },
      house: (house) => ({
        ...house,
        agents: () => {
          if (trouble) throw new TypeError("secret detail");
          return house.agents();
        },
      }),
    });
    const client = await openRaw(it.url);
    expect((await client.hello()).error).toEqual({ code: "UNAVAILABLE", message: "internal error" });
    expect((await client.closed).code).toBe(1011);
    trouble = false;
    expect((await (await it.connect()).call("health")).ok).toBe(true);
  });
});
