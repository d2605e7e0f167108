// A login of /api/login on the frames' connect: the same token as over HTTP, with what it may and no more.
import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { allScopes, connectFrame, openForTest, openRaw, type TestGateway, token } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

const afar = { "x-forwarded-for": "203.0.113.9" };

async function open() {
  const clock = createFakeClock(1_800_000_000_000);
  return { clock, it: await openForTest({ listen, clock, store: createMemoryStore() }) };
}

async function session(it: TestGateway, scopes: readonly string[], ttlSeconds = 600): Promise<string> {
  const body = JSON.stringify({ token, scopes, ttlSeconds });
  const answer = await fetch(`${it.url.replace("ws", "http")}/api/login`, { method: "POST", body });
  return (await answer.json()).token;
}

const chat = { id: "homarus-chat", version: "1", platform: "web", mode: "webchat" };

describe("a session's token on connect", () => {
  test("[L28] lets the chat page in with the scopes it was given, however many are asked for", async () => {
    const { it } = await open();
    await using _it = it;
    const client = await openRaw(it.url);
    const auth = { token: await session(it, ["operator.read"]) };
    const hello = await client.hello({ client: chat, auth });
    expect(hello.payload.auth).toEqual({ role: "operator", scopes: ["operator.read"] });
    expect((await client.call("health")).ok).toBe(true);
    const refused = await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" });
    expect(refused.error.message).toBe("missing scope: operator.write");
    client.socket.close();
  });

  test("is refused like a wrong secret once it has ended, or was changed, and counts as a guess", async () => {
    const { it, clock } = await open();
    await using _it = it;
    const ended = await session(it, allScopes, 60);
    const good = await session(it, allScopes);
    await clock.advance(61_000);
    for (const offered of [ended, `${good.slice(0, -2)}xx`, "a.b.c"]) {
      const client = await openRaw(it.url, afar);
      const answer = await client.hello({ auth: { token: offered } });
      expect(answer.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
      expect((await client.closed).code).toBe(1008);
    }
    for (let guess = 3; guess < 10; guess += 1) await (await openRaw(it.url, afar)).hello({ auth: { token: "wrong" } });
    const locked = await openRaw(it.url, afar);
    expect((await locked.hello({ auth: { token: "wrong" } })).error.details.code).toBe("AUTH_RATE_LIMITED");
    // What is verified is no guess.
    const client = await openRaw(it.url, afar);
    expect((await client.hello({ auth: { token: good } })).ok).toBe(true);
    client.socket.close();
  });

  test("gives a device nothing that outlives it: no pairing, no token of its own", async () => {
    const { it } = await open();
    await using _it = it;
    const identity = await createDeviceIdentity();
    const auth = { token: await session(it, allScopes) };
    const client = await openRaw(it.url);
    const hello = await client.call("connect", await signed(identity, client, { auth }));
    expect(hello.payload.auth).toEqual({ role: "operator", scopes: [...allScopes].sort() });
    expect((await client.call("device.pair.list")).payload.paired).toEqual([]);
    client.socket.close();
  });

  test("from afar a device waits for its owner as with the secret, and then comes in by it", async () => {
    const { it } = await open();
    await using _it = it;
    const identity = await createDeviceIdentity();
    const auth = { token: await session(it, ["operator.read"]) };
    const first = await openRaw(it.url, afar);
    const refused = await first.call("connect", await signed(identity, first, { auth }));
    expect(refused.error).toMatchObject({ code: "NOT_PAIRED", details: { code: "PAIRING_REQUIRED" } });
    const owner = await it.connect();
    await owner.call("device.pair.approve", { requestId: refused.error.details.requestId });
    const second = await openRaw(it.url, afar);
    const hello = await second.call("connect", await signed(identity, second, { auth }));
    expect(hello.payload.auth).toEqual({ role: "operator", scopes: ["operator.read"] });
    second.socket.close();
  });

  test("is no login for a node", async () => {
    const { it } = await open();
    await using _it = it;
    const client = await openRaw(it.url);
    const auth = { token: await session(it, allScopes) };
    const wish = {
      auth,
      role: "node",
      scopes: [],
      client: { ...connectFrame().client, id: "node-host", mode: "node" },
    };
    const answer = await client.call("connect", await signed(await createDeviceIdentity(), client, wish));
    expect(answer.ok).toBe(false);
    expect((await client.closed).code).toBe(1008);
  });
});
