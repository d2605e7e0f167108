import { expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import fc from "fast-check";
import { listen } from "../host/net/serve.ts";
import { methodTable } from "./methods/table.ts";
import { connectFrame, openForTest, openRaw } from "./testing/open-for-test.ts";

const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
const names = methodTable.map((row) => row.name);
const json = fc.jsonValue({ maxDepth: 3 });
/** Calls whose params are never right, so that nothing may change. */
const spoilt = fc.oneof(
  fc.record({ type: json, id: json, method: json, params: json }, { requiredKeys: [] }),
  fc.record({
    type: fc.constant("req"),
    id: fc.string({ minLength: 1 }),
    method: fc.constantFrom(
      ...names.filter((name) => !["status", "system-presence", "last-heartbeat", "health"].includes(name)),
    ),
    params: fc.dictionary(fc.string(), json).map((params) => ({ ...params, "\u0001never a field": 1 })),
  }),
);
const garbled = fc.oneof(
  fc.string(),
  fc.json(),
  spoilt.map((frame) => JSON.stringify(frame)),
  spoilt.map((frame) => JSON.stringify(frame).slice(1)),
  fc.uint8Array({ maxLength: 200 }),
  fc.constant("[".repeat(20_000)),
);

test("[T39] garbled frames after hello are answered or ignored: the connection lives and nothing has changed", async () => {
  await using it = await open();
  const client = await it.connect();
  const before = JSON.stringify([
    (await client.call("sessions.list")).payload,
    (await client.call("config.get")).payload,
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(garbled, { maxLength: 20 }), async (frames) => {
      for (const frame of frames) client.socket.send(frame as string);
      expect((await client.call("agents.list", {})).ok).toBe(true);
    }),
    { numRuns: 60 },
  );
  const after = JSON.stringify([
    (await client.call("sessions.list")).payload,
    (await client.call("config.get")).payload,
  ]);
  expect(after).toBe(before);
  expect(it.fake.heard).toEqual([]);
  expect(it.fake.aborted).toEqual([]);
  expect(it.fake.notes.filter((note) => note.level === "error")).toEqual([]);
});

test("[T39] garbled greetings are turned away with a close, and others are still let in", async () => {
  await using it = await open();
  const spoiltLogin = fc.dictionary(fc.constantFrom(...Object.keys(connectFrame()), "device", "caps", "bogus"), json);
  await fc.assert(
    fc.asyncProperty(fc.oneof(garbled, spoiltLogin), async (first) => {
      const client = await openRaw(it.url);
      const isText = typeof first === "string" || first instanceof Uint8Array;
      const frame = isText
        ? first
        : JSON.stringify({
            type: "req",
            id: "1",
            method: "connect",
            params: { ...connectFrame(), ...first, auth: {} },
          });
      client.socket.send(frame as string);
      expect([1002, 1008, 1009]).toContain((await client.closed).code);
    }),
    { numRuns: 100 },
  );
  expect((await (await it.connect()).call("health")).ok).toBe(true);
  expect(it.fake.notes.filter((note) => note.level === "error")).toEqual([]);
});

test("a frame that is JSON but no request is answered with what is wrong, on its id where it has one", async () => {
  await using it = await open();
  const client = await it.connect();
  client.send('{"type":"req","id":"x","method":"health","extra":1}');
  expect((await client.next((frame) => frame.id === "x")).error).toEqual({
    code: "INVALID_REQUEST",
    message: "invalid request frame: at root: unexpected property 'extra'",
  });
  client.send("[]");
  expect((await client.next((frame) => frame.id === "invalid")).error.message).toBe(
    "invalid request frame: must be object",
  );
  client.send("nonsense");
  expect((await client.call("health")).ok).toBe(true);
});
