import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Update } from "grammy/types";
import { hear, messageId, platformId } from "./inbound.ts";

const self = { id: 999, username: "homarus_bot" };
const pat = { id: 1001, is_bot: false, first_name: "Pat", last_name: "Lee", username: "pat" };
const direct = { id: 1001, type: "private" };
const crew = { id: -100_500, type: "supergroup", title: "The crew" };

function update(fields: object, chat: object = direct): Update {
  return { update_id: 1, message: { message_id: 7, date: 1_700_000_000, from: pat, chat, ...fields } } as never;
}

const heard = (fields: object, chat?: object) => hear(update(fields, chat), self);

test("[F03] a text becomes a Message with sender, place, time and an id that names the chat", () => {
  expect(heard({ text: "hello" })).toEqual({
    files: [],
    message: {
      ...{ id: "1001:7", channel: "telegram", account: "default", origin: "person", text: "hello", attachments: [] },
      ...{ peer: { id: "1001", name: "Pat Lee", username: "pat" }, place: { id: "1001", type: "direct" } },
      ...{ mentioned: true, sentAt: 1_700_000_000_000 },
    },
  });
});

test("an id holds chat and number, and gives the number back, also in groups", () => {
  expect(messageId(-100_500, 12)).toBe("-100500:12");
  expect(platformId("-100500:12")).toBe(12);
});

describe("[F03] who is addressed in a group", () => {
  const entity = (type: string, text: string, more: object = {}) => ({
    text,
    entities: [{ type, offset: 0, length: text.split(" ")[0]?.length, ...more }],
  });
  const cases: readonly (readonly [name: string, fields: object, mentioned: boolean])[] = [
    ["plain talk is not", { text: "hello homarus_bot" }, false],
    ["our name is", entity("mention", "@homarus_bot hi"), true],
    ["our name in other letters is", entity("mention", "@Homarus_Bot hi"), true],
    ["another's name is not", entity("mention", "@homarus_bot2 hi"), false],
    [
      "a link to us is",
      entity("text_mention", "Homarus hi", { user: { ...self, is_bot: true, first_name: "H" } }),
      true,
    ],
    ["a link to another is not", entity("text_mention", "Ann hi", { user: pat }), false],
    ["a command is", entity("bot_command", "/status"), true],
    ["a command to us is", entity("bot_command", "/status@homarus_bot"), true],
    ["a command to another is not", entity("bot_command", "/status@other_bot"), false],
    ["a command to one whose name ends like ours is not", entity("bot_command", "/status@nothomarus_bot"), false],
    [
      "our name in a caption is",
      {
        caption: "@homarus_bot look",
        caption_entities: [{ type: "mention", offset: 0, length: 12 }],
        photo: [{ file_id: "p" }],
      },
      true,
    ],
    [
      "a reply to us is",
      {
        text: "why",
        reply_to_message: { message_id: 3, from: { ...self, is_bot: true, first_name: "H" }, text: "so" },
      },
      true,
    ],
    ["a reply to another is not", { text: "why", reply_to_message: { message_id: 3, from: pat, text: "so" } }, false],
    [
      "talk in a topic that we opened is not",
      {
        ...{ text: "chatter", is_topic_message: true, message_thread_id: 3 },
        reply_to_message: { message_id: 3, from: { ...self, is_bot: true, first_name: "H" } },
      },
      false,
    ],
  ];
  test.each(cases)("%s", (_, fields, mentioned) => {
    expect(heard(fields, crew)?.message).toMatchObject({
      mentioned,
      place: { id: "-100500", type: "group", title: "The crew" },
    });
  });
});

test("a topic is part of the place, and what opened it is no reply", () => {
  const fields = { text: "x", is_topic_message: true, message_thread_id: 3, reply_to_message: { message_id: 3 } };
  expect(heard(fields, crew)?.message.place.topic).toBe("3");
  expect(heard(fields, crew)?.message.replyTo).toBeUndefined();
});

test("a thread of an ordinary group is no topic, since nothing can be sent into it", () => {
  expect(heard({ text: "x", message_thread_id: 3 }, crew)?.message.place.topic).toBeUndefined();
});

