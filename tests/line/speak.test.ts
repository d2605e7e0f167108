import { expect, test } from "bun:test";
import type { OutboundMessage } from "@homarus/sdk";
import { createSpeak } from "../../server/src/core/line/speak.ts";
import { openWorld } from "./world.ts";

const words: OutboundMessage = {
  ...{ channel: "fake", account: "default", text: "The washing is done.", attachments: [] },
  place: { id: "chat", type: "direct" },
};

function open() {
  const world = openWorld();
  const channel = (id: string) => (id === "fake" ? world.channel : undefined);
  return { world, speak: createSpeak({ ...world.parts, channel }) };
}

test("words go out once, however often the same sending is asked for, and the receipt is told", async () => {
  const { world, speak } = open();
  const [first] = await speak(words, "s1");
  const [again] = await speak(words, "s1");
  expect(again).toEqual(first as NonNullable<typeof first>);
  expect(world.channel.sent.map((piece) => piece.text)).toEqual(["The washing is done."]);
});

test("a channel that is not set up, and words that are none, are refused and leave nothing", async () => {
  const { world, speak } = open();
  await expect(speak({ ...words, channel: "nowhere" }, "s2")).rejects.toMatchObject({ kind: "config" });
  await expect(speak({ ...words, text: "  " }, "s3")).rejects.toMatchObject({ kind: "invalid" });
  expect(await world.store.openOutbox()).toEqual([]);
});
