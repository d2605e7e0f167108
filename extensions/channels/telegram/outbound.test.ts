import { expect, test } from "bun:test";
import type { MediaBlock } from "@homarus/sdk";
import fc from "fast-check";
import { compose, plainText, target } from "./outbound.ts";
import { brokenHtml, visible } from "./testing/fake-markup.ts";

const place = { id: "-100500", type: "group", topic: "3" } as const;
const image: MediaBlock = { type: "image", mediaType: "image/png", data: "AAAA" };
const message = (text: string, more: object = {}) => ({
  ...{ channel: "telegram", account: "default", place, text, attachments: [] },
  ...more,
});

test("[F06] Markdown becomes the platform's HTML, and what looks like markup is escaped", () => {
  expect(compose(message("**bold** `a<b` & 1 < 2"))).toEqual([
    { place, text: "<b>bold</b> <code>a&lt;b</code> &amp; 1 &lt; 2", format: "HTML" },
  ]);
});

test("files follow the words, and only the first piece answers", () => {
  const pieces = compose(message("here", { attachments: [image], replyTo: "-100500:7" }));
  expect(pieces).toEqual([
    { place, text: "here", format: "HTML", replyTo: "-100500:7" },
    { place, text: "", attachment: image },
  ]);
  expect(compose(message("", { attachments: [image], replyTo: "-100500:7" }))).toEqual([
    { place, text: "", attachment: image, replyTo: "-100500:7" },
  ]);
});

test("a piece goes into its topic, and to a message that may be gone", () => {
  expect(target({ place, text: "x", replyTo: "-100500:7" })).toEqual({
    message_thread_id: 3,
    reply_parameters: { message_id: 7, allow_sending_without_reply: true },
  });
  expect(target({ place: { id: "1", type: "direct" }, text: "x" })).toEqual({});
});

test("without its tags a piece says the same words", () => {
  expect(plainText("<b>a</b> &lt;i&gt; &amp;amp; &quot;q&quot;")).toBe('a <i> &amp; "q"');
});

test("[F05] [F06] whatever the text is, each piece is taken by the platform", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(fc.constantFrom(..."*_`~[]()<>&#|\n -1.a\\!👩‍👩‍👧"), { maxLength: 200 }).map((signs) => signs.join("")),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (sample, times) => {
      for (const piece of compose(message(sample.repeat(times)))) {
        expect(brokenHtml(piece.text)).toBeUndefined();
        expect(visible(piece.text, { parse_mode: "HTML" }).length).toBeLessThanOrEqual(4096);
        expect(piece.text.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
