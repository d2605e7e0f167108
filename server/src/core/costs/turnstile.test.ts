import { expect, test } from "bun:test";
import { createTurnstile } from "./turnstile.ts";

test("all who wait go on in the order they came, and who comes after waits for the next time", async () => {
  const turnstile = createTurnstile();
  const gone: number[] = [];
  const all = [1, 2].map((number) => turnstile.wait(undefined).then(() => gone.push(number)));
  turnstile.open();
  await Promise.all(all);
  expect(gone).toEqual([1, 2]);
  const next = turnstile.wait(AbortSignal.abort(new Error("stopped already")));
  await expect(next).rejects.toThrow("stopped already");
});

test("who is told to stop waits no more", async () => {
  const turnstile = createTurnstile();
  const stop = new AbortController();
  const waiting = turnstile.wait(stop.signal);
  stop.abort(new Error("told to stop"));
  turnstile.open();
  await expect(waiting).rejects.toThrow("told to stop");
});
