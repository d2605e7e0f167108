import { expect, test } from "bun:test";
import { Fault, type InboxRow, messageKey, type Outcome } from "@homarus/sdk";
import { createUnderWay } from "../../server/src/core/line/under-way.ts";
import type { Seen } from "../../server/src/core/tap.ts";
import { openWorld, say } from "./world.ts";

const outcome: Outcome = { type: "replied", runId: "r", text: "hi" };

async function open(travel: (row: InboxRow) => Promise<Outcome>) {
  const world = openWorld();
  const seen: Seen[] = [];
  world.parts.tap.watch((event) => seen.push(event));
  const row = (await world.store.admit(say("hello"), 1)) as InboxRow;
  return { ...world, seen, row, underWay: createUnderWay(travel, world.parts) };
}

test("a message is known while it is under way, and its end is told", async () => {
  let end: ((outcome: Outcome) => void) | undefined;
  const it = await open(() => new Promise((resolve) => (end = resolve)));
  const going = it.underWay.start(it.row);
  expect(it.underWay.find(it.row.message)).toBe(going);
  expect(it.underWay.find({ ...messageKey(it.row.message), id: "other" })).toBeUndefined();
  end?.(outcome);
  expect(await going).toEqual(outcome);
  await it.underWay.idle();
  expect(it.underWay.find(it.row.message)).toBeUndefined();
  expect(it.seen).toEqual([{ type: "message-end", key: messageKey(it.row.message), outcome }]);
});

test("what nobody expected becomes a stored outcome, and the person is told", async () => {
  const it = await open(() => Promise.reject(new Error("broken pipe dream")));
  expect(await it.underWay.start(it.row)).toMatchObject({ type: "failed", fault: { kind: "bug" } });
  await it.underWay.idle();
  expect((await it.store.inboxRow(it.row.message))?.outcome).toMatchObject({ type: "failed" });
  await it.idle();
  expect(it.channel.sent.map((piece) => piece.text)).toEqual(["Sorry, something broke on my side."]);
});

test("an expected fault is told in its own words", async () => {
  const it = await open(() => Promise.reject(new Fault("config", "model.none", "No model.", { hint: "Set one." })));
  await it.underWay.start(it.row);
  await it.idle();
  expect(it.channel.sent.map((piece) => piece.text)).toEqual(["No model. Set one."]);
});

test("idle waits for all that is under way", async () => {
  let end: ((outcome: Outcome) => void) | undefined;
  const it = await open(() => new Promise((resolve) => (end = resolve)));
  void it.underWay.start(it.row);
  let isIdle = false;
  const idle = it.underWay.idle().then(() => {
    isIdle = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIdle).toBe(false);
  end?.(outcome);
  await idle;
  expect(isIdle).toBe(true);
});
