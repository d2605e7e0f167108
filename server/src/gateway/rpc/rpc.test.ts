import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../host/net/serve.ts";
import { methodTable } from "../methods/table.ts";
import { ordinaryRun } from "../testing/fake-house.ts";
import { type Frame, openForTest, token } from "../testing/open-for-test.ts";

const main = "agent:main:main";
const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
type Opened = Awaited<ReturnType<typeof open>>;

/** A socket that speaks JSON-RPC and gives what fits. */
async function openSocket(it: Opened, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${it.url}/rpc`, { headers } as unknown as string[]);
  const heard: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.onmessage = (message) => {
    heard.push(JSON.parse(String(message.data)));
    for (const look of [...waiting]) look();
  };
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const next = (fits: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const look = () => {
        const found = heard.find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  let id = 0;
  return {
    ...{ socket, heard, closed, next },
    call(method: string, params?: unknown) {
      id += 1;
      const own = id;
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: own, method, ...(params === undefined ? {} : { params }) }));
      return next((frame) => frame.id === own);
    },
  };
}

const bearer = { authorization: `Bearer ${token}` };

function post(it: Opened, body: string, headers: Record<string, string> = bearer): Promise<Response> {
  return fetch(`${it.url.replace("ws", "http")}/rpc`, { method: "POST", body, headers });
}

describe("[G06] JSON-RPC over a WebSocket", () => {
  test("calls are answered, and refusals bear the code of their gate", async () => {
    await using it = await open();
    const rpc = await openSocket(it, bearer);
    expect((await rpc.call("agents.list")).result.defaultId).toBe("main");
    expect((await rpc.call("nope")).error).toMatchObject({ code: -32601, message: "unknown method: nope" });
    expect((await rpc.call("sessions.list", { bogus: 1 })).error).toMatchObject({
      code: -32602,
      message: "invalid sessions.list params: at root: unexpected property 'bogus'",
    });
    expect((await rpc.call("chat.abort", ["main"])).result.ok).toBe(true);
    expect(it.fake.aborted).toEqual([main]);
  });

  test("[G07] without a login nothing is answered but connect, and a wrong token is refused", async () => {
    await using it = await open();
    const rpc = await openSocket(it);
    expect((await rpc.call("agents.list")).error.code).toBe(-32001);
    expect((await rpc.call("connect", { token: "wrong" })).error.message).toContain("not valid");
    expect((await rpc.call("agents.list")).error.code).toBe(-32001);
    expect((await rpc.call("connect", { token, scopes: ["operator.read"] })).result.ok).toBe(true);
    expect((await rpc.call("agents.list")).result.defaultId).toBe("main");
    expect((await rpc.call("config.set", { raw: "{}" })).error).toMatchObject({
      code: -32001,
      data: { code: "FORBIDDEN", details: { code: "MISSING_SCOPE", missingScope: "operator.admin" } },
    });
  });

  test("[G11] [G12] [G09] two runs go side by side on one connection, and their events come as notifications", async () => {
    await using it = await open();
    const rpc = await openSocket(it, bearer);
    await rpc.call("status");
    const asked = ["a", "b"].map((key) =>
      rpc.call("agent", { message: `hello ${key}`, idempotencyKey: key, sessionKey: `agent:main:${key}` }),
    );
    for (const key of ["a", "b"]) {
      const accepted = await rpc.next((frame) => frame.method === "accepted" && frame.params.runId === key);
      expect(accepted.params).toMatchObject({ status: "accepted", id: expect.any(Number) });
      it.fake.happen(key, `agent:main:${key}`, ...ordinaryRun(key, [`answer ${key}`]));
      await it.fake.end(key, { type: "replied", runId: key, text: `answer ${key}` });
    }
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => answer.result.result.payloads[0].text)).toEqual(["answer a", "answer b"]);
    const finals = rpc.heard.filter((frame) => frame.method === "chat" && frame.params.state === "final");
    expect(finals.map((frame) => frame.params.runId).sort()).toEqual(["a", "b"]);
  });

  test("a text that is no JSON-RPC is answered and the connection lives", async () => {
    await using it = await open();
    const rpc = await openSocket(it, bearer);
    rpc.socket.send("{");
    expect((await rpc.next((frame) => frame.id === null)).error.code).toBe(-32700);
    expect((await rpc.call("agents.list")).result.defaultId).toBe("main");
  });

  test("a large first frame from a stranger closes with 1009", async () => {
    await using it = await open();
    const rpc = await openSocket(it);
    rpc.socket.send("x".repeat(70_000));
    expect(await rpc.closed).toBe(1009);
  });
});

describe("[G06] JSON-RPC over POST", () => {
  test("one call, a batch, and a notification that says nothing", async () => {
    await using it = await open();
    await it.fake.remember(main);
    const one = await post(it, JSON.stringify({ jsonrpc: "2.0", id: "x", method: "sessions.list" }));
    expect(await one.json()).toMatchObject({ jsonrpc: "2.0", id: "x", result: { count: 1 } });
    const batch = await post(
      it,
      JSON.stringify([
        { jsonrpc: "2.0", id: 1, method: "agents.list" },
        { jsonrpc: "2.0", method: "agents.list" },
        { jsonrpc: "2.0", id: 2, method: "nope" },
      ]),
    );
    expect(((await batch.json()) as Frame[]).map((answer) => [answer.id, answer.error?.code])).toEqual([
      [1, undefined],
      [2, -32601],
    ]);
    expect((await post(it, '{"jsonrpc":"2.0","method":"agents.list"}')).status).toBe(204);
  });

  test("[G07] [L29] without the token it is 401, from another page 403, and by GET 405", async () => {
    await using it = await open();
    const call = '{"jsonrpc":"2.0","id":1,"method":"agents.list"}';
    expect((await post(it, call, {})).status).toBe(401);
    expect((await post(it, call, { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await post(it, call, { ...bearer, origin: "https://evil.example" })).status).toBe(403);
    expect((await fetch(`${it.url.replace("ws", "http")}/rpc`)).status).toBe(405);
  });

  test("rpc.discover describes every method of the table", async () => {
    await using it = await open();
    const answer = await post(it, '{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}');
    const { result } = (await answer.json()) as Frame;
    expect(result.openrpc).toBe("1.3.2");
    expect(result.methods.map((method: Frame) => method.name)).toEqual(methodTable.map((row) => row.name));
    const send = result.methods.find((method: Frame) => method.name === "chat.send");
    expect(send.params.filter((param: Frame) => param.required).map((param: Frame) => param.name)).toEqual([
      "sessionKey",
      "message",
      "idempotencyKey",
    ]);
  });
});

test("a login without a scope may nothing on the socket, as everywhere", async () => {
  await using it = await open();
  const body = JSON.stringify({ token, scopes: [] });
  const login = await fetch(`${it.url.replace("ws", "http")}/api/login`, { method: "POST", body });
  const rpc = await openSocket(it, { authorization: `Bearer ${(await login.json()).token}` });
  expect((await rpc.call("secrets.list")).error.message).toBe("missing scope: operator.admin");
  rpc.socket.close();
});
