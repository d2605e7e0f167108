import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIdentity } from "./identity.ts";
import { keepLinked } from "./link.ts";
import type { Answer, Asked } from "./offers.ts";
import { findTarget, type Target } from "./target.ts";

type Socket = Bun.ServerWebSocket<undefined>;
type Frame = { id: string; method: string; params: Record<string, any> };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "homarus-link-"));
  ends.push(() => rmSync(made, { recursive: true }));
  return made;
}

const hello = { type: "hello-ok", protocol: 3, policy: { maxPayload: 1, maxBufferedBytes: 1, tickIntervalMs: 30_000 } };

/** A gateway that answers connects as the test says, one after the other; the last answer holds. */
function serve(...verdicts: ((frame: Frame, socket: Socket) => object)[]) {
  const frames: Frame[] = [];
  let heard = Promise.withResolvers<void>();
  const server = Bun.serve<undefined>({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("no", { status: 400 })),
    websocket: {
      open: (socket) => void socket.send('{"type":"event","event":"connect.challenge","payload":{"nonce":"n","ts":1}}'),
      message(socket, text) {
        const frame = JSON.parse(String(text)) as Frame;
        frames.push(frame);
        const isConnect = frame.method === "connect";
        const answer = isConnect
          ? ((verdicts.length > 1 ? verdicts.shift() : verdicts[0])?.(frame, socket) ?? {})
          : { ok: true };
        socket.send(JSON.stringify({ type: "res", id: frame.id, ...answer }));
        if (isConnect && "error" in answer) socket.close(1008, "refused");
        heard.resolve();
        heard = Promise.withResolvers();
      },
    },
  });
  ends.push(() => server.stop(true));
  return {
    port: server.port ?? 0,
    frames,
    connects: () => frames.filter((frame) => frame.method === "connect").map((frame) => frame.params),
    async until(isDone: () => boolean) {
      while (!isDone()) await heard.promise;
    },
  };
}

const welcome = (deviceToken?: string) => () => ({
  ok: true,
  payload: { ...hello, ...(deviceToken && { auth: { deviceToken, role: "node", scopes: [] } }) },
});
const refuse =
  (code: string, details: object, message = code) =>
  () => ({
    ok: false,
    error: {
      code: code === "PAIRING_REQUIRED" ? "NOT_PAIRED" : "INVALID_REQUEST",
      message,
      details: { code, ...details },
    },
  });

async function start(
  target: Partial<Target> & { port: number },
  home = folder(),
  answer = async (_asked: Asked): Promise<Answer> => ({ ok: true, payloadJSON: "{}" }),
  rest: { readonly helloMs?: number } = {},
) {
  const life = new AbortController();
  const said: string[] = [];
  const { port, ...given } = target;
  const address = `127.0.0.1:${port}`;
  const ended = keepLinked({
    ...{ identity: await openIdentity(home), name: "bench", version: "1", answer, signal: life.signal, ...rest },
    ...{ target: async () => ({ address, url: `ws://${address}/`, ...given }), firstMs: 1, mostMs: 2 },
    say: (text) => said.push(text),
  });
  ends.push(() => life.abort());
  return { life, said, ended, home };
}

