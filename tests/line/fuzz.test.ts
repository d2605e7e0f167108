// A hundred thousand frames that a client should not send, at a gateway with a fake house behind it: each is answered as
// documented or its connection is closed, nothing breaks, and nothing of it stays.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { Fault } from "@homarus/sdk";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore, createRandom, type FakeClock } from "@homarus/sdk/testing";
import type { House } from "../../server/src/gateway/house.ts";
import { Fuzz, loadMethods } from "../../server/src/gateway/testing/fuzz.ts";
import { createInProcess, type InProcess, type Pipe } from "../../server/src/gateway/testing/in-process.ts";
import {
  connectFrame,
  openForTest,
  openRaw,
  type RawClient,
  type TestGateway,
  token,
} from "../../server/src/gateway/testing/open-for-test.ts";
import { signed } from "../../server/src/gateway/testing/signed.ts";
import { listen } from "../../server/src/host/net/serve.ts";
import { FrameBook } from "./frame-books.ts";

const seed = Number(process.env.HOMARUS_TEST_SEED ?? Date.now() % 2 ** 31);
const methods = await loadMethods();

const loose: unknown[] = [];
const catchLoose = (thrown: unknown): void => void loose.push(thrown);
beforeAll(() => void process.on("unhandledRejection", catchLoose).on("uncaughtException", catchLoose));
afterAll(() => void process.off("unhandledRejection", catchLoose).off("uncaughtException", catchLoose));

/** The fake house with a config that holds, and messages that come to an end by themselves. */
function quick(it: () => TestGateway, errors: string[]): (house: House) => House {
  return (house) => ({
    ...house,
    log: {
      ...house.log,
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (event: string, fields?: object) => void errors.push(`${event} ${inspect(fields)}`),
    },
    async receive(message) {
      const received = await house.receive(message);
      if (received.isNew)
        setTimeout(() => void it().fake.end(message.id, { type: "refused", reason: "not-allowed" }), 0);
      return received;
    },
    config: {
      ...house.config,
      async write(raw, hash) {
        try {
          if (typeof JSON.parse(raw) !== "object") throw new Error("no object");
        } catch {
          throw new Fault("invalid", "config.invalid", "The config is not an object.");
        }
        return house.config.write(raw, hash);
      },
    },
  });
}

function inspect(fields: object | undefined): string {
  return Bun.inspect(fields).slice(0, 1_000);
}

interface World {
  readonly clock: FakeClock;
  readonly pipes: InProcess;
  readonly errors: string[];
  readonly it: TestGateway;
}

async function openWorld(): Promise<World> {
  const clock = createFakeClock(1_800_000_000_000);
  const pipes = createInProcess();
  const errors: string[] = [];
  const it: TestGateway = await openForTest({
    ...{ listen: pipes.listen, clock, store: createMemoryStore() },
    house: quick(() => it, errors),
  });
  return { clock, pipes, errors, it };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** One connection that has said hello. */
async function enter({ pipes }: World, wire: "v3" | "v4" | "rpc" | "node"): Promise<Pipe> {
  if (wire === "rpc") {
    const pipe = pipes.open("/rpc", { authorization: `Bearer ${token}` });
    pipe.send('{"jsonrpc":"2.0","id":1,"method":"agents.list"}');
    while (pipe.take().length === 0) await turn();
    return pipe;
  }
  const pipe = pipes.open();
  if (wire === "node") {
    const challenge = JSON.parse(pipe.take()[0] ?? "").payload as RawClient["challenge"];
    const client = { id: "node-host", version: "1", platform: "linux", mode: "node" };
    const params = await signed(await createDeviceIdentity(), { challenge }, { role: "node", scopes: [], client });
    pipe.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
    while (!pipe.closed) {
      const said = pipe.take();
      if (said.some((text) => text.includes("hello-ok"))) break;
      await turn();
    }
    expect(pipe.closed).toBeUndefined();
    return pipe;
  }
  const version = wire === "v3" ? 3 : 4;
  const params = connectFrame({ minProtocol: version, maxProtocol: version });
  pipe.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
  expect(pipe.take().at(-1)).toContain("hello-ok");
  return pipe;
}

/** Hears until nothing is owed. Calls that wait for time get it. */
async function settle(world: World, pipe: Pipe, book: FrameBook): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) {
    for (const text of pipe.take()) book.heard(text);
    if (pipe.closed) book.closed();
    if (book.open.length === 0) return;
    // Approvals wait for the house's clock.
    await world.clock.advance(turns < 25 ? 20 : 600_000);
    await turn();
  }
}

const closes = [1000, 1002, 1008, 1009];
const share = Number(process.env.HOMARUS_TEST_FRAMES ?? 100_000) / 100;

test.each(["v3", "v4", "rpc", "node"] as const)(
  `[T39] frames after hello are answered once each or closed as documented, and nothing stays of them: %s (seed ${seed}, HOMARUS_TEST_SEED repeats it)`,
  async (wire) => {
    const world = await openWorld();
    await using it = world.it;
    const kind = wire === "rpc" ? "rpc" : "frames";
    // A node that asks for what is not a node's is soon cut off.
    const asked = wire === "node" ? methods.filter(({ row }) => row.role !== "operator") : methods;
    const fuzz = new Fuzz(createRandom(seed), asked);
    const book = new FrameBook(kind);
    const frames = wire === "node" ? share * 6 : share * 28;
    let pipe = await enter(world, wire);
    let early = 0;
    for (let sent = 0; sent < frames; ) {
      const sending: (string | Uint8Array)[] = [];
      while (sending.length < 200 && !pipe.closed) {
        const frame = fuzz.frame(kind);
        sending.push(frame);
        book.sent(frame);
        pipe.send(frame);
      }
      sent += sending.length;
      await settle(world, pipe, book);
      expect({ open: book.open, of: about(sending, book.open) }).toEqual({ open: [], of: [] });
      expect(book.oddities).toEqual([]);
      if (pipe.closed) {
        expect(closes).toContain(pipe.closed.code);
        pipe = await enter(world, wire);
      }
      if (early === 0 && sent > frames / 5) early = heap();
    }
    expect(world.errors).toEqual([]);
    expect(loose).toEqual([]);
    // It would prove little if none had got as far as a method's code.
    expect(book.answers).toBeGreaterThan(frames / 2);
    expect(book.good).toBeGreaterThan(frames / 10);
    // Generous: what is looked for is a growth by each frame, and 80 % of them came since.
    expect(heap() - early).toBeLessThan(40 * 1024 * 1024);
    pipe.drop();
    await turn();
    expect(await it.gateway.stop()).toBeUndefined();
  },
  120_000,
);

