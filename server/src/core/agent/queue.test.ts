import { expect, test } from "bun:test";
import { createQueue } from "./queue.ts";

test("gives out what was put in, in order, also what comes while it is read, until it is ended", async () => {
  const queue = createQueue<number>();
  queue.push(1);
  const seen: number[] = [];
  for await (const item of queue.drain()) {
    seen.push(item);
    if (item === 1) {
      queue.push(2);
      queueMicrotask(() => {
        queue.push(3);
        queue.end();
      });
    }
  }
  expect(seen).toEqual([1, 2, 3]);
});

test("a reader that waits is woken by the end", async () => {
  const queue = createQueue<number>();
  const next = queue.drain().next();
  queue.end();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("what was put in before the end is not lost", async () => {
  const queue = createQueue<number>();
  queue.push(1);
  queue.end();
  expect(await Array.fromAsync(queue.drain())).toEqual([1]);
});
