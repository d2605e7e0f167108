// WebSockets that never end or send too much at once, frame by frame: they are closed with their reason, and recorded.
import { afterEach, expect, test } from "bun:test";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { headIsThere, say, tunnel } from "./raw.ts";
import { openWorld, type WorldWish } from "./world.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A host that says yes to each WebSocket and then does what `then` says. */
async function joined(wish: WorldWish, then: (socket: Socket) => void) {
  const world = await openWorld({
    ...wish,
    settings: { rules: [{ host: "remote.example:*", action: "allow", private: true }] },
  });
  const got: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.on("data", (data) => got.push(Buffer.from(data)));
      then(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  closers.push(
    () => server.close(),
    () => world.close(),
  );
  const name = `remote.example:${(server.address() as AddressInfo).port}`;
  const { socket } = await tunnel(await world.sandbox(), name);
  const head = `GET /ws HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const opened = await say(socket, head, headIsThere);
  return { ...world, socket, got, rest: opened.slice(opened.indexOf("\r\n\r\n") + 4) };
}

/** With a mask of zeros where it is of the sandbox. */
function frame(length: number, { isMasked }: { readonly isMasked: boolean }): Buffer {
  const head = Buffer.from([0x82, (isMasked ? 0x80 : 0) | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 6);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0), Buffer.alloc(length, "lorem ipsum ")]);
}

const tooBig = "\x88\x02\x03\xf1";

test("what a WebSocket brings is bounded: it is closed as too big, and the audit has how much came", async () => {
  const { socket, events, rest } = await joined({ limits: { maxAnswerBytes: 100_000 } }, (host) => {
    for (let count = 0; count < 50; count++) host.write(frame(10_000, { isMasked: false }));
  });
  const answer = rest + (await say(socket, ""));
  expect(answer).toHaveLength(9 * 10_010 + tooBig.length);
  expect(answer).toEndWith(tooBig);
  expect(events).toMatchObject([{ type: "allow", code: "egress.answer-too-large", status: 101 }]);
  expect(events[0]?.bytesIn).toBeGreaterThan(10_000);
});

test("what waits behind the beginning of a secret is bounded too", async () => {
  const value = "Zq7vR2Lk9Wm4Xz8Tb3Nd";
  const { socket, events } = await joined({ secrets: [{ name: "vendor", value }] }, (host) => {
    const open = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0x40, 0, 0]);
    host.write(Buffer.concat([open, Buffer.from(value.slice(0, 12)), Buffer.alloc(3_000_000, " ")]));
  });
  expect(await say(socket, "")).not.toContain(value.slice(0, 12));
  expect(events).toMatchObject([{ code: "egress.leak", status: 101 }]);
});

test("a message of the sandbox counts among what is held, and one that is too big closes it for both", async () => {
  const small = await joined({ limits: { maxBodyBytes: 100_000, maxHeldBytes: 50_000 } }, () => undefined);
  const busy = await say(small.socket, frame(60_000, { isMasked: true }));
  expect(busy).toEndWith("\x88\x02\x03\xf5");
  expect(small.events).toMatchObject([{ code: "egress.busy", status: 101 }]);
  const large = await joined({ limits: { maxBodyBytes: 100_000 } }, () => undefined);
  expect(await say(large.socket, frame(200_000, { isMasked: true }))).toEndWith(tooBig);
  expect(large.events).toMatchObject([{ code: "egress.body-too-large", status: 101, bytesOut: 0 }]);
  expect(Buffer.concat(large.got).length).toBeLessThan(20);
  const again = await joined({ limits: { maxBodyBytes: 100_000, maxHeldBytes: 1_200_000 } }, () => undefined);
  for (let count = 0; count < 40; count++) again.socket.write(frame(90_000, { isMasked: true }));
  while (again.got.reduce((sum, part) => sum + part.length, 0) < 3_600_000 && again.events.length === 0)
    await new Promise((resolve) => setImmediate(resolve));
  expect(again.events).toEqual([]);
});
