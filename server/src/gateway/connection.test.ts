import { describe, expect, test } from "bun:test";
import { createDeviceIdentity, type DeviceIdentity, signedText } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { cutReason } from "./connection.ts";
import type { Handlers, Socket } from "./house.ts";
import { connectFrame, type Frame, openForTest } from "./testing/open-for-test.ts";

const start = 1_800_000_000_000;

/** A gateway without a port: the test plays the machine's part. */
async function openWithoutPort(store = createMemoryStore()) {
  let handlers: Handlers | undefined;
  const it = await openForTest({
    listen: async (_options, given) => {
      handlers = given;
      return { port: 1, publish: () => undefined, stop: async () => undefined };
    },
    ...{ clock: createFakeClock(start), store },
  });
  const arrive = () => {
    const request = new Request("http://127.0.0.1:1/", { headers: { host: "127.0.0.1:1" } });
    const side = handlers?.upgrade(request, { address: "127.0.0.1", port: 9 });
    if (side === undefined || side instanceof Response) throw new Error("the upgrade was refused");
    const seen = { sent: [] as Frame[], topics: [] as string[], closed: "", buffered: 0 };
    const answered = Promise.withResolvers<Frame>();
    const socket: Socket = {
      send(text) {
        const frame = JSON.parse(text);
        seen.sent.push(frame);
        if (frame.type === "res") answered.resolve(frame);
        return true;
      },
      close: (code, reason) => {
        seen.closed = `${code} ${reason}`;
      },
      bufferedBytes: () => seen.buffered,
      join: (topic) => void seen.topics.push(topic),
      leave: () => undefined,
    };
    side.open(socket);
    const call = (method: string, params: unknown) =>
      side.message(JSON.stringify({ type: "req", id: "1", method, params }));
    return { side, seen, call, answered: answered.promise };
  };
  return { it, arrive };
}

/** Params of connect with a device's proof over a challenge. */
async function signed(identity: DeviceIdentity, challenge: Frame | undefined): Promise<Frame> {
  const frame = connectFrame();
  const nonce: string = challenge?.payload.nonce ?? "";
  const facts = { deviceId: identity.id, clientId: "cli", clientMode: "cli", role: "operator", scopes: frame.scopes };
  const text = signedText(2, { ...facts, signedAt: start, token: frame.auth.token, nonce });
  const device = { id: identity.id, publicKey: identity.publicKey, signature: await identity.sign(text) };
  return { ...frame, device: { ...device, signedAt: start, nonce } };
}

describe("a connection", () => {
  test("that goes while its device is looked up never joins", async () => {
    const store = createMemoryStore();
    const asked = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const values: typeof store.values = (space) => ({
      ...store.values(space),
      async get(key) {
        asked.resolve();
        await gate.promise;
        return store.values(space).get(key);
      },
    });
    const { it, arrive } = await openWithoutPort({ ...store, values });
    const identity = await createDeviceIdentity();
    const [gone, stays] = [arrive(), arrive()];
    gone.call("connect", await signed(identity, gone.seen.sent[0]));
    await asked.promise;
    gone.side.close(1006, "");
    // The same device once more: it is worked on when the first connect is done with.
    stays.call("connect", await signed(identity, stays.seen.sent[0]));
    gate.resolve();
    expect((await stays.answered).ok).toBe(true);
    expect([gone.seen.topics.length, stays.seen.topics.length]).toEqual([0, 1]);
    expect(gone.seen.sent).toHaveLength(1);
    await it.gateway.stop();
  });

  test("is cut off when it lets 50 MiB of answers wait", async () => {
    const { it, arrive } = await openWithoutPort();
    const { seen, call } = arrive();
    call("connect", connectFrame());
    seen.buffered = 52_428_800;
    call("nope", {});
    expect(seen.closed).toBe("1008 slow consumer");
    expect(seen.sent.map((frame) => frame.event ?? frame.type)).toEqual(["connect.challenge", "res"]);
    await it.gateway.stop();
  });

  test("gets its answer to connect before it may say more", async () => {
    const { it, arrive } = await openWithoutPort();
    const { side, seen } = arrive();
    const identity = await createDeviceIdentity();
    const device = { id: identity.id, publicKey: identity.publicKey, signature: "AAAA", signedAt: start };
    side.message(JSON.stringify({ type: "req", id: "1", method: "connect", params: { ...connectFrame(), device } }));
    side.message(JSON.stringify({ type: "req", id: "2", method: "health" }));
    expect(seen.closed).toBe("1008 wait for the answer to connect");
    await it.gateway.stop();
  });

  test("has its paths told to admins only", async () => {
    const { it, arrive } = await openWithoutPort();
    const folder = (scopes: readonly string[]) => {
      const { seen, call } = arrive();
      call("connect", connectFrame({ scopes }));
      return seen.sent[1]?.payload.snapshot.stateDir;
    };
    expect([folder(["operator.admin"]), folder(["operator.write"])]).toEqual(["/state", undefined]);
    await it.gateway.stop();
  });
});

test("a close reason is cut to what its frame holds, between characters", () => {
  expect(cutReason("short")).toBe("short");
  for (const reason of ["x".repeat(500), "é".repeat(100), "🦞".repeat(60), `x${"🦞".repeat(60)}`]) {
    const cut = cutReason(reason);
    expect(reason.startsWith(cut)).toBe(true);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(120);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(110);
    expect(cut.isWellFormed()).toBe(true);
  }
});
