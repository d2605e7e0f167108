// Who gets in from other machines, over real sockets: proxies, logins by header, rate limits and locks.
import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createRanges } from "../host/net/ranges.ts";
import { listen } from "../host/net/serve.ts";
import type { GatewayAuth, GatewaySettings } from "./settings.ts";
import { type Frame, openForTest, openRaw, type RawClient, token } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

const start = 1_800_000_000_000;
const behindProxy = { isTrustedProxy: createRanges(["127.0.0.1"]) };
const rates = { requestsPerMinute: 3, upgradesPerMinute: 3, callsPerMinute: 0, loopbackExempt: true };
const from = (address: string) => ({ "x-forwarded-for": address });
const page = { id: "webchat", version: "1", platform: "web", mode: "webchat" };

async function open(settings: Partial<GatewaySettings> = {}, clock = createFakeClock(start)) {
  const it = await openForTest({ listen, clock, store: createMemoryStore(), settings });
  const base = it.url.replace("ws:", "http:");
  return {
    ...{ ...it, clock, [Symbol.asyncDispose]: it[Symbol.asyncDispose].bind(it) },
    get: (path: string, headers: Record<string, string> = {}) => fetch(base + path, { headers }),
    /** The status that an upgrade is refused with; 101 where it is not. */
    async upgrade(headers: Record<string, string>): Promise<number> {
      const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
      const asked = new AbortController();
      const answer = await fetch(base, {
        headers: { upgrade: "websocket", connection: "upgrade", ...key, ...headers },
        signal: asked.signal,
      });
      asked.abort();
      return answer.status;
    },
  };
}

async function refused(url: string, headers: Record<string, string>, login: Frame): Promise<Frame> {
  const client = await openRaw(url, headers);
  const answer = await client.hello(login);
  await client.closed;
  return answer.error;
}

async function welcomed(url: string, headers: Record<string, string>, login: Frame): Promise<Frame> {
  const client = await openRaw(url, headers);
  const hello = await client.hello(login);
  client.socket.close();
  return hello.payload ?? hello;
}

describe("[G32] X-Forwarded-For", () => {
  const guessFrom = (url: string, address: string) => refused(url, from(address), { auth: { token: "wrong" } });

  test("from a trusted proxy tells clients apart: one that guesses locks itself out, and not the others", async () => {
    await using it = await open(behindProxy);
    for (let guess = 0; guess < 10; guess++) await guessFrom(it.url, "198.51.100.1");
    expect((await guessFrom(it.url, "198.51.100.1")).details.code).toBe("AUTH_RATE_LIMITED");
    // A forged hop in front of the true one changes nothing.
    expect((await guessFrom(it.url, "203.0.113.7, 198.51.100.1")).details.code).toBe("AUTH_RATE_LIMITED");
    expect((await guessFrom(it.url, "203.0.113.7")).details.code).toBe("AUTH_TOKEN_MISMATCH");
  });

  test("forged by anyone else it changes no address: guessing goes on counting against the real one", async () => {
    await using it = await open();
    for (let guess = 0; guess < 10; guess++) await guessFrom(it.url, `203.0.113.${guess}`);
    expect((await guessFrom(it.url, "203.0.113.99")).details.code).toBe("AUTH_RATE_LIMITED");
  });

  test("makes nobody local: whoever claims to be this machine keeps no scopes and waits for pairing", async () => {
    for (const settings of [{}, behindProxy]) {
      await using it = await open(settings);
      expect((await welcomed(it.url, from("127.0.0.1"), {})).auth.scopes).toEqual([]);
      const client = await openRaw(it.url, from("127.0.0.1"));
      const answer = await client.hello(await signed(await createDeviceIdentity(), client, {}));
      expect(answer.error.message).toBe("pairing required");
    }
  });
});

