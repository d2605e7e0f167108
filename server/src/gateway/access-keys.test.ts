// Keys for programs, at every door that takes the gateway's token: what they may and no more, and their end.
import { afterEach, describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore, type FakeClock } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { keyLimits } from "./handshake/keys.ts";
import type { House } from "./house.ts";
import type { GatewaySettings } from "./settings.ts";
import { allScopes, openForTest, openRaw, type RawClient, type TestGateway, token } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

const afar = { "x-forwarded-for": "203.0.113.9" };
const hour = 3_600_000;
const chat = { model: "homarus", messages: [{ role: "user", content: "hi" }] };

interface Opened {
  readonly it: TestGateway;
  readonly clock: FakeClock;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly owner: RawClient;
  readonly http: string;
  make(name: string, wish?: object): Promise<string>;
}

const opened: TestGateway[] = [];
afterEach(async () => {
  for (const it of opened.splice(0)) await it[Symbol.asyncDispose]();
});

async function open(
  settings: Partial<GatewaySettings> = {},
  store = createMemoryStore(),
  house: (given: House) => House = (given) => given,
): Promise<Opened> {
  const clock = createFakeClock(1_800_000_000_000);
  const it = await openForTest({ listen, clock, store, settings, house });
  opened.push(it);
  const owner = await it.connect();
  const make = async (name: string, wish: object = {}) =>
    (await owner.call("access.keys.create", { name, ttlMs: hour, ...wish })).payload.secret;
  return { it, clock, store, owner, http: it.url.replace("ws", "http"), make };
}

