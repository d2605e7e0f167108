import { expect, test } from "bun:test";
import { createFakeClock, sampleMessage } from "@homarus/sdk/testing";
import { createRate } from "./rate.ts";

const from = (id: string, more: object = {}) => ({ ...sampleMessage("m"), peer: { id }, ...more });

test("a sender may send so many messages in a minute, and more when the oldest is a minute old", async () => {
  const clock = createFakeClock();
  const mayContinue = createRate(clock, 2);
  const p1 = from("p1");
  expect([mayContinue(p1), mayContinue(p1), mayContinue(p1)]).toEqual([true, true, false]);
  await clock.advance(59_999);
  expect(mayContinue(p1)).toBe(false);
  await clock.advance(1);
  expect([mayContinue(p1), mayContinue(p1), mayContinue(p1)]).toEqual([true, true, false]);
});

test("what was refused does not count, so that a patient sender is heard again", async () => {
  const clock = createFakeClock();
  const mayContinue = createRate(clock, 1);
  expect(mayContinue(from("p1"))).toBe(true);
  for (let times = 0; times < 5; times += 1) {
    await clock.advance(10_000);
    expect(mayContinue(from("p1"))).toBe(false);
  }
  await clock.advance(10_000);
  expect(mayContinue(from("p1"))).toBe(true);
});

test("senders are counted apart, by channel, account and id", () => {
  const mayContinue = createRate(createFakeClock(), 1);
  const senders = [from("p1"), from("p2"), from("p1", { channel: "other" }), from("p1", { account: "second" })];
  expect(senders.map(mayContinue)).toEqual([true, true, true, true]);
  expect(senders.map(mayContinue)).toEqual([false, false, false, false]);
});