describe("the login of a trusted proxy", () => {
  const auth: GatewayAuth = {
    ...({ mode: "trusted-proxy", token, userHeader: "remote-user", requiredHeaders: [] } as const),
    allowUsers: ["ada"],
  };
  const ada = { ...from("203.0.113.9"), "remote-user": "ada" };

  test("[G32] its user is in, with the scopes asked for, as a page with or without a device", async () => {
    await using it = await open({ ...behindProxy, auth });
    const hello = await welcomed(it.url, ada, { client: page, auth: {}, scopes: ["operator.read"] });
    expect(hello.auth.scopes).toEqual(["operator.read"]);
    expect(hello.snapshot.authMode).toBe("trusted-proxy");
    const client = await openRaw(it.url, ada);
    const device = await signed(await createDeviceIdentity(), client, { client: page, auth: {} });
    expect((await client.hello(device)).payload.auth.deviceToken).toBeString();
    client.socket.close();
  });

  test("a forged user header, an unknown user and the bare token get nobody in", async () => {
    await using it = await open({ auth });
    const unlisted = await refused(it.url, ada, { client: page, auth: {} });
    expect(unlisted.details.code).toBe("AUTH_UNAUTHORIZED");
    expect((await it.get("/metrics", ada)).status).toBe(401);
    await using behind = await open({ ...behindProxy, auth });
    for (const headers of [{ ...ada, "remote-user": "eve" }, from("203.0.113.9")])
      expect((await refused(behind.url, headers, {})).message).toStartWith("unauthorized: no user named");
    const bearer = { authorization: `Bearer ${token}` };
    expect((await behind.get("/metrics", { ...from("203.0.113.9"), ...bearer })).status).toBe(401);
  });

  test("over HTTP its user is in as well, unless a page of another site makes the browser ask", async () => {
    await using it = await open({ ...behindProxy, auth });
    expect((await it.get("/metrics", ada)).status).toBe(200);
    expect((await it.get("/metrics", { ...ada, origin: "https://evil.example" })).status).toBe(403);
  });

  test("over JSON-RPC its user is in without a secret, by POST and by socket, and others are not", async () => {
    await using it = await open({ ...behindProxy, auth });
    const call = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "health" });
    const post = async (headers: Record<string, string>) =>
      (await fetch(`${it.url.replace("ws:", "http:")}/rpc`, { method: "POST", headers, body: call })).status;
    expect([await post(ada), await post({ ...ada, "remote-user": "eve" })]).toEqual([200, 401]);
    const socket = new WebSocket(`${it.url}/rpc`, { headers: ada } as unknown as string[]);
    socket.onopen = () => socket.send(call);
    const answer = await new Promise<Frame>((resolve) => {
      socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
    });
    expect(answer).toMatchObject({ id: 1, result: { ok: true } });
    socket.close();
  });

  test("programs of this machine come in with the token, and a proxied node still waits for pairing", async () => {
    await using it = await open({ ...behindProxy, auth });
    expect((await welcomed(it.url, {}, {})).auth.role).toBe("operator");
    expect((await refused(it.url, {}, { auth: { token: "wrong" } })).details.code).toBe("AUTH_TOKEN_MISMATCH");
    const client = await openRaw(it.url, ada);
    const node = { role: "node", scopes: [], auth: {}, client: { ...page, id: "node-host", mode: "node" } };
    expect((await client.hello(await signed(await createDeviceIdentity(), client, node))).error.message).toBe(
      "pairing required",
    );
  });
});

describe("the login of Tailscale", () => {
  const named = { ...from("100.64.0.7"), "tailscale-user-login": "ada@example.com" };
  const tailscale = {
    forwards: true,
    whois: async (ip: string) => (ip === "100.64.0.7" ? "ada@example.com" : undefined),
  };
  const asPage = (client: RawClient) =>
    createDeviceIdentity().then((id) => signed(id, client, { client: page, auth: {} }));

  test("[G34] stands in for the secret; the device still waits for its owner", async () => {
    await using it = await open({ tailscale });
    const client = await openRaw(it.url, named);
    expect((await client.hello(await asPage(client))).error.message).toBe("pairing required");
    expect((await it.get("/metrics", named)).status).toBe(200);
  });

  test("forged, or where it is not allowed, it is no login", async () => {
    await using it = await open({ tailscale });
    await using closed = await open({ tailscale: { forwards: true } });
    const forged = { ...named, "x-forwarded-for": "100.64.0.8" };
    for (const [gateway, headers] of [
      [it, forged],
      [closed, named],
    ] as const) {
      const client = await openRaw(gateway.url, headers);
      expect((await client.hello(await asPage(client))).error.message).toStartWith(
        "unauthorized: gateway token missing",
      );
      expect((await gateway.get("/metrics", headers)).status).toBe(401);
    }
  });
});