function ask(address: string, bearer: string, body?: unknown, headers: Record<string, string> = {}) {
  return fetch(address, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function enter({ it }: Opened, key: string, login: object = {}): Promise<RawClient> {
  const client = await openRaw(it.url);
  await client.hello({ scopes: allScopes, auth: { token: key }, ...login });
  return client;
}

const audited = ({ store }: Opened) => store.auditLinks({ type: "login", limit: 50 });

describe("a key for a program", () => {
  test.each([
    [3, {}],
    [4, { minProtocol: 4, maxProtocol: 4, scopes: [] }],
  ])("[L03] gives exactly its scopes in frames of version %d, whatever is asked for", async (_version, login) => {
    const house = await open();
    const client = await openRaw(house.it.url);
    const hello = await client.hello({ auth: { token: await house.make("reader") }, ...login });
    expect(hello.payload.auth).toEqual({ role: "operator", scopes: ["operator.read"] });
    expect((await client.call("sessions.list")).ok).toBe(true);
    for (const [method, params] of [
      ["chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" }],
      ["agent", { message: "hi", idempotencyKey: "k" }],
      ["send", { to: "1", message: "hi", idempotencyKey: "k" }],
      ["tools.invoke", { name: "echo", args: {} }],
      ["config.set", { raw: "{}" }],
      ["secrets.list", {}],
      ["secrets.set", { name: "a", value: "b" }],
      ["access.keys.create", { name: "more" }],
      ["access.keys.list", {}],
      ["access.keys.revoke", { name: "reader" }],
      ["device.pair.list", {}],
    ] as const)
      expect([method, (await client.call(method, params)).error.message]).toEqual([
        method,
        expect.stringContaining("missing scope: operator."),
      ]);
    expect((await audited(house)).map(({ actor, detail }) => [actor, detail?.reason])).toContainEqual([
      "key reader",
      "more than it may",
    ]);
    client.socket.close();
  });

  test("[L03] over HTTP reads where reading is enough, and is told what it lacks elsewhere", async () => {
    const house = await open();
    const { http } = house;
    const [reader, writer, approver] = [
      await house.make("reader"),
      await house.make("writer", { scopes: ["operator.write"] }),
      await house.make("approver", { scopes: ["operator.approvals"] }),
    ];
    const doings: readonly (readonly [string, unknown])[] = [
      ["/v1/chat/completions", chat],
      ["/v1/responses", { model: "homarus", input: "hi" }],
      ["/v1/embeddings", { model: "homarus", input: "hi" }],
      ["/tools/invoke", { tool: "echo", args: {} }],
      ["/api/agent", { message: "hi" }],
      ["/api/sessions/main/messages", { message: "hi" }],
      ["/api/methods/config.set", { raw: "{}" }],
      ["/api/methods/secrets.list", {}],
      ["/api/methods/access.keys.create", { name: "x" }],
    ];
    for (const [path, body] of doings) {
      const answer = await ask(`${http}${path}`, reader, body);
      expect([path, answer.status, await answer.text()]).toEqual([path, 403, expect.stringContaining("missing scope")]);
    }
    const readings = ["/v1/models", "/api/sessions", "/api/events", "/metrics"];
    for (const path of readings) {
      const allowed = await ask(`${http}${path}`, reader, undefined, afar);
      expect([path, allowed.status]).toEqual([path, 200]);
      await allowed.body?.cancel();
      const refused = await ask(`${http}${path}`, approver, undefined, afar);
      expect([path, refused.status]).toEqual([path, 403]);
    }
    expect((await ask(`${http}/mcp`, approver, {})).status).toBe(403);
    const told = await ask(`${http}/tools/invoke`, reader, { tool: "echo" });
    expect((await told.json()).error).toEqual({
      type: "forbidden",
      message: expect.stringContaining("homarus keys create <name> --scope operator.write"),
    });
    expect((await ask(`${http}/tools/invoke`, writer, { tool: "echo", args: { text: "hi" } })).status).toBe(200);
    expect((await ask(`${http}/api/methods/config.set`, writer, { raw: "{}" })).status).toBe(403);
  });

  test("[L03] may on a JSON-RPC socket what it was made for, and a device that brings it is neither paired nor given a token", async () => {
    const house = await open();
    const key = await house.make("reader");
    const socket = new WebSocket(`${house.it.url}/rpc`, {
      headers: { authorization: `Bearer ${key}` },
    } as unknown as string[]);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const answered = new Promise<string>((resolve) =>
      socket.addEventListener("message", ({ data }) => String(data).includes('"id":1') && resolve(String(data))),
    );
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "secrets.list", params: {} }));
    expect(await answered).toContain("missing scope: operator.admin");
    socket.close();

    const client = await openRaw(house.it.url, afar);
    const identity = await createDeviceIdentity();
    const login = await signed(identity, client, { auth: { token: key } });
    expect((await client.hello(login)).payload.auth).toEqual({ role: "operator", scopes: ["operator.read"] });
    expect((await house.owner.call("device.pair.list")).payload).toEqual({ pending: [], paired: [] });
    client.socket.close();
  });

  test("is exchanged for nothing that outlives it: no session, no other key, no node", async () => {
    const house = await open();
    const key = await house.make("chief", { scopes: ["operator.admin"] });
    const session = await ask(`${house.http}/api/login`, "", { token: key });
    expect([session.status, await session.text()]).toEqual([403, expect.stringContaining("a login of its own")]);
    const client = await enter(house, key);
    const more = await client.call("access.keys.create", { name: "more", ttlMs: null });
    expect(more.error.message).toContain("A key makes no other keys");
    client.socket.close();
    const node = await openRaw(house.it.url);
    const refused = await node.hello({ role: "node", auth: { token: key } });
    expect(refused.error.message).toContain("not nodes");
  });

  test("[L03] ends at its moment: who is in is out, a stream breaks off, and nothing is let in any more", async () => {
    const house = await open();
    const key = await house.make("short", { scopes: ["operator.write"], ttlMs: 60_000 });
    const lasting = await house.make("lasting", { ttlMs: null });
    const [client, other] = [await enter(house, key), await enter(house, lasting)];
    const stream = await ask(`${house.http}/api/events`, key);
    const rpc = new WebSocket(`${house.it.url}/rpc`, { headers: { authorization: `Bearer ${key}` } } as never);
    const rpcClosed = new Promise<number>((resolve) => rpc.addEventListener("close", ({ code }) => resolve(code)));
    await new Promise((resolve) => rpc.addEventListener("open", resolve));
    rpc.send('{"jsonrpc":"2.0","id":1,"method":"health"}');
    await new Promise((resolve) => rpc.addEventListener("message", resolve));
    await house.clock.advance(59_999);
    expect((await client.call("health")).ok).toBe(true);
    await house.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("key is over") });
    expect(await rpcClosed).toBe(1008);
    await stream.text();
    const again = await ask(`${house.http}/api/sessions`, key);
    expect([again.status, await again.text()]).toEqual([401, expect.stringContaining("the key short has ended")]);
    const late = await openRaw(house.it.url);
    expect((await late.hello({ auth: { token: key } })).error.message).toContain("has ended");
    expect((await late.closed).code).toBe(1008);
    expect((await other.call("health")).ok).toBe(true);
    expect((await audited(house)).map(({ actor, detail }) => [actor, detail?.reason])).toContainEqual([
      "key short",
      "ended",
    ]);
    // Its name is free again.
    expect(await house.make("short")).toStartWith("hk_");
    other.socket.close();
  });

  test("[L03] ends while a request waits for its answer: the answer is that it is over", async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const house = await open({}, createMemoryStore(), (given) => ({
      ...given,
      tools: {
        ...given.tools,
        invoke: ({ signal }) => {
          begun.resolve(signal);
          return new Promise(() => undefined);
        },
      },
    }));
    const key = await house.make("slow", { scopes: ["operator.write"] });
    const waiting = ask(`${house.http}/tools/invoke`, key, { tool: "echo", args: { text: "hi" } });
    const signal = await begun.promise;
    await house.owner.call("access.keys.revoke", { name: "slow" });
    const answer = await waiting;
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("the key is over")]);
    expect(signal.aborted).toBe(true);
  });

  test("[L03] is taken back while it is in use, and what was wrong with a key counts as a guess", async () => {
    const house = await open();
    const key = await house.make("ci", { ttlMs: null });
    const client = await enter(house, key);
    expect((await house.owner.call("access.keys.revoke", { name: "ci" })).payload.key.state).toBe("revoked");
    expect((await client.closed).code).toBe(1008);
    const wrong = `hk_${"A".repeat(43)}`;
    for (let guess = 0; guess < 5; guess += 1) {
      const offered = guess % 2 === 0 ? key : wrong;
      const answer = await ask(`${house.http}/api/sessions`, offered, undefined, afar);
      expect([answer.status, (await answer.text()).includes(offered)]).toEqual([401, false]);
      const frames = await openRaw(house.it.url, afar);
      const refused = (await frames.hello({ auth: { token: offered } })).error;
      expect([refused.details.code, refused.message.includes(offered)]).toEqual(["AUTH_TOKEN_MISMATCH", false]);
    }
    expect((await ask(`${house.http}/api/sessions`, wrong, undefined, afar)).status).toBe(429);
    // Whoever has another login is not shut out by it.
    expect((await ask(`${house.http}/api/sessions`, token, undefined, afar)).status).toBe(200);
    const good = await house.make("good");
    expect((await ask(`${house.http}/api/sessions`, good, undefined, afar)).status).toBe(200);
    const known = (await audited(house)).map(({ actor, action }) => `${actor} ${action}`);
    expect(known.filter((line) => line.endsWith("is refused")).sort()).toEqual([
      "an unknown key is refused",
      "key ci is refused",
    ]);
    expect(known).toEqual(expect.arrayContaining(["cli makes the key ci", "cli revokes the key ci"]));
  });

  test.each([{ mode: "none" } as const, { mode: "password", password: "correct-horse" } as const])(
    "is held to its scopes, and refused when it is none, where the login is $mode",
    async (auth) => {
      const house = await open({ auth });
      const owner = await openRaw(house.it.url);
      await owner.hello({ auth: auth.mode === "password" ? { password: auth.password } : {} });
      const key = (await owner.call("access.keys.create", { name: "reader" })).payload.secret;
      const client = await enter(house, key);
      expect((await client.call("secrets.list")).error.message).toBe("missing scope: operator.admin");
      client.socket.close();
      expect((await ask(`${house.http}/tools/invoke`, key, { tool: "echo" })).status).toBe(403);
      await owner.call("access.keys.revoke", { name: "reader" });
      for (const offered of [key, `hk_${"A".repeat(43)}`]) {
        expect((await ask(`${house.http}/api/sessions`, offered)).status).toBe(401);
        const refused = await openRaw(house.it.url);
        expect((await refused.hello({ auth: { token: offered } })).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
      }
      owner.socket.close();
    },
  );

  test("is gone with a rotation, also one that failed after it had taken the keys", async () => {
    for (const isFaulty of [false, true]) {
      const store = createMemoryStore();
      const house = await open({}, store, (given) => ({
        ...given,
        secrets: {
          ...given.secrets,
          async rotate() {
            for (const { key } of await store.values("access-keys").list())
              await store.values("access-keys").remove(key);
            if (isFaulty) throw new Error("no disk");
            return [{ name: "access-keys" }];
          },
        },
      }));
      const key = await house.make("ci", { ttlMs: null });
      const client = await enter(house, key);
      expect((await house.owner.call("secrets.rotate", {})).ok).toBe(!isFaulty);
      expect((await client.closed).code).toBe(1008);
      expect((await ask(`${house.http}/api/sessions`, key)).status).toBe(401);
      expect((await house.owner.call("health")).ok).toBe(true);
    }
  });

  test("outlives a restart as a hash, and is not in the store", async () => {
    const house = await open();
    const key = await house.make("kept");
    await house.it[Symbol.asyncDispose]();
    const again = await open({}, house.store);
    expect((await ask(`${again.http}/api/sessions`, key)).status).toBe(200);
    const { keys } = (await again.owner.call("access.keys.list")).payload;
    expect(keys).toEqual([
      {
        ...{ name: "kept", scopes: ["operator.read"], state: "open", createdAtMs: 1_800_000_000_000 },
        ...{ endsAtMs: 1_800_000_000_000 + hour, lastUsedAtMs: 1_800_000_000_000 },
      },
    ]);
    const kept = await again.store.values("access-keys").list();
    expect(JSON.stringify(kept)).not.toContain(key.slice(3));
  });

  test("the gateway's own token may look like a key", async () => {
    const own = `hk_${"Z".repeat(43)}`;
    const house = await open({ auth: { mode: "token", token: own } }).catch(() => undefined);
    const client = await openRaw(opened.at(-1)?.url ?? "");
    expect((await client.hello({ auth: { token: own } })).payload.auth.scopes).toEqual([...allScopes].sort());
    expect((await ask(`${opened.at(-1)?.url.replace("ws", "http")}/api/sessions`, own)).status).toBe(200);
    expect(house).toBeDefined();
    client.socket.close();
  });
});

