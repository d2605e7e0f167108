import { expect, test } from "bun:test";
import { once } from "./once.ts";

test("work is done once, however often it is called for", () => {
  let times = 0;
  const work = once(() => {
    times += 1;
  });
  work();
  work();
  expect(times).toBe(1);
});
