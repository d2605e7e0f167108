// Who is in may ask so much a minute, by whichever door; the connection stays, and others do not feel it.
import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createRanges } from "../host/net/ranges.ts";
import { listen } from "../host/net/serve.ts";
import { CallLimit, type Counted } from "./call-limit.ts";
import type { GatewaySettings } from "./settings.ts";
import { type Frame, openForTest, openRaw, token } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

const start = 1_800_000_000_000;
const afar = { "x-forwarded-for": "198.51.100.1" };
const elsewhere = { "x-forwarded-for": "198.51.100.2" };
const bearer = { authorization: `Bearer ${token}` };
const limit = {
  code: "UNAVAILABLE",
  message: "too many calls; try again in 15 s",
  ...{ retryable: true, retryAfterMs: 15_000, details: { code: "RATE_LIMITED", limit: "4 per minute" } },
};

async function open(rates: Partial<GatewaySettings["rateLimits"]> = {}) {
  const clock = createFakeClock(start);
  const rateLimits = {
    ...{ requestsPerMinute: 600, upgradesPerMinute: 600, callsPerMinute: 4, loopbackExempt: true },
    ...rates,
  };
  const settings = { isTrustedProxy: createRanges(["127.0.0.1"]), rateLimits, allowInsecureAuth: true };
  const it = await openForTest({ listen, clock, store: createMemoryStore(), settings });
  const base = it.url.replace("ws:", "http:");
  return {
    ...{ ...it, clock, [Symbol.asyncDispose]: it[Symbol.asyncDispose].bind(it) },
    async enter(headers: Record<string, string> = afar, login: Frame = {}) {
      const client = await openRaw(it.url, headers);
      expect((await client.hello(login)).ok).toBe(true);
      return client;
    },
    post: (path: string, body: unknown, headers: Record<string, string> = afar) =>
      fetch(base + path, { method: "POST", body: JSON.stringify(body), headers: { ...bearer, ...headers } }),
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Takes all that the address has. */
async function exhaust(it: Opened, headers: Record<string, string> = afar): Promise<void> {
  const client = await it.enter(headers);
  for (let call = 0; call < 4; call++) expect((await client.call("agents.list")).ok).toBe(true);
  client.socket.close();
}

describe("[G30] one caller may ask so much a minute", () => {
  test.each([3, 4])("over a socket of protocol %i: then it is told when to come again, and stays", async (version) => {
    await using it = await open();
    const client = await it.enter(afar, { minProtocol: version, maxProtocol: version });
    for (let call = 0; call < 4; call++) expect((await client.call("agents.list")).ok).toBe(true);
    // Whatever is asked, and whether there is such a method, is not even looked at.
    for (const method of ["agents.list", "nothing.like.it", "node.event"])
      expect((await client.call(method, { bogus: 1 })).error).toEqual(limit);
    await it.clock.advance(15_000);
    expect((await client.call("agents.list")).ok).toBe(true);
    expect((await client.call("agents.list")).error).toMatchObject({ retryAfterMs: 15_000 });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    expect(it.fake.notes.filter((note) => note.event === "gateway.rate-limited")).toHaveLength(2);
  });

  test("a new socket from there brings nothing new, and others have their own", async () => {
    await using it = await open();
    await exhaust(it);
    const [again, other] = [await it.enter(), await it.enter(elsewhere)];
    expect((await again.call("agents.list")).error).toEqual(limit);
    expect((await other.call("agents.list")).ok).toBe(true);
  });

  test("a device is one caller on all its sockets, wherever it is", async () => {
    await using it = await open();
    const identity = await createDeviceIdentity();
    const first = await openRaw(it.url);
    const { deviceToken } = (await first.hello(await signed(identity, first, {}))).payload.auth;
    const enter = async (headers: Record<string, string>) => {
      const client = await openRaw(it.url, headers);
      expect((await client.hello(await signed(identity, client, { auth: { token: deviceToken } }))).ok).toBe(true);
      return client;
    };
    const [here, there] = [await enter(afar), await enter(elsewhere)];
    for (const client of [here, there, here, there]) expect((await client.call("agents.list")).ok).toBe(true);
    for (const client of [here, there]) expect((await client.call("agents.list")).error).toEqual(limit);
    expect((await (await it.enter(afar)).call("agents.list")).ok).toBe(true);
    first.socket.close();
  });

  test("each call of a JSON-RPC batch counts, and the description of the methods too", async () => {
    await using it = await open();
    const call = (id: number, method = "agents.list") => ({ jsonrpc: "2.0", id, method });
    const answers = (await (
      await it.post(
        "/rpc",
        [1, 2, 3, 4, 5].map((id) => call(id)),
      )
    ).json()) as Frame[];
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, undefined, undefined, undefined, -32_000]);
    const { code, retryable, retryAfterMs, details } = limit;
    expect(answers.at(-1)?.error.data).toEqual({ code, retryable, retryAfterMs, details });
    const discover = (await (await it.post("/rpc", call(6, "rpc.discover"))).json()) as Frame;
    expect(discover.error.data).toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 15_000 });
  });

  test.each([
    ["/api/methods/agents.list", {}, "UNAVAILABLE"],
    ["/api/agent", { message: "hi" }, undefined],
    ["/v1/chat/completions", { messages: [{ role: "user", content: "hi" }] }, "rate_limit_exceeded"],
    ["/tools/invoke", { tool: "echo" }, undefined],
  ])("over HTTP it is 429 with Retry-After: %s", async (path, body, code) => {
    await using it = await open();
    await exhaust(it);
    const answer = await it.post(path, body);
    const { error } = (await answer.json()) as Frame;
    expect([answer.status, answer.headers.get("retry-after"), error.code]).toEqual([429, "15", code]);
    expect(error.message).toBe(limit.message);
    expect(it.fake.heard).toEqual([]);
  });

  test("this machine is not counted, unless the owner says so; then each of its sockets is a caller", async () => {
    await using free = await open();
    const local = await free.enter({});
    for (let call = 0; call < 9; call++) expect((await local.call("agents.list")).ok).toBe(true);
    await using counted = await open({ loopbackExempt: false });
    await exhaust(counted, {});
    const [one, other] = [await counted.enter({}), await counted.enter({})];
    for (let call = 0; call < 4; call++) expect((await one.call("agents.list")).ok).toBe(true);
    expect((await one.call("agents.list")).error).toEqual(limit);
    expect((await other.call("agents.list")).ok).toBe(true);
  });

  test("zero is no limit", async () => {
    await using it = await open({ callsPerMinute: 0 });
    const client = await it.enter();
    for (let call = 0; call < 9; call++) expect((await client.call("agents.list")).ok).toBe(true);
  });
});

describe("the book of callers", () => {
  const rateLimits = { requestsPerMinute: 1, upgradesPerMinute: 1, callsPerMinute: 60, loopbackExempt: true };
  const settings = { rateLimits } as GatewaySettings;
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const from = { address: "198.51.100.1", isLocal: false };
  const caller = (deviceId: string): Counted => ({
    connectionId: "",
    clientId: "x",
    deviceId,
    from,
    member: undefined,
  });

  test("forgets who has been silent for a minute, and holds so many at most", async () => {
    const clock = createFakeClock(start);
    const calls = new CallLimit({ settings, clock, log: { ...log, child: () => log } as never });
    for (let device = 0; device < 20_000; device++) calls.refusal(caller(String(device)));
    expect(calls.size).toBe(16_384);
    await clock.advance(59_999);
    calls.refusal(caller("last"));
    expect(calls.size).toBe(16_384);
    await clock.advance(1);
    calls.refusal(caller("last"));
    expect(calls.size).toBe(1);
  });
});
