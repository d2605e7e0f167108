// A binary message at each door: there is no audio here, so it is read as the text it may be, and refused like any text
// that is none. It never costs more than a text of its size.
import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { connectFrame, openForTest, openRaw, token } from "./testing/open-for-test.ts";

const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

/** What no text begins with (RFC 3629: 0xff is in no UTF-8). */
const sound = new Uint8Array(960).fill(0xff);
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("binary frames at the door of the frames", () => {
  test("before hello, sound ends the connection with a reason, and much of it with another", async () => {
    await using it = await open();
    const first = await openRaw(it.url);
    first.socket.send(sound);
    expect(await first.closed).toEqual({ code: 1008, reason: "invalid request frame" });
    const second = await openRaw(it.url);
    second.socket.send(new Uint8Array(65_537).fill(0xff));
    expect(await second.closed).toEqual({ code: 1009, reason: "preauth payload too large" });
  });

  test("a request in bytes is one like any other, at connect and after", async () => {
    await using it = await open();
    const client = await openRaw(it.url);
    client.socket.send(bytesOf({ type: "req", id: "1", method: "connect", params: connectFrame() }));
    expect((await client.next((frame) => frame.id === "1")).ok).toBe(true);
    client.socket.send(bytesOf({ type: "req", id: "2", method: "health" }));
    expect((await client.next((frame) => frame.id === "2")).ok).toBe(true);
    client.socket.close();
  });

  test("after hello, sound is dropped and the connection goes on", async () => {
    await using it = await open();
    const client = await it.connect();
    for (let count = 0; count < 50; count += 1) client.socket.send(sound);
    expect((await client.call("health")).ok).toBe(true);
    expect(client.frames.filter((frame) => frame.type === "res" && !frame.ok)).toEqual([]);
  });
});

describe("binary frames at the doors of JSON-RPC", () => {
  test.each(["/rpc", "/mcp"])("at %s sound is answered as a parse error, and the next call as always", async (path) => {
    await using it = await open();
    const talk = await openLine(`${it.url}${path}`);
    talk.socket.send(sound);
    expect(await talk.next()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32_700 } });
    const method = path === "/rpc" ? "health" : "ping";
    talk.socket.send(bytesOf({ jsonrpc: "2.0", id: 7, method }));
    expect((await talk.next()).id).toBe(7);
    talk.socket.close();
  });

  test.each(["/rpc", "/mcp"])("at %s a stranger's is bounded", async (path) => {
    await using it = await open();
    const socket = new WebSocket(`${it.url}${path}`);
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    socket.onopen = () => socket.send(new Uint8Array(1_100_000).fill(0xff));
    expect([1008, 1009]).toContain(await closed);
  });
});

async function openLine(url: string) {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const heard: { id?: unknown }[] = [];
  let wake: () => void = () => undefined;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data));
    if (!("id" in message)) return;
    heard.push(message);
    wake();
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const next = async () => {
    if (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return heard.shift() ?? {};
  };
  return { socket, next };
}
