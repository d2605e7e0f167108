import { describe, expect, test } from "bun:test";
import { connect } from "node:tls";
import { isFault } from "@homarus/sdk";
import { makeSelfSigned } from "../tls/make.ts";
import { listen } from "./serve.ts";

type Handlers = Parameters<typeof listen>[1];

const options = { host: "127.0.0.1", port: 0, maxPayloadBytes: 1000, maxBufferedBytes: 100_000 };
const [first, second] = [1, 2].map(() =>
  pairOf(makeSelfSigned({ names: ["localhost", "127.0.0.1"], now: Date.now() })),
);
if (!first || !second) throw new Error("two certificates were made");

function pairOf(pem: string): { cert: string; key: string } {
  const begin = pem.indexOf("-----BEGIN PRIVATE KEY");
  return { cert: pem.slice(0, begin), key: pem.slice(begin) };
}

/** Echoes, and hears what is published to all. */
const handlers: Handlers = {
  fetch: () => new Response("plain"),
  upgrade: () => {
    let send: (text: string) => void = () => undefined;
    return {
      open(socket) {
        socket.join("all");
        send = (text) => void socket.send(text);
      },
      message: (data) => send(`echo ${data}`),
      close: () => undefined,
    };
  },
};

/** A socket that accepts this certificate only. */
async function client(port: number, ca: string) {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, { tls: { ca } } as unknown as string[]);
  const heard: string[] = [];
  const waiting: (() => void)[] = [];
  socket.onmessage = ({ data }) => {
    heard.push(String(data));
    for (const wake of waiting.splice(0)) wake();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    socket,
    send: (text: string) => socket.send(text),
    async next(): Promise<string> {
      while (heard.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return heard.shift() ?? "";
    },
  };
}

function handshake(port: number, maxVersion?: "TLSv1.1" | "TLSv1.2"): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const more = maxVersion ? { maxVersion, minVersion: "TLSv1" as const } : {};
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...more }, () => {
    resolve(socket.getProtocol() ?? "none");
    socket.destroy();
  });
  socket.once("error", () => resolve("refused"));
  return promise;
}

describe("[G31] a port with TLS", () => {
  test("serves https and wss, from TLS 1.2 on, and nothing in the clear", async () => {
    const listener = await listen({ ...options, tls: first }, handlers);
    const { port } = listener;
    expect(await (await fetch(`https://127.0.0.1:${port}`, { tls: { ca: first.cert } })).text()).toBe("plain");
    const open = await client(port, first.cert);
    open.send("hello");
    expect(await open.next()).toBe("echo hello");
    expect(await handshake(port)).toBe("TLSv1.3");
    expect(await handshake(port, "TLSv1.2")).toBe("TLSv1.2");
    expect(await handshake(port, "TLSv1.1")).toBe("refused");
    const inTheClear = await fetch(`http://127.0.0.1:${port}`).then(
      () => "answered",
      () => "closed",
    );
    expect(inTheClear).toBe("closed");
    open.socket.close();
    await listener.stop();
  });

  test("a client that knows another certificate does not get in", async () => {
    const listener = await listen({ ...options, tls: first }, handlers);
    const attempt = await client(listener.port, second.cert).then(
      () => "in",
      () => "out",
    );
    expect(attempt).toBe("out");
    await listener.stop();
  });

  test("takes a new certificate for new connections, while open ones go on and hear what is published", async () => {
    const listener = await listen({ ...options, tls: first }, handlers);
    const { port } = listener;
    const early = await client(port, first.cert);
    listener.renew(second);
    const late = await client(port, second.cert);
    const again = await client(port, first.cert).then(
      () => "in",
      () => "out",
    );
    expect(again).toBe("out");
    early.send("still here");
    expect(await early.next()).toBe("echo still here");
    listener.publish("all", "news");
    expect(await Promise.all([early.next(), late.next()])).toEqual(["news", "news"]);
    const closed = new Promise((resolve) => {
      early.socket.onclose = resolve;
    });
    await listener.stop();
    await closed;
    expect(await handshake(port)).toBe("refused");
  });

  test("a certificate that is not usable changes nothing", async () => {
    const listener = await listen({ ...options, tls: first }, handlers);
    for (const bad of [
      { cert: first.cert, key: second.key },
      { cert: "nonsense", key: first.key },
    ]) {
      let thrown: unknown;
      try {
        listener.renew(bad);
      } catch (fault) {
        thrown = fault;
      }
      expect(isFault(thrown) && thrown.kind).toBe("config");
      (await client(listener.port, first.cert)).socket.close();
    }
    await listener.stop();
  });
});