describe("[G35] a node's connection", () => {
  test("shows what the node can do, answers what it is asked, and ends when it is told", async () => {
    const gateway = serve((_frame, socket) => {
      const asked = { id: "a", nodeId: "n", command: "system.which", paramsJSON: "{}" };
      queueMicrotask(() =>
        socket.send(JSON.stringify({ type: "event", event: "node.invoke.request", payload: asked })),
      );
      return welcome("issued")();
    });
    const { life, ended, said } = await start(
      { port: gateway.port, token: "shared" },
      folder(),
      async ({ command }) => ({
        ...{ ok: true, payloadJSON: JSON.stringify({ command }) },
      }),
    );
    await gateway.until(() => gateway.frames.length === 2);
    expect(gateway.connects()[0]).toMatchObject({
      ...{ role: "node", scopes: [], caps: ["system"], auth: { token: "shared" } },
      ...{ client: { id: "node-host", mode: "node", displayName: "bench" }, device: { nonce: "n" } },
      commands: ["system.execApprovals.get", "system.execApprovals.set", "system.notify", "system.run", "system.which"],
    });
    expect(gateway.frames[1]).toMatchObject({
      method: "node.invoke.result",
      params: { id: "a", nodeId: "n", ok: true, payloadJSON: '{"command":"system.which"}' },
    });
    expect(said[0]).toContain("Connected to 127.0.0.1:");
    life.abort();
    await ended;
  });

  test("comes back after each drop under the same id, with the token it was given, kept for its user alone", async () => {
    const drop = (frame: Frame, socket: Socket) => {
      setTimeout(() => socket.close(1012, "service restart"));
      return welcome(`issued-${frame.id}`)();
    };
    const gateway = serve(drop, drop, welcome());
    const { home } = await start({ port: gateway.port, token: "shared" });
    await gateway.until(() => gateway.connects().length === 3);
    const [first, second, third] = gateway.connects();
    expect([first?.auth.token, second?.auth.token, third?.auth.token]).toEqual(["shared", "issued-1", "issued-1"]);
    expect(new Set([first, second, third].map((params) => params?.device.id)).size).toBe(1);
    for (const name of ["identity.json", "tokens.json"]) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(home, "tokens.json"), "utf8"))).toEqual({
      [`127.0.0.1:${gateway.port}`]: "issued-1",
    });
  });

  test("the identity outlives the process; a file that is no identity is not written over", async () => {
    const home = folder();
    const made = await openIdentity(home);
    expect((await openIdentity(home)).device.id).toBe(made.device.id);
    writeFileSync(join(home, "identity.json"), "{torn");
    await expect(openIdentity(home)).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("no JSON"),
    });
    expect(readFileSync(join(home, "identity.json"), "utf8")).toBe("{torn");
  });

  test("waits to be let in, saying once what its owner has to do", async () => {
    const waiting = refuse("PAIRING_REQUIRED", { requestId: "r-1" });
    const gateway = serve(waiting, waiting, welcome());
    const { said } = await start({ port: gateway.port });
    await gateway.until(() => gateway.connects().length === 3);
    expect(said.filter((text) => text.includes("homarus devices approve r-1"))).toHaveLength(1);
  });

  test("a token that no longer holds is forgotten, and the shared one is tried", async () => {
    const gateway = serve(
      refuse("AUTH_DEVICE_TOKEN_MISMATCH", {}, "unauthorized: device token mismatch"),
      welcome("new"),
    );
    const home = folder();
    (await openIdentity(home)).keepToken(`127.0.0.1:${gateway.port}`, "old");
    await start({ port: gateway.port, token: "shared" }, home);
    await gateway.until(() => gateway.connects().length === 2);
    expect(gateway.connects().map((params) => params.auth.token)).toEqual(["old", "shared"]);
  });

  test("a login that is wrong from the beginning ends the node; one that stops working later does not", async () => {
    const wrong = refuse("AUTH_TOKEN_MISMATCH", {}, "unauthorized: gateway token mismatch");
    const refused = await start({ port: serve(wrong).port, token: "wrong" });
    await expect(refused.ended).rejects.toMatchObject({
      kind: "auth",
      message: "The gateway did not take this node's login.",
    });
    const drop = (_frame: Frame, socket: Socket) => {
      setTimeout(() => socket.close(1012, "service restart"));
      return welcome()();
    };
    const gateway = serve(drop, wrong, wrong, welcome());
    await start({ port: gateway.port, token: "once right" });
    await gateway.until(() => gateway.connects().length === 4);
  });

  test("one that never says hello is left, and tried again", async () => {
    const silent = serve(() => ({ type: "silence" }));
    await start({ port: silent.port }, folder(), undefined, { helloMs: 20 });
    await silent.until(() => silent.connects().length === 2);
  });

  test("a gateway that is not there yet is waited for", async () => {
    const gone = serve(welcome());
    ends.pop()?.();
    const { said, life, ended } = await start({ port: gone.port });
    while (said.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(said[0]).toContain("The connection to the gateway was lost");
    life.abort();
    await ended;
  });
});

describe("where a node connects to", () => {
  const wish = (home: string, rest: object = {}) => ({
    ...{ folder: home, configPath: join(home, "homarus.json"), isTls: false },
    ...rest,
  });

  test("is the gateway of the state folder, with its login", async () => {
    const home = folder();
    writeFileSync(join(home, "homarus.json"), '{"gateway":{"port":18801}}');
    writeFileSync(join(home, "gateway.token"), "own-token\n");
    expect(await findTarget(wish(home), {})).toEqual({
      ...{ address: "127.0.0.1:18801", url: "ws://127.0.0.1:18801/", token: "own-token" },
    });
    expect(await findTarget(wish(home), { HOMARUS_GATEWAY_TOKEN: "given" })).toMatchObject({ token: "given" });
  });

  test("the login of the own gateway goes to no other", async () => {
    const home = folder();
    writeFileSync(join(home, "gateway.token"), "own-token\n");
    for (const rest of [{ host: "gateway.example" }, { port: 18999 }, { host: "127.0.0.2" }])
      expect(JSON.stringify(await findTarget(wish(home, rest), {}))).not.toContain("own-token");
    const secure = await findTarget(wish(home, { host: "::1", port: 1, isTls: true, token: "t" }), {});
    expect(secure).toEqual({ address: "[::1]:1", url: "wss://[::1]:1/", token: "t" });
  });
});
