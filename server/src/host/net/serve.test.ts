import { describe, expect, test } from "bun:test";
import { isFault } from "@homarus/sdk";
import { listen } from "./serve.ts";

type Handlers = Parameters<typeof listen>[1];
type Side = Exclude<ReturnType<Handlers["upgrade"]>, Response>;

const options = { host: "127.0.0.1", port: 0, maxPayloadBytes: 1000, maxBufferedBytes: 100_000 };
const silent: Side = { open: () => undefined, message: () => undefined, close: () => undefined };

function handlers(change: Partial<Handlers> = {}): Handlers {
  return { fetch: () => new Response("plain"), upgrade: () => silent, ...change };
}

/** A socket that keeps what it hears until a given number of messages has come. */
function client(port: number, count: number): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const heard: string[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  socket.onmessage = (message) => {
    heard.push(String(message.data));
    if (heard.length === count) resolve(heard);
  };
  socket.onclose = ({ code, reason }) => resolve([...heard, `closed ${code} ${reason}`]);
  return promise;
}

describe("the port", () => {
  test("requests come with the address of their peer, and failing ones are a plain 500", async () => {
    const listener = await listen(
      options,
      handlers({
        fetch: (request, peer) => {
          if (request.url.endsWith("/fail")) throw new Error("secret detail");
          return new Response(`${peer.address} ${peer.port > 0}`);
        },
      }),
    );
    const base = `http://127.0.0.1:${listener.port}`;
    expect(await (await fetch(base)).text()).toBe("127.0.0.1 true");
    const failed = await fetch(`${base}/fail`);
    expect([failed.status, await failed.json()]).toEqual([500, { ok: false, error: "internal error" }]);
    await listener.stop();
  });

  test("what is published and what is sent comes in the order it was given, without compression", async () => {
    const extensions: (string | null)[] = [];
    const listener = await listen(
      options,
      handlers({
        upgrade: (request) => {
          extensions.push(request.headers.get("sec-websocket-extensions"));
          return {
            ...silent,
            open(socket) {
              socket.join("all");
              socket.send("1");
              listener.publish("all", "2");
              socket.send("3");
              listener.publish("all", "4");
              socket.leave("all");
              listener.publish("all", "never");
              socket.send("5");
            },
          };
        },
      }),
    );
    expect(await client(listener.port, 5)).toEqual(["1", "2", "3", "4", "5"]);
    await listener.stop();
  });

  test("an upgrade may be refused with an answer, and what only looks like one gets a 400", async () => {
    const listener = await listen(
      options,
      handlers({ upgrade: (request) => (request.url.endsWith("/no") ? new Response("no", { status: 403 }) : silent) }),
    );
    const base = `http://127.0.0.1:${listener.port}`;
    const headers = { upgrade: "websocket" };
    expect((await fetch(`${base}/no`, { headers })).status).toBe(403);
    expect((await fetch(base, { headers })).status).toBe(400);
    await listener.stop();
  });

  test("a frame above the limit closes its socket with 1009, and the side is told once", async () => {
    const closes: number[] = [];
    const listener = await listen(
      options,
      handlers({ upgrade: () => ({ ...silent, close: (code) => void closes.push(code) }) }),
    );
    const socket = new WebSocket(`ws://127.0.0.1:${listener.port}`);
    const { promise, resolve } = Promise.withResolvers<number>();
    socket.onopen = () => socket.send("x".repeat(1001));
    socket.onclose = ({ code }) => resolve(code);
    expect(await promise).toBe(1009);
    expect(closes).toHaveLength(1);
    await listener.stop();
  });

  test("bytes that a client does not take are counted, and what exceeds the limit is not kept", async () => {
    const { promise, resolve } = Promise.withResolvers<{ buffered: number; sent: boolean }>();
    const listener = await listen(
      options,
      handlers({
        upgrade: () => ({
          ...silent,
          open(socket) {
            // Sent within one turn: the loop cannot write, so all of it waits.
            let sent = true;
            for (let piece = 0; piece < 2000 && sent; piece++) sent = socket.send("x".repeat(50_000));
            resolve({ buffered: socket.bufferedBytes(), sent });
          },
        }),
      }),
    );
    const socket = new WebSocket(`ws://127.0.0.1:${listener.port}`);
    const { buffered, sent } = await promise;
    expect(buffered).toBeGreaterThan(50_000);
    expect(buffered).toBeLessThan(200_000);
    expect(sent).toBe(false);
    socket.close();
    await listener.stop();
  });

  test("a request that is being answered at the stop still gets its answer", async () => {
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    const fetchSlowly = () => {
      arrived.resolve();
      return answer.promise;
    };
    const listener = await listen(options, handlers({ fetch: fetchSlowly }));
    const asked = fetch(`http://127.0.0.1:${listener.port}`);
    await arrived.promise;
    const stopped = listener.stop();
    answer.resolve(new Response("late"));
    expect(await (await asked).text()).toBe("late");
    await stopped;
  });

  test("a stop says goodbye to open sockets and frees the port", async () => {
    const sockets: { close(code: number, reason: string): void }[] = [];
    const listener = await listen(
      options,
      handlers({
        upgrade: () => ({
          ...silent,
          open: (socket) => {
            sockets.push(socket);
            socket.send("hello");
          },
        }),
      }),
    );
    const { port } = listener;
    const heard = client(port, 2);
    await client(port, 1);
    for (const socket of sockets) socket.close(1012, "restart");
    await listener.stop();
    expect(await heard).toEqual(["hello", "closed 1012 restart"]);
    const again = await listen({ ...options, port }, handlers());
    expect(again.port).toBe(port);
    await again.stop();
  });
});

describe("a port that cannot be had", () => {
  test.each([
    ["taken", "net.port-taken", "gateway.port"],
    ["nowhere", "net.no-such-address", "gateway.host"],
  ])("%s is a config fault with the next step", async (kind, code, step) => {
    const holder = await listen(options, handlers());
    const wanted = kind === "taken" ? { ...options, port: holder.port } : { ...options, host: "192.0.2.77" };
    const thrown = await listen(wanted, handlers()).then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(isFault(thrown) && [thrown.kind, thrown.code]).toEqual(["config", code]);
    expect(isFault(thrown) && thrown.hint).toContain(step);
    await holder.stop();
  });
});
