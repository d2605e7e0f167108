import { describe, expect, test } from "bun:test";
import { Audience, type Member } from "./audience.ts";
import { scopeBits } from "./caller.ts";
import { limits } from "./settings.ts";
import { frames3, frames4, rpc, type Wire } from "./wire.ts";

interface FakeMember extends Member {
  readonly got: string[];
  readonly topics: Set<string>;
  closed: string | undefined;
  buffered: number;
}

/** An audience over topics that deliver at once. */
function room() {
  const members: FakeMember[] = [];
  const audience = new Audience();
  audience.publishThrough({
    port: 0,
    publish(topic, text) {
      for (const member of members) if (member.topics.has(topic)) member.got.push(text);
    },
    stop: async () => undefined,
  });
  const join = (scopes: readonly string[], role: Member["role"] = "operator", wire: Wire = frames3): FakeMember => {
    const topics = new Set<string>();
    const got: string[] = [];
    const member: FakeMember = {
      ...{ wire, role, granted: scopeBits(scopes), got, topics, closed: undefined, buffered: 0 },
      socket: {
        send: (text) => got.push(text) > 0,
        close: (code, reason) => {
          member.closed = `${code} ${reason}`;
        },
        bufferedBytes: () => member.buffered,
        join: (topic) => void topics.add(topic),
        leave: (topic) => void topics.delete(topic),
      },
    };
    members.push(member);
    audience.join(member);
    return member;
  };
  return { audience, join };
}

const large = JSON.stringify("x".repeat(1024 * 1024));

describe("the audience", () => {
  test("[Y24] each client hears an event on its own wire and in its own version, and what only a later one knows not at all", () => {
    const { audience, join } = room();
    const clients = [frames3, frames4, rpc].map((wire) => join(["operator.read"], "operator", wire));
    audience.tell("chat", (protocol) => `{"v":${protocol}}`, { guard: "operator.read" });
    audience.tell("task", "{}", { guard: "operator.read", since: 4 });
    expect(clients.map((client) => client.got.map((text) => JSON.parse(text)))).toEqual([
      [{ type: "event", event: "chat", payload: { v: 3 }, seq: 1 }],
      [
        { type: "event", event: "chat", payload: { v: 4 }, seq: 1 },
        { type: "event", event: "task", payload: {}, seq: 2 },
      ],
      [
        { jsonrpc: "2.0", method: "chat", params: { v: 4 } },
        { jsonrpc: "2.0", method: "task", params: {} },
      ],
    ]);
  });

  test("an event reaches those whose rights it asks for, numbered for each of them from one", () => {
    const { audience, join } = room();
    const [reader, pairer, node] = [join(["operator.write"]), join(["operator.pairing"]), join([], "node")];
    audience.tell("chat", "1", { guard: "operator.read" });
    audience.tell("device.pair.requested", "2", { guard: "operator.pairing" });
    audience.tell("tick", "3");
    const frame = (event: string, payload: number, seq: number) =>
      `{"type":"event","event":"${event}","payload":${payload},"seq":${seq}}`;
    expect(reader.got).toEqual([frame("chat", 1, 1), frame("tick", 3, 2)]);
    expect(pairer.got).toEqual([frame("device.pair.requested", 2, 1), frame("tick", 3, 2)]);
    expect(node.got).toEqual([frame("tick", 3, 1)]);
  });

  test("a client that does not keep up misses what may be dropped and is closed at what may not", () => {
    const { audience, join } = room();
    const [slow, quick] = [join(["operator.read"]), join(["operator.read"])];
    slow.buffered = limits.maxBuffered;
    audience.tell("tick", large, { dropIfSlow: true });
    expect([slow.got.length, slow.closed, quick.got.length]).toEqual([0, undefined, 1]);
    audience.tell("agent", "1");
    expect([slow.closed, quick.closed, quick.got.length]).toEqual(["1008 slow consumer", undefined, 2]);
  });

  test("a slow client still gets what its buffer holds, in order, and comes back when it has caught up", () => {
    const { audience, join } = room();
    const slow = join(["operator.read"]);
    slow.buffered = 2 * 1024 * 1024;
    audience.tell("agent", large);
    expect(slow.topics.size).toBe(0);
    audience.tell("agent", "2");
    audience.drained(slow);
    expect(slow.topics.size).toBe(0);
    slow.buffered = 0;
    audience.drained(slow);
    audience.tell("agent", "3");
    expect(slow.got.map((frame) => JSON.parse(frame).seq)).toEqual([1, 2, 3]);
    expect(slow.topics.size).toBe(1);
  });

  test("who left is not counted and not written to", () => {
    const { audience, join } = room();
    const member = join(["operator.read"]);
    expect(audience.size).toBe(1);
    audience.leave(member);
    expect([audience.size, audience.everyone()]).toEqual([0, []]);
  });
});
