import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import type { GatewaySettings } from "./settings.ts";
import { allScopes, type Frame, openForTest, openRaw, type RawClient } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

const start = 1_800_000_000_000;

function open(settings: Partial<GatewaySettings> = {}, clock = createFakeClock(start), store = createMemoryStore()) {
  return openForTest({ listen, clock, store, settings });
}

async function refusal(client: RawClient, login: Frame): Promise<{ answer: Frame; code: number; reason: string }> {
  const answer = await client.hello(login);
  return { answer, ...(await client.closed) };
}

describe("challenge and hello", () => {
  test("[G01] frames are JSON texts of type event, req and res, and the response bears the request's id", async () => {
    await using it = await open();
    const client = await it.connect();
    expect(client.frames[0]).toEqual({
      type: "event",
      event: "connect.challenge",
      payload: { nonce: expect.stringMatching(/^[0-9a-f-]{36}$/), ts: start },
    });
    client.send(JSON.stringify({ type: "req", id: "any id", method: "health" }));
    const answer = await client.next((frame) => frame.id === "any id");
    expect(Object.keys(answer).sort()).toEqual(["id", "ok", "payload", "type"]);
    expect(answer).toMatchObject({ type: "res", ok: true });
  });

  test("[G02] challenge, connect and hello-ok come in this order, and no event before hello", async () => {
    await using it = await open();
    const client = await openRaw(it.url);
    it.fake.happen("r", "agent:main:main", { type: "text-delta", text: "early" });
    const hello = await client.hello();
    expect(client.frames.map((frame) => frame.event ?? frame.type)).toEqual(["connect.challenge", "res"]);
    expect(hello.payload).toMatchObject({
      type: "hello-ok",
      protocol: 3,
      auth: { role: "operator", scopes: [...allScopes].sort() },
    });
    client.socket.close();
  });

  test("[G03] hello tells methods, events, presence, health, limits and where the main session is", async () => {
    await using it = await open();
    const client = await openRaw(it.url);
    const { payload } = await client.hello();
    expect(payload.features.methods).toContain("chat.send");
    expect(payload.features.methods).not.toContain("chat.inject");
    expect(payload.features.events).toEqual(expect.arrayContaining(["agent", "chat", "tick", "presence", "health"]));
    expect(payload.policy).toEqual({ maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 });
    expect(payload.snapshot.sessionDefaults).toEqual({
      defaultAgentId: "main",
      mainKey: "main",
      mainSessionKey: "agent:main:main",
      scope: "per-sender",
    });
    expect(payload.snapshot.presence[0]).toMatchObject({ mode: "gateway", reason: "self" });
    expect(payload.snapshot.health.ok).toBe(true);
    client.socket.close();
  });

  test("each method that hello names is answered with something else than unknown method", async () => {
    await using it = await open();
    const client = await openRaw(it.url);
    const hello = await client.hello();
    for (const method of hello.payload.features.methods) {
      const answer = await client.call(method, { bogus: true });
      expect(answer.error?.message ?? "").not.toStartWith("unknown method");
    }
    client.socket.close();
  });

  test.each([
    [3, 4, 4],
    [1, 9, 4],
    [4, 4, 4],
    [3, 3, 3],
    [1, 3, 3],
  ])("[Y24] a client that speaks %i to %i gets protocol %i", async (minProtocol, maxProtocol, protocol) => {
    await using it = await open();
    const client = await openRaw(it.url);
    const hello = await client.hello({ minProtocol, maxProtocol });
    expect(hello.payload.protocol).toBe(protocol);
    expect(hello.payload.server.bootId === undefined).toBe(protocol === 3);
    expect(hello.payload.policy.attachments === undefined).toBe(protocol === 3);
    client.socket.close();
  });

  test.each([
    [99, 99, 4],
    [1, 2, 3],
  ])(
    "a client that speaks %i to %i is told that we speak %i, and closed with 1002",
    async (minProtocol, maxProtocol, expectedProtocol) => {
      await using it = await open();
      const { answer, code, reason } = await refusal(await openRaw(it.url), { minProtocol, maxProtocol });
      expect(answer.error).toEqual({
        code: "INVALID_REQUEST",
        message: "protocol mismatch",
        details: { code: "PROTOCOL_MISMATCH", expectedProtocol },
      });
      expect([code, reason]).toEqual([1002, "protocol mismatch"]);
    },
  );

  test("bad connects are refused in the measured words, the answer before the close", async () => {
    await using it = await open();
    const unknown = await refusal(await openRaw(it.url), {
      client: { id: "nobody", version: "1", platform: "x", mode: "cli" },
    });
    const text =
      "invalid connect params: at /client/id: must be equal to constant; at /client/id: must match a schema in anyOf";
    expect(unknown).toMatchObject({
      answer: { ok: false, error: { code: "INVALID_REQUEST", message: text } },
      code: 1008,
      reason: text,
    });
    const role = await refusal(await openRaw(it.url), { role: "king" });
    expect(role).toMatchObject({ answer: { error: { message: "invalid role" } }, code: 1008, reason: "invalid role" });
    const first = await openRaw(it.url);
    expect((await first.call("health")).error.message).toBe("invalid handshake: first request must be connect");
    expect((await first.closed).code).toBe(1008);
    const garbled = await openRaw(it.url);
    garbled.send("not json");
    expect((await garbled.closed).code).toBe(1008);
  });

  test("a frame above 64 KiB before hello closes with 1009", async () => {
    await using it = await open();
    const client = await openRaw(it.url);
    client.send(`"${"x".repeat(64 * 1024)}"`);
    expect(await client.closed).toEqual({ code: 1009, reason: "preauth payload too large" });
  });

  test("who does not say hello within 15 seconds is closed with 1000", async () => {
    const clock = createFakeClock(start);
    await using it = await open({}, clock);
    const silent = await openRaw(it.url);
    const known = await it.connect();
    await clock.advance(16_000);
    expect((await silent.closed).code).toBe(1000);
    expect((await known.call("health")).ok).toBe(true);
  });
});

