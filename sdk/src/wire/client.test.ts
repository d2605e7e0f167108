import { afterEach, describe, expect, test } from "bun:test";
import { isFault } from "../errors.ts";
import {
  createDeviceIdentity,
  type EventFrame,
  importDeviceIdentity,
  openGatewayClient,
  signedText,
} from "./client.ts";

type Socket = Bun.ServerWebSocket<undefined>;
type Answer = (frame: { id: string; method: string; params: Record<string, any> }, socket: Socket) => void;

const open: Bun.Server<undefined>[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.stop(true);
});

const login = { client: { id: "test", version: "1", platform: "linux", mode: "test" }, token: "t" };
const hello = { type: "hello-ok", protocol: 3, policy: { maxPayload: 1, maxBufferedBytes: 1, tickIntervalMs: 30_000 } };
const ok = (id: string, payload: unknown) => JSON.stringify({ type: "res", id, ok: true, payload });

/** A gateway that challenges, and answers as the test says. */
function serve(answer: Answer): string {
  const server = Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("no", { status: 400 })),
    websocket: {
      open: (socket) => void socket.send('{"type":"event","event":"connect.challenge","payload":{"nonce":"n","ts":1}}'),
      message: (socket, text) => answer(JSON.parse(String(text)), socket),
    },
  });
  open.push(server);
  return `ws://127.0.0.1:${server.port}`;
}

const welcoming =
  (answer: Answer): Answer =>
  (frame, socket) =>
    frame.method === "connect" ? void socket.send(ok(frame.id, hello)) : answer(frame, socket);

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: unknown) => (isFault(thrown) ? thrown : undefined),
  );

