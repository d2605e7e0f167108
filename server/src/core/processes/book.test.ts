import { expect, test } from "bun:test";
import { createFakeSandbox, someSpec } from "@homarus/sdk/testing";
import { createProcessBook } from "./book.ts";

async function openBook() {
  const workspace = await createFakeSandbox().open(someSpec("/workspace"));
  let ends = 0;
  const book = createProcessBook({ begin: workspace.start, now: () => 7, onEnd: () => ends++ });
  const start = (command: string) => book.start({ command, maxOutputBytes: 100 });
  return { book, start, ends: () => ends };
}

test("each process has a name of its own, and is found by it", async () => {
  const { book, start } = await openBook();
  const [first, second] = [await start("cat"), await start("cat")];
  expect([first.id, second.id, first.startedAt]).toEqual(["p1", "p2", 7]);
  expect(book.find("p2")).toBe(second);
  expect(() => book.find("p3")).toThrow('There is no process "p3".');
});

test("so many run at the same time and no more; one that ended makes room", async () => {
  const { book, start } = await openBook();
  const all = await Promise.allSettled(Array.from({ length: 17 }, () => start("cat")));
  expect(all.filter(({ status }) => status === "rejected")).toMatchObject([{ reason: { code: "process.many" } }]);
  expect(book.isBusy()).toBe(true);
  book.find("p1").process.kill();
  await book.find("p1").process.exited;
  expect((await start("cat")).id).toBe("p17");
});

test("of those that ended the last ones are known, and each end is told", async () => {
  const { book, start, ends } = await openBook();
  for (let count = 0; count < 12; count++) await (await start("exit 3")).process.exited;
  expect(book.list().map(({ id }) => id)).toEqual(["p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12"]);
  expect(book.find("p12").ended()).toMatchObject({ exitCode: 3, ended: "exit" });
  expect([book.isBusy(), ends()]).toEqual([false, 12]);
});