describe("the secret", () => {
  test("[G07] without the token, or with a wrong one, nobody gets in", async () => {
    await using it = await open();
    const none = await refusal(await openRaw(it.url), { auth: {} });
    const missing = "unauthorized: gateway token missing (set gateway.remote.token to match gateway.auth.token)";
    expect(none).toMatchObject({
      answer: { error: { code: "INVALID_REQUEST", message: missing } },
      code: 1008,
      reason: missing,
    });
    const wrong = await refusal(await openRaw(it.url), { auth: { token: "wrong" } });
    expect(wrong.answer.error.message).toBe(
      "unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)",
    );
    expect(wrong.code).toBe(1008);
  });

  test("[G07] a password gateway takes the password and nothing else", async () => {
    await using it = await open({ auth: { mode: "password", password: "sesame" } });
    const client = await openRaw(it.url);
    expect((await client.hello({ auth: { password: "sesame" } })).ok).toBe(true);
    client.socket.close();
    const wrong = await refusal(await openRaw(it.url), { auth: { token: "sesame" } });
    expect(wrong.answer.error.message).toStartWith("unauthorized: gateway password missing");
  });

  test("an empty token configured by mistake lets nobody in", async () => {
    await using it = await open({ auth: { mode: "token", token: "" } });
    expect((await refusal(await openRaw(it.url), { auth: { token: "" } })).answer.ok).toBe(false);
  });

  test("a local client with the secret keeps the scopes it asks for; a connection through a proxy does not", async () => {
    await using it = await open();
    const local = await it.connect({ client: { id: "gateway-client", version: "1", platform: "x", mode: "backend" } });
    expect((await local.call("sessions.list")).ok).toBe(true);
    const proxied = await openRaw(it.url, { "x-forwarded-for": "203.0.113.9" });
    const hello = await proxied.hello();
    expect(hello.payload.auth.scopes).toEqual([]);
    expect((await proxied.call("sessions.list")).error.message).toBe("missing scope: operator.read");
    proxied.socket.close();
  });

  test("guessing from afar is stopped after ten tries, and the owner's machine is not", async () => {
    const clock = createFakeClock(start);
    await using it = await open({}, clock);
    const afar = { "x-forwarded-for": "203.0.113.9" };
    for (let guess = 0; guess < 10; guess++) {
      const { answer } = await refusal(await openRaw(it.url, afar), { auth: { token: `guess ${guess}` } });
      expect(answer.error.message).toStartWith("unauthorized: gateway token mismatch");
    }
    const { answer } = await refusal(await openRaw(it.url, afar), {});
    expect(answer.error).toMatchObject({
      details: { code: "AUTH_RATE_LIMITED" },
      retryable: true,
      retryAfterMs: 300_000,
    });
    expect((await (await it.connect()).call("health")).ok).toBe(true);
    await clock.advance(300_001);
    const later = await openRaw(it.url, afar);
    expect((await later.hello()).ok).toBe(true);
    later.socket.close();
  });
});

