// What channels promise that claim more than words in a direct chat: groups, threads, replies, files, sightings.
import type { MediaBlock } from "../content.ts";
import { type ChannelWorld, lever, listenTo, reply, until } from "./channel.world.ts";
import { conversation, faultOf } from "./channel-sending.contract.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";

const media = (type: MediaBlock["type"], mediaType: string, bytes: number): MediaBlock => ({
  ...{ type, mediaType, name: `sample.${type}` },
  data: Uint8Array.from({ length: bytes }, (_, index) => index % 251).toBase64(),
});

const files: readonly MediaBlock[] = [
  media("image", "image/jpeg", 3_000),
  media("audio", "audio/ogg", 2_000),
  media("file", "application/pdf", 70_000),
];

const going = (): AbortSignal => new AbortController().signal;

export const channelPlaces: readonly ContractCase<ChannelWorld>[] = [
  {
    name: "in a group a message is marked as for us only when it addresses us",
    needs: "groups",
    async run(world) {
      await using house = listenTo(world);
      await world.say("chatter", { group: { addressed: false } });
      await world.say("you there", { group: { addressed: true } });
      await house.keeps(2);
      expectSame(
        house.heard.map((message) => [message.place.type, message.mentioned]),
        [
          ["group", false],
          ["group", true],
        ],
        "type of place, and whether it is for us",
      );
      expectThat(house.heard[0]?.place.id === house.heard[1]?.place.id, "both in the same place");
    },
  },
  {
    name: "an answer goes into the thread it was asked in",
    needs: "threads",
    async run(world) {
      await using house = await conversation(world, { group: { addressed: true }, topic: "42" });
      expectSame(house.message.place.topic, "42", "the thread it was asked in");
      await reply(house.channel, house.message, "answer", { attachments: files.slice(0, 1) });
      expectSame(
        world.shown().map((message) => message.topic),
        ["42", "42"],
        "threads of what was sent",
      );
    },
  },
  {
    name: "an answer is a reply to the message it answers, with its first piece",
    needs: "replies",
    async run(world) {
      await using house = await conversation(world, { group: { addressed: true } });
      await reply(house.channel, house.message, `long ${"word ".repeat(2 * world.textLimit)}`, {
        replyTo: house.message.id,
      });
      const [first, ...rest] = world.shown();
      expectSame(first?.replyTo, house.message.id, "what the first piece answers");
      expectThat(rest.length > 0 && rest.every((message) => message.replyTo === undefined), "the rest answer nothing");
    },
  },
  {
    name: "[F03] tells which message somebody answered",
    needs: "replies",
    async run(world) {
      await using house = await conversation(world);
      const [receipt] = await reply(house.channel, house.message, "earlier words");
      await world.say("what do you mean?", { replyTo: receipt?.id ?? "" });
      await house.keeps(2);
      expectSame(house.heard[1]?.replyTo, { id: receipt?.id, text: "earlier words" }, "the message and its words");
    },
  },
  {
    name: "an answer to a message that was deleted meanwhile arrives all the same",
    needs: "replies",
    async run(world) {
      await using house = await conversation(world);
      lever(world, "remove")(house.message.id);
      await reply(house.channel, house.message, "answer", { replyTo: house.message.id });
      expectSame(
        world.shown().map((message) => message.text),
        ["answer"],
        "what stands there",
      );
    },
  },
  {
    name: "[F03] files come in with their bytes",
    needs: "attachments",
    async run(world) {
      await using house = listenTo(world);
      for (const file of files) await world.say(`see ${file.type}`, { file });
      await house.keeps(files.length);
      expectSame(
        house.heard.map(({ text, attachments }) => ({
          text,
          files: attachments.map((item) => (item.type === "missing" ? item : [item.type, item.mediaType, item.data])),
        })),
        files.map((file) => ({ text: `see ${file.type}`, files: [[file.type, file.mediaType, file.data]] })),
        "text, kind, type and bytes",
      );
    },
  },
  {
    name: "a file that is too large is named as missing, with the reason, and its words are heard",
    needs: "large-files",
    async run(world) {
      await using house = listenTo(world);
      await world.say("look at this", { file: media("file", "application/zip", 10), tooLarge: true });
      await house.keeps(1);
      const [attachment] = house.heard[0]?.attachments ?? [];
      expectSame([house.heard[0]?.text, attachment?.type], ["look at this", "missing"], "words and attachment");
      expectThat(attachment?.type === "missing" && attachment.reason !== "", "there is a reason");
    },
  },
  {
    name: "files go out with their bytes",
    needs: "files-out",
    async run(world) {
      await using house = await conversation(world);
      await reply(house.channel, house.message, "here", { attachments: files });
      const data = world.shown().flatMap((message) => (message.data === undefined ? [] : [message.data]));
      expectThat(JSON.stringify(data) === JSON.stringify(files.map((file) => file.data)), "all bytes, in order");
      expectThat(
        world.shown().some((message) => message.text === "here"),
        "the words too",
      );
    },
  },
  {
    name: "[Y25] a piece whose receipt was lost is found again, and looking alters nothing",
    needs: "sightings",
    async run(world) {
      await using house = await conversation(world);
      const { channel, message } = house;
      const before = await reply(channel, message, "an earlier answer");
      const known = [message.id, before[0]?.id ?? ""];
      const { account, place } = message;
      const piece = channel.compose?.({
        channel: message.channel,
        account,
        place,
        text: "lost **words**",
        attachments: [],
      })[0] ?? { place, text: "lost words" };
      lever(world, "loseAnswer")();
      const stop = new AbortController();
      const sending = faultOf(channel.send(piece, stop.signal));
      await until(world, () => world.shown().length === 2, "it arrives");
      stop.abort();
      await sending;
      await world.say("somebody else writes meanwhile");
      await house.keeps(2);
      const standing = JSON.stringify(world.shown());
      expectThat(channel.find !== undefined, "what claims sightings has find");
      const found = await channel.find(piece, known, going());
      expectSame((found as { id?: string }).id, world.shown()[1]?.id, "its receipt");
      expectSame(await channel.find(piece, known, going()), found, "looking again gives the same");
      expectSame(JSON.stringify(world.shown()), standing, "what stands on the platform");
    },
  },
  {
    name: "[Y25] a piece that did not arrive is absent, whatever others wrote, and looking alters nothing",
    needs: "sightings",
    async run(world) {
      await using house = await conversation(world);
      const { channel, message } = house;
      const before = await reply(channel, message, "an earlier answer");
      const known = [message.id, before[0]?.id ?? ""];
      await world.say("somebody else writes meanwhile");
      await house.keeps(2);
      const standing = JSON.stringify(world.shown());
      const found = await channel.find?.({ place: message.place, text: "never sent" }, known, going());
      expectSame(found, "absent", "what it finds");
      expectSame(JSON.stringify(world.shown()), standing, "what stands on the platform");
    },
  },
  {
    name: "where nobody can tell it says unknown, and never that a piece is absent",
    needs: "sightings",
    async run(world) {
      await using house = await conversation(world);
      await reply(house.channel, house.message, "it did arrive");
      const piece = { place: house.message.place, text: "it did arrive" };
      const found = await house.channel.find?.(piece, [], going());
      expectThat(found === "unknown" || typeof found === "object", `it says ${JSON.stringify(found)}`);
      expectSame(world.shown().length, 1, "what stands on the platform");
    },
  },
];
