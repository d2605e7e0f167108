import { expect, test } from "bun:test";
import { createInTurn } from "./in-turn.ts";

test("work of one key goes in the order asked, one after the other; other keys do not wait", async () => {
  const inTurn = createInTurn();
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn("a", async () => {
    steps.push("first begins");
    await gate.promise;
    steps.push("first ends");
  });
  const second = inTurn("a", async () => void steps.push("second"));
  const other = inTurn("b", async () => void steps.push("other"));
  await other;
  gate.resolve();
  await Promise.all([first, second]);
  expect(steps).toEqual(["first begins", "other", "first ends", "second"]);
});

test("work that fails tells its caller and lets the next begin", async () => {
  const inTurn = createInTurn();
  const failing = inTurn("a", () => Promise.reject(new Error("no")));
  const next = inTurn("a", async () => "yes");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