describe("a client of the gateway", () => {
  test("answers the challenge with who it is, and a call made before hello waits for it", async () => {
    const seen: unknown[] = [];
    const url = serve((frame, socket) => {
      seen.push(frame.method);
      if (frame.method === "connect") seen.push(frame.params);
      socket.send(ok(frame.id, frame.method === "connect" ? hello : { pong: true }));
    });
    const client = openGatewayClient({ url, login });
    expect(await client.request("ping")).toEqual({ pong: true });
    expect(seen).toEqual([
      "connect",
      {
        ...{ minProtocol: 3, maxProtocol: 3, client: login.client, role: "operator", caps: [], auth: { token: "t" } },
        scopes: ["operator.admin", "operator.read", "operator.write", "operator.approvals", "operator.pairing"],
      },
      "ping",
    ]);
    client.close();
  });

  test("answers that come out of order reach their calls, and two-phase calls get both answers", async () => {
    const held: string[] = [];
    const url = serve(
      welcoming((frame, socket) => {
        held.push(frame.id);
        if (held.length < 3) return;
        const [first = "", second = "", third = ""] = held;
        socket.send(ok(third, { status: "accepted", runId: "r" }));
        socket.send(ok(second, "second"));
        socket.send(ok(first, "first"));
        socket.send(ok(third, { status: "ok" }));
      }),
    );
    const client = openGatewayClient({ url, login });
    await client.ready();
    const accepted: unknown[] = [];
    const calls = [
      client.request("a"),
      client.request("b"),
      client.request("agent", {}, { onAccepted: (payload) => accepted.push(payload) }),
    ];
    expect(await Promise.all(calls)).toEqual(["first", "second", { status: "ok" }]);
    expect(accepted).toEqual([{ status: "accepted", runId: "r" }]);
    client.close();
  });

  test("a refusal is a Fault of its kind, with the time to wait where there is one", async () => {
    const url = serve(
      welcoming((frame, socket) => {
        const error =
          frame.method === "busy"
            ? { code: "UNAVAILABLE", message: "busy", retryAfterMs: 5 }
            : { code: "INVALID_REQUEST", message: "bad" };
        socket.send(JSON.stringify({ type: "res", id: frame.id, ok: false, error }));
      }),
    );
    const client = openGatewayClient({ url, login });
    expect(await faultOf(client.request("x"))).toMatchObject({
      kind: "invalid",
      code: "gateway.invalid-request",
      message: "bad",
    });
    expect((await faultOf(client.request("busy")))?.retryAt).toBeGreaterThan(1);
    client.close();
  });

  test("a wrong login closes for good and says why", async () => {
    let connects = 0;
    const url = serve((frame, socket) => {
      connects += 1;
      socket.send(
        JSON.stringify({
          type: "res",
          id: frame.id,
          ok: false,
          error: { code: "INVALID_REQUEST", message: "unauthorized: gateway token mismatch" },
        }),
      );
      socket.close(1008, "unauthorized");
    });
    const client = openGatewayClient({ url, login, reconnect: { firstMs: 1 } });
    expect(await faultOf(client.ready())).toMatchObject({
      kind: "auth",
      message: "unauthorized: gateway token mismatch",
    });
    expect(await faultOf(client.request("x"))).toMatchObject({ kind: "auth" });
    expect([client.state, connects]).toEqual(["closed", 1]);
  });

  test("after a drop it comes back by itself; calls that were on their way fail, later ones wait", async () => {
    let connects = 0;
    const states: string[] = [];
    const url = serve((frame, socket) => {
      if (frame.method === "connect") connects += 1;
      if (frame.method === "drop") return socket.close(1012, "service restart");
      socket.send(ok(frame.id, frame.method === "connect" ? hello : connects));
    });
    const client = openGatewayClient({ url, login, reconnect: { firstMs: 1 }, onState: (state) => states.push(state) });
    expect(await faultOf(client.request("drop"))).toMatchObject({ kind: "unavailable", code: "gateway.disconnected" });
    expect(await client.request<number>("count")).toBe(2);
    client.close();
    expect(states).toEqual(["connecting", "open", "waiting", "connecting", "open", "closed"]);
  });

  test("gives up after as many tries as it was told, also when nobody listens", async () => {
    const url = serve(() => undefined);
    for (const server of open.splice(0)) await server.stop(true);
    const client = openGatewayClient({ url, login, reconnect: { firstMs: 1, tries: 2 } });
    expect(await faultOf(client.ready())).toMatchObject({ kind: "unavailable" });
    expect(client.state).toBe("closed");
  });

  test("events come in order, and a jump in their numbers is told", async () => {
    const events: EventFrame[] = [];
    const gaps: [number, number][] = [];
    const url = serve(
      welcoming((frame, socket) => {
        for (const seq of [7, 8, 11]) socket.send(JSON.stringify({ type: "event", event: "tick", payload: {}, seq }));
        socket.send("not json");
        socket.send('{"type":"novel"}');
        socket.send(ok(frame.id, null));
      }),
    );
    const client = openGatewayClient({
      url,
      login,
      onEvent: (event) => events.push(event),
      onGap: (expected, received) => gaps.push([expected, received]),
    });
    await client.request("go");
    expect(events.map((event) => event.seq)).toEqual([7, 8, 11]);
    expect(gaps).toEqual([[9, 11]]);
    client.close();
  });

  test("a call that was given up before hello is never sent", async () => {
    const seen: string[] = [];
    const url = serve((frame, socket) => {
      seen.push(frame.method);
      socket.send(ok(frame.id, hello));
    });
    const client = openGatewayClient({ url, login });
    const stop = new AbortController();
    const given = faultOf(client.request("given up", {}, { signal: stop.signal }));
    stop.abort();
    expect((await given)?.kind).toBe("aborted");
    await client.request("later");
    expect(seen).toEqual(["connect", "later"]);
    client.close();
  });

  test("a call ends by its signal, and by its time", async () => {
    const url = serve(welcoming(() => undefined));
    const client = openGatewayClient({ url, login });
    await client.ready();
    const stop = new AbortController();
    const call = faultOf(client.request("never", {}, { signal: stop.signal }));
    stop.abort();
    expect((await call)?.kind).toBe("aborted");
    expect(await faultOf(client.request("never", {}, { timeoutMs: 1 }))).toMatchObject({ code: "gateway.timeout" });
    client.close();
    expect((await faultOf(client.request("later")))?.kind).toBe("aborted");
  });
});

describe("a device's identity", () => {
  test("survives export and import, and signs what the server can check", async () => {
    const made = await createDeviceIdentity();
    const kept = await importDeviceIdentity(JSON.parse(JSON.stringify(await made.export())));
    expect([kept.id, kept.publicKey]).toEqual([made.id, made.publicKey]);
    expect(made.id).toMatch(/^[0-9a-f]{64}$/);
    let device: Record<string, any> = {};
    const url = serve((frame, socket) => {
      device = frame.params.device;
      socket.send(ok(frame.id, hello));
    });
    const client = openGatewayClient({ url, login: { ...login, identity: kept, scopes: ["operator.read"] } });
    await client.ready();
    client.close();
    const facts = {
      deviceId: made.id,
      clientId: "test",
      clientMode: "test",
      role: "operator",
      scopes: ["operator.read"],
      token: "t",
      nonce: "n",
    };
    const text = signedText(2, { ...facts, signedAt: device.signedAt });
    const key = await crypto.subtle.importKey("raw", Buffer.from(made.publicKey, "base64url"), "Ed25519", false, [
      "verify",
    ]);
    const signature = Buffer.from(device.signature, "base64url");
    expect(await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(text))).toBe(true);
    expect(device).toMatchObject({ id: made.id, publicKey: made.publicKey, nonce: "n" });
  });
});