describe("making a key", () => {
  test.each([
    [{ name: "x", scopes: ["operator.everything"] }, "Known are operator.read, operator.write"],
    [{ name: "x", scopes: [] }, "at least one scope"],
    [{ name: "x", ttlMs: 366 * 24 * hour }, "a year at most"],
    [{ name: "x", ttlMs: 10 }, "a second at least"],
    [{ name: "../x" }, "letters, digits"],
    [{ name: "taken" }, "There is a key taken already"],
  ])("of %j is refused in words", async (wish, words) => {
    const house = await open();
    await house.make("taken");
    const { ok, error } = await house.owner.call("access.keys.create", wish);
    expect([ok, error.code, error.message]).toEqual([false, "INVALID_REQUEST", expect.stringContaining(words)]);
    expect((await house.owner.call("access.keys.list")).payload.keys).toHaveLength(1);
  });

  test("without words gives a day of reading, and only the newest of those that are over are known", async () => {
    const house = await open();
    const { key } = (await house.owner.call("access.keys.create", { name: "usual" })).payload;
    expect(key).toMatchObject({ scopes: ["operator.read"], endsAtMs: 1_800_000_000_000 + 24 * hour });
    for (let index = 0; index <= keyLimits.over + 1; index += 1) {
      await house.make("again", { ttlMs: 1000 });
      await house.clock.advance(1000);
    }
    expect((await house.owner.call("access.keys.list")).payload.keys).toHaveLength(keyLimits.over + 2);
  });
});
