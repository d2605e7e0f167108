// The door by its plain HTTP: who comes in, and what becomes of requests that are none.
import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../host/net/serve.ts";
import type { House } from "../house.ts";
import { type Frame, openForTest, openRaw, token } from "../testing/open-for-test.ts";
import { signed } from "../testing/signed.ts";
import { sessionLimits } from "./older-sessions.ts";

const start = 1_800_000_000_000;

async function open(house?: (house: House) => House) {
  const clock = createFakeClock(start);
  const it = await openForTest({ listen, clock, store: createMemoryStore(), ...(house ? { house } : {}) });
  const url = `${it.url.replace("ws", "http")}/mcp`;
  const send = (init: RequestInit & { readonly query?: string }) => fetch(url + (init.query ?? ""), init);
  return { ...it, clock, send, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
}
type Opened = Awaited<ReturnType<typeof open>>;

const headers = {
  ...{ authorization: `Bearer ${token}`, "content-type": "application/json" },
  accept: "application/json, text/event-stream",
};

const newest = "2026-07-28";
const envelope = {
  "io.modelcontextprotocol/protocolVersion": newest,
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A request of the newest specification. */
function newer(method: string, params: object = {}, more: Readonly<Record<string, string>> = {}): RequestInit {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: envelope } });
  const named = "name" in params ? { "mcp-name": String(params.name) } : {};
  return {
    method: "POST",
    body,
    headers: { ...headers, "mcp-protocol-version": newest, "mcp-method": method, ...named, ...more },
  };
}

function older(method: string, params: object = {}, more: Readonly<Record<string, string>> = {}): RequestInit {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return { method: "POST", body, headers: { ...headers, ...more } };
}

const initialize = (more: Readonly<Record<string, string>> = {}) =>
  older(
    "initialize",
    { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    more,
  );

async function begun(it: Opened, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await it.send(initialize(more));
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get("mcp-session-id") ?? "";
}

async function told(response: Response): Promise<Frame> {
  const text = await response.text();
  return JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text);
}

const toolsOf = async (it: Opened, init: RequestInit & { readonly query?: string }): Promise<string[]> =>
  (await told(await it.send(init))).result.tools.map((tool: Frame) => tool.name);

describe("[G14] who comes in", () => {
  test("without the token it is 401 with a challenge, from another page 403", async () => {
    await using it = await open();
    for (const authorization of ["", "Bearer wrong", "Basic abc"]) {
      const answer = await it.send(newer("tools/list", {}, { authorization }));
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    }
    expect((await it.send(newer("tools/list", {}, { origin: "https://evil.example" }))).status).toBe(403);
    expect((await it.send(newer("tools/list", {}, { origin: "http://127.0.0.1:5" }))).status).toBe(200);
    expect((await it.send({ method: "GET" })).status).toBe(401);
    expect((await it.send({ method: "DELETE", headers: { "mcp-session-id": "x" } })).status).toBe(401);
  });

  test("rights decide what is offered, and a client may take fewer than it has", async () => {
    await using it = await open();
    const reads = ["echo", "jobs_list", "sessions_history", "sessions_list", "sessions_search"];
    expect(await toolsOf(it, { ...newer("tools/list"), query: "?scopes=operator.read" })).toEqual(reads);
    const writes = [...reads, "agent_ask", "message_send", "sessions_send"].sort();
    expect(await toolsOf(it, { ...newer("tools/list"), query: "?scopes=operator.write" })).toEqual(writes);
    const all = [...writes, "jobs_add", "jobs_remove"].sort();
    expect(await toolsOf(it, newer("tools/list"))).toEqual(all);
    const call = newer("tools/call", { name: "agent_ask", arguments: { message: "hi" } });
    const refused = await told(await it.send({ ...call, query: "?scopes=operator.read" }));
    expect(refused.error).toEqual({ code: -32602, message: "Unknown tool: agent_ask" });
    expect(it.fake.heard).toEqual([]);
    const nothing = await it.send({ ...newer("tools/list"), query: "?scopes=operator.pairing" });
    expect([nothing.status, nothing.headers.get("www-authenticate")]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="operator.read"',
    ]);
  });

  test("an agent that is not there is named in the refusal", async () => {
    await using it = await open();
    const answer = await it.send(newer("tools/list", {}, { "x-homarus-agent-id": "nobody" }));
    expect([answer.status, (await told(answer)).error.message]).toEqual([400, "there is no agent nobody here"]);
    expect((await it.send({ ...newer("tools/list"), query: "?agent=main" })).status).toBe(200);
  });
});