describe("[G30] one address may ask so much a minute", () => {
  test("of HTTP: then it gets 429 with Retry-After, others and this machine do not, and later it may again", async () => {
    await using it = await open({ ...behindProxy, rateLimits: rates });
    const answers = await Promise.all(Array.from({ length: 5 }, () => it.get("/health", from("198.51.100.1"))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
    const last = answers.find(({ status }) => status === 429);
    expect([last?.headers.get("retry-after"), await last?.json()]).toEqual([
      "20",
      { ok: false, error: "too many requests" },
    ]);
    expect((await it.get("/health", from("198.51.100.2"))).status).toBe(200);
    for (let request = 0; request < 5; request++) expect((await it.get("/health")).status).toBe(200);
    await it.clock.advance(20_000);
    expect((await it.get("/health", from("198.51.100.1"))).status).toBe(200);
    expect(it.fake.notes.filter((note) => note.event === "gateway.rate-limited")).toHaveLength(1);
  });

  test("of upgrades: then they are refused with 429", async () => {
    await using it = await open({ ...behindProxy, rateLimits: rates });
    const statuses: number[] = [];
    for (let upgrade = 0; upgrade < 5; upgrade++) statuses.push(await it.upgrade(from("198.51.100.1")));
    expect(statuses).toEqual([101, 101, 101, 429, 429]);
    expect(await it.upgrade(from("198.51.100.2"))).toBe(101);
  });

  test("this machine too, where the owner says so", async () => {
    await using it = await open({ rateLimits: { ...rates, loopbackExempt: false } });
    const statuses: number[] = [];
    for (let request = 0; request < 4; request++) statuses.push((await it.get("/health")).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test("of sockets that say nothing: 32 at once, and each that goes or says hello makes room", async () => {
    await using it = await open({ ...behindProxy, rateLimits: { ...rates, upgradesPerMinute: 1000 } });
    const silent = await Promise.all(Array.from({ length: 32 }, () => openRaw(it.url, from("198.51.100.1"))));
    expect(await it.upgrade(from("198.51.100.1"))).toBe(429);
    expect(await it.upgrade(from("198.51.100.2"))).toBe(101);
    const [first, second] = silent;
    await first?.hello();
    const third = await openRaw(it.url, from("198.51.100.1"));
    expect(await it.upgrade(from("198.51.100.1"))).toBe(429);
    await second?.hello({ auth: { token: "wrong" } });
    await second?.closed;
    expect(await it.upgrade(from("198.51.100.1"))).toBe(101);
    const local = await Promise.all(Array.from({ length: 40 }, () => openRaw(it.url)));
    for (const client of [...silent, ...local, third]) client.socket.close();
  });
});

describe("[G30] sockets of JSON-RPC", () => {
  test("that have not logged in count with the others, make room by a login or by going, and have their time", async () => {
    await using it = await open({ ...behindProxy, rateLimits: { ...rates, upgradesPerMinute: 1000 } });
    const afar = from("198.51.100.1");
    const bearer = { authorization: `Bearer ${token}` };
    const silent = await Promise.all(Array.from({ length: 31 }, () => openRpc(it.url, afar)));
    const last = await openRaw(it.url, afar);
    expect(await it.upgrade(afar)).toBe(429);
    silent[0]?.send(`{"jsonrpc":"2.0","id":1,"method":"connect","params":{"token":"${token}"}}`);
    await new Promise((resolve) => silent[0]?.addEventListener("message", resolve, { once: true }));
    for (let login = 0; login < 3; login++) {
      const inside = await openRpc(it.url, { ...afar, ...bearer });
      inside.send('{"jsonrpc":"2.0","id":1,"method":"agents.list"}');
      await new Promise((resolve) => inside.addEventListener("message", resolve, { once: true }));
      silent.push(inside);
    }
    const more = await openRpc(it.url, afar);
    expect(await it.upgrade(afar)).toBe(429);
    const closed = new Promise<CloseEvent>((resolve) => more.addEventListener("close", resolve));
    await it.clock.advance(16_000);
    expect((await closed).reason).toBe("no login in time");
    await last.closed;
    expect(silent[0]?.readyState).toBe(WebSocket.OPEN);
    expect(await it.upgrade(afar)).toBe(101);
    for (const socket of silent) socket.close();
  });
});

/** Opened, and heard of by the gateway: an answer came. */
async function openRpc(url: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/rpc`, { headers } as unknown as string[]);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  socket.send("{");
  await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  return socket;
}

describe("wrong secrets", () => {
  test("over HTTP and over WebSocket are counted together, and the owner's numbers hold", async () => {
    const guessLimits = { maxAttempts: 3, windowMs: 60_000, lockoutMs: 90_000, exemptLoopback: true };
    await using it = await open({ ...behindProxy, guessLimits });
    const afar = from("198.51.100.1");
    const guess = { ...afar, authorization: "Bearer wrong" };
    expect((await it.get("/metrics", guess)).status).toBe(401);
    await refused(it.url, afar, { auth: { token: "wrong" } });
    expect((await it.get("/metrics", guess)).status).toBe(401);
    const right = { ...afar, authorization: `Bearer ${token}` };
    const locked = await it.get("/metrics", right);
    expect([locked.status, locked.headers.get("retry-after")]).toEqual([429, "90"]);
    expect((await refused(it.url, afar, {})).retryAfterMs).toBe(90_000);
    await it.clock.advance(90_000);
    expect((await it.get("/metrics", right)).status).toBe(200);
  });

  test("where no login is asked, plain HTTP serves this machine alone, also under a name that points here", async () => {
    await using it = await open({ auth: { mode: "none" } });
    expect((await it.get("/metrics")).status).toBe(200);
    for (const headers of [from("198.51.100.1"), { host: "evil.example" }])
      expect((await it.get("/metrics", headers)).status).toBe(401);
  });

  test("asking without any is no guess", async () => {
    await using it = await open(behindProxy);
    for (let request = 0; request < 12; request++) {
      expect((await it.get("/metrics", from("198.51.100.1"))).status).toBe(401);
      expect((await refused(it.url, from("198.51.100.1"), { auth: {} })).details.code).toBe("AUTH_TOKEN_MISSING");
    }
  });

  test("a lock on the secret does not shut out a paired device, nor one on device tokens the secret's owner", async () => {
    await using it = await open(behindProxy);
    const identity = await createDeviceIdentity();
    const first = await openRaw(it.url);
    const { deviceToken } = (await first.hello(await signed(identity, first, {}))).payload.auth;
    const afar = from("198.51.100.1");
    const byDevice = async (auth: Frame) => {
      const client = await openRaw(it.url, afar);
      const answer = await client.hello(await signed(identity, client, { auth }));
      client.socket.close();
      return answer.ok ? "in" : answer.error.details.code;
    };
    for (let guess = 0; guess < 10; guess++) await refused(it.url, afar, { auth: { token: "wrong" } });
    expect(await byDevice({ token: deviceToken })).toBe("in");
    expect(await byDevice({ token })).toBe("AUTH_RATE_LIMITED");
    await it.clock.advance(300_000);
    for (let guess = 0; guess < 10; guess++)
      expect(await byDevice({ deviceToken: "wrong" })).toBe("AUTH_DEVICE_TOKEN_MISMATCH");
    expect(await byDevice({ token: deviceToken })).toBe("AUTH_RATE_LIMITED");
    expect(await welcomed(it.url, afar, {})).toMatchObject({ type: "hello-ok" });
    first.socket.close();
  });
});