describe("web pages", () => {
  const page = { id: "webchat", version: "1", platform: "web", mode: "webchat" };

  test("a page of another site may not connect, even with the token; our own and a listed one may", async () => {
    await using it = await open({ allowedOrigins: ["https://home.example"] });
    const own = `http://127.0.0.1:${it.gateway.port}`;
    for (const [origin, isWelcome] of [
      ["https://evil.example", false],
      ["null", false],
      [own, true],
      ["https://home.example", true],
    ] as const) {
      const client = await openRaw(it.url, { origin });
      const answer = await client.hello({ client: page });
      expect([origin, answer.ok]).toEqual([origin, isWelcome]);
      if (!isWelcome) expect(answer.error.message).toStartWith("origin not allowed");
      client.socket.close();
    }
  });

  test("without a secret, a name that was pointed at this machine is not this machine", async () => {
    await using it = await open({ auth: { mode: "none" } });
    const rebound = await openRaw(it.url, { origin: "http://evil.example", host: "evil.example" });
    expect((await rebound.hello({ client: page, auth: {} })).error.message).toStartWith("origin not allowed");
    const own = await openRaw(it.url);
    expect((await own.hello({ auth: {} })).ok).toBe(true);
    own.socket.close();
  });
});

describe("devices", () => {
  test.each([[1], [2], [3]])(
    "a local device with signature version %i is let in and given a token",
    async (version) => {
      await using it = await open();
      const client = await openRaw(it.url);
      const hello = await client.hello(await signed(await createDeviceIdentity(), client, { version }));
      expect(hello.payload.auth).toMatchObject({
        deviceToken: expect.any(String),
        role: "operator",
        issuedAtMs: start,
      });
      client.socket.close();
    },
  );

  test("the device token stands in for the secret, for the same device and its scopes only", async () => {
    const store = createMemoryStore();
    await using it = await open({}, createFakeClock(start), store);
    const identity = await createDeviceIdentity();
    const first = await openRaw(it.url);
    const scopes = ["operator.read"];
    const { deviceToken } = (await first.hello(await signed(identity, first, { scopes }))).payload.auth;
    expect(JSON.stringify(await store.values("devices").list())).not.toContain(deviceToken);
    const again = await openRaw(it.url);
    const hello = await again.hello(await signed(identity, again, { scopes, auth: { token: deviceToken } }));
    expect(hello.payload.auth).toMatchObject({ deviceToken, scopes });
    const more = await openRaw(it.url);
    const text = "unauthorized: device token mismatch (rotate/reissue device token)";
    expect(await refusal(more, await signed(identity, more, { auth: { token: deviceToken } }))).toMatchObject({
      answer: { error: { code: "INVALID_REQUEST", message: text } },
      reason: text,
    });
    const thief = await openRaw(it.url);
    const stolen = await signed(await createDeviceIdentity(), thief, { scopes, auth: { token: deviceToken } });
    expect((await refusal(thief, stolen)).reason).toBe(text);
    for (const client of [first, again]) client.socket.close();
  });

  test("two connects of one device at once both get a token that works", async () => {
    await using it = await open();
    const identity = await createDeviceIdentity();
    const clients = [await openRaw(it.url), await openRaw(it.url)];
    const hellos = await Promise.all(clients.map(async (client) => client.hello(await signed(identity, client))));
    for (const hello of hellos) {
      const client = await openRaw(it.url);
      const answer = await client.hello(
        await signed(identity, client, { auth: { token: hello.payload.auth.deviceToken } }),
      );
      expect(answer.ok).toBe(true);
      clients.push(client);
    }
    for (const client of clients) client.socket.close();
  });

  test("forged, stale and foreign proofs are refused in the measured words", async () => {
    await using it = await open();
    const identity = await createDeviceIdentity();
    const other = await createDeviceIdentity();
    const cases: [string, (client: RawClient) => Promise<Frame>][] = [
      [
        "device identity mismatch",
        async (client) => edited(await signed(identity, client), { publicKey: other.publicKey }),
      ],
      ["device signature invalid", async (client) => edited(await signed(identity, client), { signature: "AAAA" })],
      [
        "device signature invalid",
        async (client) => ({ ...(await signed(identity, client)), role: "node", scopes: [] }),
      ],
      ["device public key invalid", async (client) => edited(await signed(identity, client), { publicKey: "AAAA" })],
      ["device nonce mismatch", (client) => signed(identity, client, { nonce: "another" })],
      ["device signature expired", (client) => signed(identity, client, { signedAt: start - 120_001 })],
      ["device signature expired", (client) => signed(identity, client, { signedAt: start + 120_001 })],
    ];
    for (const [text, login] of cases) {
      const client = await openRaw(it.url);
      const { answer, code, reason } = await refusal(client, await login(client));
      expect([answer.error.message, code, reason]).toEqual([text, 1008, text]);
    }
  });

  test("a device from afar waits for the owner, who is told once, and keeps its request id", async () => {
    await using it = await open();
    const owner = await it.connect();
    const identity = await createDeviceIdentity();
    const ids: string[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      const client = await openRaw(it.url, { "x-forwarded-for": "203.0.113.9" });
      const { answer, code } = await refusal(client, await signed(identity, client));
      expect(answer.error).toMatchObject({ code: "NOT_PAIRED", message: "pairing required" });
      expect(code).toBe(1008);
      ids.push(answer.error.details.requestId);
    }
    expect(ids[0]).toBe(ids[1] as string);
    expect((await owner.event("device.pair.requested")).payload).toMatchObject({
      requestId: ids[0],
      deviceId: identity.id,
    });
    await owner.call("health");
    expect(owner.frames.filter((frame) => frame.event === "device.pair.requested")).toHaveLength(1);
    const unsigned = await openRaw(it.url, { "x-forwarded-for": "203.0.113.9" });
    expect((await refusal(unsigned, await signed(identity, unsigned, { version: 1 }))).reason).toBe(
      "device nonce required",
    );
  });

  test("a node needs a device and may call no operator's method; too many tries close it", async () => {
    await using it = await open();
    const login = {
      role: "node",
      scopes: [],
      client: { id: "node-host", version: "1", platform: "linux", mode: "node" },
    };
    const bare = await refusal(await openRaw(it.url), login);
    expect(bare.answer.error).toMatchObject({ code: "NOT_PAIRED", message: "device identity required" });
    const node = await openRaw(it.url);
    expect((await node.hello(await signed(await createDeviceIdentity(), node, login))).payload.auth.role).toBe("node");
    for (let call = 0; call < 11; call++) {
      expect((await node.call("sessions.list")).error.message).toBe("unauthorized role: node");
    }
    expect(await node.closed).toEqual({ code: 1008, reason: "repeated unauthorized calls" });
  });
});

function edited(login: Frame, device: Frame): Frame {
  return { ...login, device: { ...login.device, ...device } };
}