test("[G14] a call's answer begins at once; whoever turns away from it takes the call back", async () => {
  await using it = await open();
  const leaving = new AbortController();
  const call = newer("tools/call", { name: "agent_ask", arguments: { message: "hi" } });
  const answer = await it.send({ ...call, signal: leaving.signal });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  while (it.fake.heard.length === 0) await Bun.sleep(1);
  expect(it.fake.aborted).toEqual([]);
  leaving.abort();
  while (it.fake.aborted.length === 0) await Bun.sleep(1);
  expect(it.fake.aborted).toEqual([it.fake.heard[0]?.id ?? ""]);
});

test("a client that does not read what it asked for is left, and its call taken back", async () => {
  let told = 0;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const talk: House["tools"]["invoke"] = async ({ signal, progress }) => {
    for (; !signal.aborted && told < 500; told += 1) {
      progress?.("x".repeat(1024 * 1024));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    end();
    return { content: [] };
  };
  await using it = await open((house) => ({ ...house, tools: { ...house.tools, invoke: talk } }));
  const call = newer("tools/call", { name: "echo", arguments: {}, _meta: {} });
  const body = String(call.body).replace('"_meta":{', '"_meta":{"progressToken":1,');
  const lines = Object.entries({ ...call.headers, host: "127.0.0.1", "content-length": String(body.length) });
  const client = connect({ host: "127.0.0.1", port: it.gateway.port });
  client.pause();
  client.write(`POST /mcp HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
  await ended;
  client.destroy();
  expect(told).toBeGreaterThan(5);
  expect(told).toBeLessThan(100);
});

describe("[G14] sessions of the older protocol", () => {
  test("a session is begun, used, and ended by its client", async () => {
    await using it = await open();
    const id = await begun(it);
    const named = { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" };
    expect((await told(await it.send(older("tools/list", {}, named)))).result.tools.length).toBeGreaterThan(5);
    expect((await it.send(older("tools/list", {}, { ...named, "mcp-protocol-version": "1999-01-01" }))).status).toBe(
      400,
    );
    expect((await it.send({ method: "DELETE", headers: { ...headers, ...named } })).status).toBe(200);
    const gone = await it.send(older("tools/list", {}, named));
    expect([gone.status, (await told(gone)).error.message]).toEqual([404, "Session not found"]);
  });

  test("without one, or with another's, nothing is served", async () => {
    await using it = await open();
    const id = await begun(it);
    expect((await it.send(older("tools/list"))).status).toBe(400);
    expect((await it.send(older("tools/list", {}, { "mcp-session-id": "none" }))).status).toBe(404);
    const fewer = { ...older("tools/list", {}, { "mcp-session-id": id }), query: "?scopes=operator.read" };
    expect((await it.send(fewer)).status).toBe(404);
    expect((await it.send(initialize({ "mcp-session-id": id }))).status).toBe(400);
  });

  test("one that nobody uses ends by itself, one with an open stream does not", async () => {
    await using it = await open();
    const idle = await begun(it);
    const watching = await begun(it);
    const stream = await it.send({ headers: { ...headers, "mcp-session-id": watching, accept: "text/event-stream" } });
    expect(stream.status).toBe(200);
    await it.clock.advance(sessionLimits.idleMs + 1);
    const ask = async (id: string) => (await it.send(older("ping", {}, { "mcp-session-id": id }))).status;
    expect([await ask(idle), await ask(watching)]).toEqual([404, 200]);
    await stream.body?.cancel();
  });

  test("a client that leaves its stream leaves its session to time", async () => {
    await using it = await open();
    const id = await begun(it);
    const leaving = new AbortController();
    const asked = { ...headers, "mcp-session-id": id, accept: "text/event-stream" };
    await it.send({ headers: asked, signal: leaving.signal });
    leaving.abort();
    const figures = async () => (await fetch(`${it.url.replace("ws", "http")}/metrics`)).text();
    while (!(await figures()).includes("homarus_sockets 0")) await Bun.sleep(1);
    await it.clock.advance(sessionLimits.idleMs + 1);
    expect((await it.send(older("ping", {}, { "mcp-session-id": id }))).status).toBe(404);
  });

  test("when all places are taken, the one unused for longest gives way; while all are in use, a newcomer waits", async () => {
    await using it = await open();
    const ids: string[] = [];
    for (let count = 0; count < sessionLimits.sessions; count += 1) {
      ids.push(await begun(it));
      await it.clock.advance(1);
    }
    const last = await begun(it);
    const ask = async (id: string) => (await it.send(older("ping", {}, { "mcp-session-id": id }))).status;
    expect([await ask(ids[0] ?? ""), await ask(ids[1] ?? "")]).toEqual([404, 200]);
    const stream = (id: string) =>
      it.send({ headers: { ...headers, "mcp-session-id": id, accept: "text/event-stream" } });
    const streams = await Promise.all([...ids.slice(1), last].map(stream));
    const full = await it.send(initialize());
    expect([full.status, full.headers.get("retry-after")]).toEqual([503, "60"]);
    for (const { body } of streams) await body?.cancel();
  });

  test("an introduction that fails leaves nothing behind", async () => {
    await using it = await open();
    const before = it.clock.sleepers();
    for (let count = 0; count < 3; count += 1)
      expect((await it.send(initialize({ accept: "text/html" }))).status).toBe(406);
    expect(it.clock.sleepers()).toBe(before);
  });
});

test("[L29] a device that is sent away loses its streams, its session and its socket at once", async () => {
  await using it = await open();
  const owner = await it.connect({ minProtocol: 4, maxProtocol: 4 });
  const identity = await createDeviceIdentity();
  const client = await openRaw(it.url);
  const hello = await client.hello(await signed(identity, client, { scopes: ["operator.read"] }));
  const authorization = `Bearer ${hello.payload.auth.deviceToken}`;
  const id = await begun(it, { authorization });
  const named = { ...headers, authorization, "mcp-session-id": id, accept: "text/event-stream" };
  const stream = await it.send({ headers: named });
  const listening = await it.send(
    newer("subscriptions/listen", { notifications: { toolsListChanged: true } }, { authorization }),
  );
  const socket = new WebSocket(`${it.url}/mcp`, { headers: { authorization } } as unknown as string[]);
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  socket.send('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  await new Promise((resolve) => {
    socket.onmessage = resolve;
  });
  const revoked = await owner.call("device.token.revoke", { deviceId: identity.id, role: "operator" });
  expect(revoked.ok).toBe(true);
  expect(await closed).toBe(1008);
  expect(await stream.text()).toBe(": \n\n");
  expect(await listening.text()).toContain("acknowledged");
  expect((await it.send(older("ping", {}, { authorization, "mcp-session-id": id }))).status).toBe(401);
});

test("[L03] a key loses its streams and its socket when it is taken back; another key is not in its session", async () => {
  await using it = await open();
  const owner = await it.connect({ minProtocol: 4, maxProtocol: 4 });
  const make = async (name: string, ...scopes: readonly string[]) => {
    const made = await owner.call("access.keys.create", { name, scopes });
    return { authorization: `Bearer ${made.payload.secret}` };
  };
  const [key, other] = [await make("reader", "operator.read"), await make("other", "operator.read")];
  const id = await begun(it, key);
  expect((await it.send(older("ping", {}, { ...other, "mcp-session-id": id }))).status).toBe(404);
  const named = { ...headers, ...key, "mcp-session-id": id, accept: "text/event-stream" };
  const stream = await it.send({ headers: named });
  const listening = await it.send(newer("subscriptions/listen", { notifications: { toolsListChanged: true } }, key));
  const call = await (
    await it.send(newer("tools/call", { name: "agent_ask", arguments: { message: "hi" } }, key))
  ).text();
  expect(call).toMatch(/missing scope: operator.write|Unknown tool/);
  const socket = new WebSocket(`${it.url}/mcp`, { headers: key } as unknown as string[]);
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  socket.send('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  await new Promise((resolve) => {
    socket.onmessage = resolve;
  });
  await owner.call("access.keys.revoke", { name: "reader" });
  expect(await closed).toBe(1008);
  expect(await stream.text()).toBe(": \n\n");
  expect(await listening.text()).toContain("acknowledged");
  expect((await it.send(older("ping", {}, { ...key, "mcp-session-id": id }))).status).toBe(401);
});

describe("[G14] requests that are none", () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>> = {}) => ({
    ...{ method: "POST", body, headers: { ...headers, ...more } },
  });

  test("each gets the status of what is wrong with it, and the door stays open", async () => {
    await using it = await open();
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const wrong: readonly (readonly [RequestInit, number])[] = [
      [post(""), 400],
      [post("{"), 400],
      [post("null"), 400],
      [post('"text"'), 400],
      [post("[]"), 400],
      [post(deep), 400],
      [post(new Uint8Array([0xff, 0xfe, 0x00])), 400],
      [post('{"jsonrpc":"1.0","id":1,"method":"ping"}'), 400],
      [post('{"jsonrpc":"2.0","id":{},"method":"ping"}'), 400],
      [post('{"jsonrpc":"2.0","id":1,"result":{}}'), 400],
      [post("{}", { "content-type": "text/plain" }), 415],
      [post("{}", { "content-type": "multipart/form-data; boundary=x" }), 415],
      [post(`{"a":"${"x".repeat(5 * 1024 * 1024)}"}`), 413],
      [newer("tools/list", {}, { "mcp-protocol-version": "1999-01-01" }), 400],
      [newer("tools/list", {}, { "mcp-method": "tools/call" }), 400],
      [newer("no/such/method"), 404],
      [older("tools/list", {}, { "mcp-protocol-version": newest }), 400],
      [{ method: "PUT", headers, body: "{}" }, 405],
      [{ method: "GET", headers }, 400],
      [{ method: "DELETE", headers }, 400],
    ];
    for (const [init, status] of wrong) {
      const answer = await it.send(init);
      expect([init.method, String(init.body).slice(0, 80), answer.status]).toEqual([
        init.method,
        String(init.body).slice(0, 80),
        status,
      ]);
      expect(await told(answer)).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
    }
    const unknown = newer("tools/list");
    const body = String(unknown.body).replace(`"${newest}"`, '"2099-01-01"');
    const answer = await it.send({
      ...unknown,
      body,
      headers: { ...unknown.headers, "mcp-protocol-version": "2099-01-01" },
    });
    expect([answer.status, (await told(answer)).error]).toMatchObject([400, { data: { supported: [newest] } }]);
    expect((await it.send({ ...newer("tools/list"), query: "/deeper" })).status).toBe(404);
    expect(await toolsOf(it, newer("tools/list"))).toContain("echo");
    expect(it.fake.notes.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("a body that breaks off, and a client that leaves while it is served, do no harm", async () => {
    await using it = await open();
    const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
    const broken = connect({ host: "127.0.0.1", port: it.gateway.port });
    broken.write(`${head}content-length: 500\r\n\r\n{"jsonrpc"`);
    await new Promise((resolve) => broken.once("connect", resolve));
    broken.destroy();
    const id = await begun(it);
    const leaving = new AbortController();
    const asked = it.send({
      ...older("tools/call", { name: "agent_ask", arguments: { message: "hi" } }, { "mcp-session-id": id }),
      signal: leaving.signal,
    });
    await asked;
    leaving.abort();
    expect(await toolsOf(it, newer("tools/list"))).toContain("echo");
    expect(it.fake.notes.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("random bodies never get a 5xx, nor an error in the log", async () => {
    await using it = await open();
    const id = await begun(it);
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      '"',
      ":",
      ",",
      "1",
      "null",
      '"jsonrpc":"2.0"',
      '"method":"tools/call"',
      '"id":1',
      '"params":{}',
      "\\u0000",
      "\ud83e\udd9e",
    ];
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const values: unknown[] = [
      null,
      1,
      "x",
      [],
      {},
      true,
      { _meta: 5 },
      { _meta: { ...envelope, progressToken: {} } },
      { name: 7 },
      { uri: [] },
      { cursor: {} },
    ];
    const methods = [
      "tools/call",
      "tools/list",
      "resources/read",
      "resources/subscribe",
      "prompts/get",
      "completion/complete",
      "initialize",
      "subscriptions/listen",
    ];
    for (let round = 0; round < 400; round += 1) {
      const isRaw = random(2) === 0;
      const body = isRaw
        ? Array.from({ length: random(20) }, () => pieces[random(pieces.length)]).join("")
        : JSON.stringify({
            jsonrpc: "2.0",
            id: values[random(4)],
            method: methods[random(methods.length)],
            params: values[random(values.length)],
          });
      const more = [{}, { "mcp-session-id": id }, { "mcp-protocol-version": newest }][random(3)];
      const answer = await it.send(post(body, more));
      if (answer.headers.get("content-type")?.startsWith("text/event-stream")) await answer.body?.cancel();
      else await answer.text();
      expect([body, answer.status < 500]).toEqual([body, true]);
    }
    expect(it.fake.notes.filter(({ level }) => level === "error")).toEqual([]);
  });
});
