// The reference pages: made from the tables, true to what a hello names, and as committed.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { eventTable } from "../server/src/gateway/events.ts";
import { methodTable } from "../server/src/gateway/methods/table.ts";
import { openForTest, openRaw } from "../server/src/gateway/testing/open-for-test.ts";
import { listen } from "../server/src/host/net/serve.ts";
import { compact, eventsPage, helloOf, methodsPage } from "./methods.ts";
import { eventWords } from "./methods-events.ts";

const committed = (name: string) => Bun.file(join(import.meta.dir, "../docs/reference", name)).text();

test("the committed reference is what the tables say; if this fails, run `npm run docs`", async () => {
  expect(await committed("methods.md")).toBe(await methodsPage());
  expect(await committed("events.md")).toBe(eventsPage());
});

test("each method has its row and each event its words, and there are no words for an event that is not there", async () => {
  const page = await methodsPage();
  for (const { name } of methodTable) expect(page).toContain(`\n| \`${name}\` | `);
  expect(Object.keys(eventWords).sort()).toEqual(eventTable.map(({ name }) => name).sort());
});

test.each([3, 4])("the page says of each method whether the hello of protocol %d names it", async (protocol) => {
  await using it = await openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
  const client = await openRaw(it.url);
  const hello = await client.hello({ minProtocol: protocol, maxProtocol: protocol });
  client.socket.close();
  expect(hello.payload.protocol).toBe(protocol);
  const told: readonly string[] = hello.payload.features.methods;
  const said = methodTable.filter((row) => helloOf(row).includes(String(protocol))).map((row) => row.name);
  expect([...said].sort()).toEqual([...told].sort());
});

test("a shape in one line", () => {
  const name = { type: "string", minLength: 1 } as const;
  const shape = {
    type: "object",
    properties: { key: name, limit: { type: "integer", minimum: 1, maximum: 1000 }, more: {} },
    required: ["key"],
    additionalProperties: false,
  } as const;
  expect(compact(shape)).toBe("{key: string, limit?: integer 1..1000, more?: any}");
  const { additionalProperties: _, ...open } = shape;
  expect(compact({ ...open, properties: {} })).toBe("{…}");
  expect(compact({ type: "object", additionalProperties: { type: "boolean" } })).toBe("{[name]: boolean}");
  const choice = { anyOf: [{ const: "a", type: "string" }, { type: "null" }] } as const;
  expect(compact({ type: "array", items: choice, minItems: 1 })).toBe('("a" | null)[1..]');
  expect(compact({ type: "string", minLength: 0, maxLength: 9 })).toBe("string 0..9");
});