test("a reply names what it answers, with the part that was quoted where there is one", () => {
  const answered = { message_id: 3, text: "a long story" };
  expect(heard({ text: "x", reply_to_message: answered })?.message.replyTo).toEqual({
    id: "1001:3",
    text: "a long story",
  });
  expect(heard({ text: "x", reply_to_message: answered, quote: { text: "long" } })?.message.replyTo?.text).toBe("long");
  expect(heard({ text: "x", reply_to_message: { message_id: 3 } })?.message.replyTo).toEqual({ id: "1001:3" });
});

describe("[F03] files are named with kind, type and name:", () => {
  const file = { file_id: "f", file_size: 5 };
  const cases: readonly (readonly [name: string, fields: object, file: object | undefined])[] = [
    ["of a photo the largest", { photo: [{ file_id: "small" }, file] }, { type: "image", mediaType: "image/jpeg" }],
    ["a voice", { voice: file }, { type: "audio", mediaType: "audio/ogg", name: "voice.ogg" }],
    [
      "a song with its own name",
      { audio: { ...file, mime_type: "audio/flac", file_name: "a.flac" } },
      { type: "audio", mediaType: "audio/flac", name: "a.flac" },
    ],
    ["a video", { video: file }, { type: "file", mediaType: "video/mp4", name: "video.mp4" }],
    ["a video note", { video_note: file }, { type: "file", mediaType: "video/mp4", name: "video-note.mp4" }],
    ["a document", { document: file }, { type: "file", mediaType: "application/octet-stream", name: "file" }],
    [
      "a picture sent as a document",
      { document: { ...file, mime_type: "image/png" } },
      { type: "image", mediaType: "image/png", name: "file" },
    ],
    [
      "a still sticker",
      { sticker: { ...file, is_animated: false, is_video: false } },
      { type: "image", mediaType: "image/webp", name: "sticker.webp" },
    ],
  ];
  test.each(cases)("%s", (_, fields, expected) => {
    const found = heard({ ...fields, caption: "look" });
    expect(found?.message.text).toBe("look");
    expect(found?.files).toEqual([{ fileId: "f", size: 5, ...expected }] as never);
  });
});

describe("is no message to us:", () => {
  const cases: readonly (readonly [name: string, update: unknown])[] = [
    ["an edit", { update_id: 1, edited_message: update({ text: "x" }).message }],
    ["a channel's post", { update_id: 1, channel_post: update({ text: "x" }).message }],
    ["our own message", update({ text: "x", from: { ...self, is_bot: true, first_name: "H" } })],
    ["another program's message", update({ text: "x", from: { id: 5, is_bot: true, first_name: "B" } })],
    ["a message of nobody", update({ text: "x", from: undefined })],
    ["somebody joined", update({ new_chat_members: [pat] })],
    ["an animated sticker", update({ sticker: { file_id: "f", is_animated: true, is_video: false } })],
    ["a text that is none", update({ text: 5 })],
    ["entities that are none", update({ text: "x", entities: 5 })],
  ];
  test.each(cases)("%s", (_, found) => {
    expect(hear(found as Update, self)).toBeUndefined();
  });
});

test("updates of any shape never throw, and what is read of them is whole", () => {
  const fields = fc.record(
    Object.fromEntries(
      ["message_id", "date", "from", "chat", "text", "caption", "entities", "photo", "voice", "document", "quote"].map(
        (name) => [name, fc.oneof(fc.jsonValue(), fc.constant((update({ text: "x" }).message as never)[name]))],
      ),
    ) as Record<string, fc.Arbitrary<unknown>>,
    { requiredKeys: [] },
  );
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ update_id: fc.jsonValue(), message: fc.jsonValue() }),
    fc.record({ message: fields }),
  );
  fc.assert(
    fc.property(anything, (found) => {
      const read = hear((found ?? {}) as never, self);
      if (read) expect(read.message.id).toMatch(/^-?\d+:-?\d+$/);
    }),
    { numRuns: 2_000 },
  );
});
