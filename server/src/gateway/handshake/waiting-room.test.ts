import { expect, test } from "bun:test";
import { WaitingRoom } from "./waiting-room.ts";

test("guests are counted by their network from when they come until they go, each once", () => {
  const room = new WaitingRoom<{ readonly name: string }>();
  const [first, second, other] = ["first", "second", "other"].map((name) => ({ name }));
  if (!first || !second || !other) throw new Error("three guests were made");
  const afar = (address: string) => ({ address, isLocal: false });
  room.expect(first, afar("2001:db8::1"));
  room.expect(second, afar("2001:db8::2"));
  room.expect(other, afar("192.0.2.1"));
  expect(room.waitingFrom("2001:db8::9")).toBe(0);
  for (const guest of [first, first, second, other]) room.add(guest);
  expect(room.waitingFrom("2001:db8::9")).toBe(2);
  room.delete(first);
  room.delete(first);
  expect(room.waitingFrom("2001:db8::9")).toBe(1);
  expect(room.waitingFrom("192.0.2.1")).toBe(1);
  expect([...room]).toEqual([second, other]);
});

test("a guest of this machine, or one nobody spoke of, waits and counts for no address", () => {
  const room = new WaitingRoom<object>();
  const guest = {};
  const local = {};
  room.expect(local, { address: "127.0.0.1", isLocal: true });
  room.add(local);
  room.delete(local);
  room.add(guest);
  expect([room.size, room.waitingFrom("127.0.0.1")]).toEqual([1, 0]);
  room.delete(guest);
  expect([room.size, room.waitingFrom("127.0.0.1")]).toEqual([0, 0]);
});
