import { expect, test } from "bun:test";
import { type Guest, WaitingRoom, waitingSince } from "./waiting-room.ts";

const guest = (openedAt: number): Guest => ({ openedAt, end: () => undefined, late: () => undefined });

test("guests are counted by their network from when they come until they go, each once", () => {
  const room = new WaitingRoom();
  const [first, second, other] = [1, 2, 3].map(guest);
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
  const room = new WaitingRoom();
  const [unspoken, local] = [guest(1), guest(2)];
  room.expect(local, { address: "127.0.0.1", isLocal: true });
  room.add(local);
  room.delete(local);
  room.add(unspoken);
  expect([room.size, room.waitingFrom("127.0.0.1")]).toEqual([1, 0]);
  room.delete(unspoken);
  expect([room.size, room.waitingFrom("127.0.0.1")]).toEqual([0, 0]);
});

test("those who came before a time are found, oldest first", () => {
  const room = new WaitingRoom();
  const [first, second, third] = [guest(1), guest(2), guest(3)];
  for (const one of [first, second, third]) room.add(one);
  expect(waitingSince(room, 2)).toEqual([first, second]);
  expect(waitingSince(room, 0)).toEqual([]);
});