test.each(["frames", "rpc"] as const)(
  `[T39] whatever a stranger says first is answered or closed as documented, and lets nobody in who has no secret: %s (seed ${seed})`,
  async (wire) => {
    const world = await openWorld();
    await using it = world.it;
    const fuzz = new Fuzz(createRandom(seed), methods);
    const good =
      wire === "rpc" ? { token: "wrong", scopes: ["operator.read"] } : connectFrame({ auth: { token: "wrong" } });
    await warm(world);
    for (let sent = 0; sent < share * 6; sent += 200) {
      const strangers = Array.from({ length: 200 }, () => stranger(world, wire, fuzz.greeting(wire, good)));
      await turn();
      await turn();
      for (const { pipe, first } of strangers) expect(problemOf(wire, pipe, first)).toBeUndefined();
      for (const { pipe } of strangers) pipe.drop();
    }
    expect(world.errors).toEqual([]);
    expect(loose).toEqual([]);
    expect(it.fake.heard).toEqual([]);
    expect((await enter(world, "v4")).closed).toBeUndefined();
  },
  60_000,
);

/** The code of the other door loads with its first visitor. */
async function warm(world: World): Promise<void> {
  (await enter(world, "rpc")).drop();
}

function stranger({ pipes }: World, wire: "frames" | "rpc", first: string | Uint8Array) {
  const pipe = pipes.open(wire === "rpc" ? "/rpc" : "/");
  pipe.send(first);
  return { pipe, first };
}

function problemOf(wire: "frames" | "rpc", pipe: Pipe, first: string | Uint8Array): string | undefined {
  const said = pipe.take();
  const problem = (what: string) =>
    `${what}: ${String(first).slice(0, 300)} got ${said.join()} ${JSON.stringify(pipe.closed)}`;
  if (said.some((text) => text.includes("hello-ok") || text.includes('"connId"'))) return problem("let in");
  if (pipe.closed) return [1002, 1008, 1009].includes(pipe.closed.code) ? undefined : problem("closed oddly");
  if (wire === "frames") return problem("left open");
  const book = new FrameBook("rpc");
  book.sent(first);
  for (const text of said) book.heard(text);
  if (book.open.length > 0 || book.oddities.length > 0) return problem(`${book.open} ${book.oddities}`);
  return undefined;
}

test(`[T39] the same over real sockets, and bytes that are no WebSocket frame (seed ${seed})`, async () => {
  const errors: string[] = [];
  const clock = createFakeClock(1_800_000_000_000);
  await using it: TestGateway = await openForTest({
    ...{ listen, clock, store: createMemoryStore() },
    house: quick(() => it, errors),
  });
  const fuzz = new Fuzz(createRandom(seed), methods);
  for (let round = 0; round < share / 20; round += 1) {
    const kind = round % 2 === 0 ? "frames" : "rpc";
    const socket = await openSocket(it.url, kind);
    for (let index = 0; index < 100 && socket.readyState === WebSocket.OPEN; index += 1)
      socket.send(fuzz.frame(kind) as string);
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close();
    await closed;
    await sendRaw(
      it.gateway.port,
      Uint8Array.from({ length: 300 }, () => Math.floor(fuzz.number() * 256)),
    );
  }
  // A text frame, masked, whose two bytes are no UTF-8 (RFC 6455, 8.1).
  await sendRaw(it.gateway.port, Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28));
  const client = await it.connect();
  expect((await client.call("agents.list")).ok).toBe(true);
  expect(errors).toEqual([]);
  expect(loose).toEqual([]);
}, 60_000);

async function openSocket(url: string, kind: "frames" | "rpc"): Promise<WebSocket> {
  if (kind === "frames") {
    const client = await openRaw(url);
    await client.hello();
    return client.socket;
  }
  const socket = new WebSocket(`${url}/rpc`, { headers: { authorization: `Bearer ${token}` } } as unknown as string[]);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

/** An upgrade by hand, then these bytes, then nothing more; resolves when the gateway has hung up. */
function sendRaw(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  const head = ["GET / HTTP/1.1", `Host: 127.0.0.1:${port}`, "Upgrade: websocket", "Connection: Upgrade"];
  const key = ["Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`];
  socket.write(`${[...head, ...key].join("\r\n")}\r\n\r\n`);
  socket.once("data", () => socket.end(bytes));
  socket.on("error", () => socket.destroy());
  return new Promise((resolve) => socket.on("close", () => resolve()));
}

/** Bytes in use after what is garbage has gone. */
function heap(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}

function about(frames: readonly (string | Uint8Array)[], open: readonly string[]): string[] {
  const ids = open.map((line) => line.split(":")[0]?.replaceAll('"', "") ?? "");
  return frames
    .filter((frame) => ids.some((id) => String(frame).includes(`"${id}"`)))
    .map((frame) => String(frame).slice(0, 300));
}
