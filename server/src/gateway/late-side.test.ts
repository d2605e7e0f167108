import { expect, test } from "bun:test";
import type { Socket, SocketSide } from "./house.ts";
import { LateSide } from "./late-side.ts";

function start() {
  const closed: string[] = [];
  const heard: unknown[] = [];
  const loading = Promise.withResolvers<SocketSide>();
  const late = new LateSide(loading.promise, () => undefined);
  late.open({ close: (_code: number, reason: string) => closed.push(reason) } as Partial<Socket> as Socket);
  const side: SocketSide = { open: () => undefined, message: (data) => heard.push(data), close: () => undefined };
  return { late, closed, heard, arrive: () => loading.resolve(side) };
}

test("what comes while the code loads is heard afterwards, in order", async () => {
  const { late, heard, arrive } = start();
  late.message("one");
  late.message("two");
  arrive();
  await Promise.resolve();
  late.message("three");
  expect(heard).toEqual(["one", "two", "three"]);
});

test.each([
  ["many messages", 101, 1, "wait for the answer"],
  ["a large one", 1, 70_000, "preauth payload too large"],
  ["much in pieces", 20, 10_000, "preauth payload too large"],
])("a stranger fills no memory with %s", async (_words, count, size, reason) => {
  const { late, closed, heard, arrive } = start();
  for (let nth = 0; nth < count; nth += 1) late.message("x".repeat(size));
  arrive();
  await Promise.resolve();
  expect([closed[0], heard]).toEqual([reason, []]);
});
