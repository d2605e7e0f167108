import { expect, test } from "bun:test";
import { page } from "./page.ts";

const items = (...names: string[]) => names.map((name) => ({ at: name, item: name.toUpperCase() }));

/** Every page, one after another; `between` may change the list before the next is asked for. */
function walk(list: ReturnType<typeof items>, between = (_: ReturnType<typeof items>) => list): string[] {
  const all: string[] = [];
  let cursor: string | undefined;
  let current = list;
  do {
    const found = page(current, cursor, 2);
    all.push(...found.items);
    cursor = found.nextCursor;
    current = between(current);
  } while (cursor !== undefined);
  return all;
}

test("pages hold the list once, in its order", () => {
  expect(walk(items("d", "b", "e", "a", "c"))).toEqual(["A", "B", "C", "D", "E"]);
  expect(walk(items("a", "b"))).toEqual(["A", "B"]);
  expect(walk([])).toEqual([]);
});

test("what comes or goes meanwhile shifts nothing", () => {
  expect(walk(items("b", "c", "d", "e"), () => items("a", "b", "d", "e", "f"))).toEqual(["B", "C", "D", "E", "F"]);
});

test.each(["", "!", "*", "bm9wZQ=", "\u0000"])("a cursor that was not given here is refused: %j", (cursor) => {
  expect(() => page(items("a"), cursor)).toThrow("cursor");
});
