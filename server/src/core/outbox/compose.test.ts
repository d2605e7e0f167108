import { describe, expect, test } from "bun:test";
import type { MediaBlock } from "@homarus/sdk";
import { sampleMessage } from "@homarus/sdk/testing";
import { compose, replyTo, silentReply } from "./compose.ts";

const place = { id: "c1", type: "direct" } as const;
const image: MediaBlock = { type: "image", mediaType: "image/png", data: "AAAA" };
const parts = { compose: undefined, now: 7, id: "run" };
const answer = (text: string, more: object = {}) => ({ ...replyTo(sampleMessage("m"), text), ...more });

describe("a reply as rows of the outbox", () => {
  test("[B04] each piece is a row, queued in order under an id that repeats with the reply", () => {
    const cut = { ...parts, compose: () => ["a", "b"].map((text) => ({ place, text })) };
    const rows = compose(answer("ab"), cut);
    expect(rows).toEqual(
      ["a", "b"].map((text, index) => ({
        ...{ id: `run:${index}`, channel: "sample", account: "default", piece: { place, text } },
        ...{ state: "queued", attempts: 0, nextAt: 7 },
      })),
    );
    expect(compose(answer("ab"), cut)).toEqual(rows);
  });

  test("without the channel's own cutting the text is one piece", () => {
    expect(compose(answer("  hello \n"), parts).map((row) => row.piece)).toEqual([{ place, text: "hello" }]);
  });

  test.each(["", "  \n", silentReply, ` ${silentReply}\n`])("%j says nothing", (text) => {
    expect(compose(answer(text), parts)).toEqual([]);
  });

  test("a text that only holds the silent words is said", () => {
    expect(compose(answer(`${silentReply} is a word`), parts)).toHaveLength(1);
  });

  test("the first piece takes the place of the preview; a file cannot", () => {
    const cut = { ...parts, edits: "p1", compose: () => ["a", "b"].map((text) => ({ place, text })) };
    expect(compose(answer("ab"), cut).map((row) => row.edits)).toEqual(["p1", undefined]);
    const file = { ...parts, edits: "p1", compose: () => [{ place, text: "", attachment: image }] };
    expect(compose(answer("", { attachments: [image] }), file).map((row) => row.edits)).toEqual([undefined]);
  });

  test("only in a group the answer names the message it answers", () => {
    expect(replyTo(sampleMessage("m"), "x").replyTo).toBeUndefined();
    const asked = { ...sampleMessage("m"), place: { id: "g", type: "group" } as const };
    expect(replyTo(asked, "x")).toMatchObject({ replyTo: "m", place: asked.place });
    expect(compose(replyTo(asked, "x"), parts)[0]?.piece.replyTo).toBe("m");
  });
});
