// The other half of the channel contract: what is sent, how it arrives, and what a refusal is called.
import { type FaultKind, isFault, toFault } from "../errors.ts";
import type { InboundMessage, Piece } from "../message.ts";
import type { Channel } from "../ports/channel.ts";
import { type ChannelWorld, type Listening, lever, listenTo, reply, type Saying, until } from "./channel.world.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";

/** A house that has heard one message and may answer it. */
export async function conversation(
  world: ChannelWorld,
  saying: Saying = {},
): Promise<Listening & { readonly message: InboundMessage }> {
  const house = listenTo(world);
  await world.say("hello", saying);
  await house.keeps(1);
  return { ...house, message: house.heard[0] as InboundMessage };
}

const going = (): AbortSignal => new AbortController().signal;

/** What the pieces show, without the white space that cuts may take. */
const squeezed = (text: string): string => text.replace(/\s+/g, "");

const shownText = (world: ChannelWorld): string =>
  world
    .shown()
    .map((message) => message.text)
    .join("\n");

/** The kind of Fault that the work rejects with. */
export async function faultOf(work: Promise<unknown>): Promise<FaultKind | "none" | "not a Fault"> {
  return work.then(
    () => "none" as const,
    (thrown: unknown) => (isFault(thrown) ? thrown.kind : "not a Fault"),
  );
}

function pieceOf(channel: Channel, to: InboundMessage, text: string): Piece {
  const { account, place } = to;
  const piece = channel.compose?.({ channel: to.channel, account, place, text, attachments: [] })[0];
  return piece ?? { place, text };
}

async function expectTrouble(
  world: ChannelWorld,
  trouble: Parameters<NonNullable<ChannelWorld["refuse"]>>[0],
  kind: FaultKind,
) {
  await using house = await conversation(world);
  lever(world, "refuse")(trouble);
  expectSame(await faultOf(reply(house.channel, house.message, "answer")), kind, "the kind of Fault");
  expectSame(world.shown().length, 0, "nothing arrived, and nothing was tried twice");
  await reply(house.channel, house.message, "again");
  expectSame(shownText(world), "again", "the next try arrives");
}

export const channelSending: readonly ContractCase<ChannelWorld>[] = [
  {
    name: "[F01] an answer arrives where the question came from, with the platform's receipt",
    async run(world) {
      await using house = await conversation(world);
      const receipts = await reply(house.channel, house.message, "an answer");
      expectSame(
        world.shown().map(({ id, place, text }) => ({ id, place, text })),
        [{ id: receipts[0]?.id, place: house.message.place.id, text: "an answer" }],
        "what stands there",
      );
      expectThat(Number.isFinite(receipts[0]?.at), "the receipt has a time");
    },
  },
  {
    name: "sends pieces in order, each under its own id",
    async run(world) {
      await using house = await conversation(world);
      const ids: string[] = [];
      for (const text of ["1", "2", "3"])
        for (const receipt of await reply(house.channel, house.message, text)) ids.push(receipt.id);
      expectSame(shownText(world), "1\n2\n3", "in order");
      expectSame(new Set(ids).size, 3, "three ids");
    },
  },
  {
    name: "[F05] a long text arrives whole, in pieces that are each within the limit",
    async run(world) {
      await using house = await conversation(world);
      const text = Array.from({ length: 900 }, (_, index) => `Line ${index} has **bold** & <plain> words.`).join(
        "\n\n",
      );
      await reply(house.channel, house.message, text);
      const tooLong = world.shown().filter((message) => message.text.length > world.textLimit);
      expectSame(tooLong.length, 0, "pieces over the limit");
      const expected = Array.from({ length: 900 }, (_, index) => `Line ${index} has bold & <plain> words.`).join("");
      const arrived = shownText(world).replaceAll("**", "");
      expectThat(squeezed(arrived) === squeezed(expected), "every word arrived, once and in order");
    },
  },
  {
    name: "a text of a million characters arrives whole",
    async run(world) {
      await using house = await conversation(world);
      const text = "many words ".repeat(91_000).trim();
      await reply(house.channel, house.message, text);
      expectThat(squeezed(shownText(world)) === squeezed(text), "every word arrived");
    },
  },
  {
    name: "composing the same message again gives the same pieces",
    async run(world) {
      await using house = await conversation(world);
      const once = JSON.stringify(pieceOf(house.channel, house.message, "*a* [b](http://c) `d`\n\n- e"));
      expectSame(
        JSON.stringify(pieceOf(house.channel, house.message, "*a* [b](http://c) `d`\n\n- e")),
        once,
        "the pieces",
      );
    },
  },
  {
    name: "[F06] Unicode arrives as it was written, and what is none arrives with its words",
    async run(world) {
      await using house = await conversation(world);
      for (const text of ["👩‍👩‍👧‍👦 🏳️‍🌈", "مرحبا بالعالم", "日本語。中文"])
        await reply(house.channel, house.message, text);
      expectSame(shownText(world), "👩‍👩‍👧‍👦 🏳️‍🌈\nمرحبا بالعالم\n日本語。中文", "not a sign is changed");
      await reply(house.channel, house.message, "before \ud83d after");
      expectThat(/before . after$/su.test(shownText(world)), "the words around a lone surrogate arrive");
    },
  },
  {
    name: "a grapheme is not torn where a text is cut",
    async run(world) {
      await using house = await conversation(world);
      const family = "👩‍👩‍👧‍👦";
      await reply(house.channel, house.message, family.repeat(1_000));
      const torn = world.shown().filter((message) => message.text.replaceAll(family, "") !== "");
      expectSame(torn.length, 0, "pieces with half of one");
    },
  },
  {
    name: "a text that shows nothing sends nothing, or is refused as invalid",
    async run(world) {
      await using house = await conversation(world);
      for (const text of ["", "  \n "]) {
        const kind = await faultOf(reply(house.channel, house.message, text));
        expectThat(kind === "none" || kind === "invalid", `it is ${kind}`);
      }
      await reply(house.channel, house.message, "after");
      expectThat(shownText(world).trim().endsWith("after"), "the next arrives");
    },
  },
  {
    name: "[F06] broken Markdown and foreign markup arrive with their words",
    async run(world) {
      await using house = await conversation(world);
      for (const text of [
        "**open _wrong** order_ `tick",
        "<b>&nope; <i></b> 1 < 2 && 3 > 2",
        "```\nnever closed",
        "[a](x",
      ])
        await reply(house.channel, house.message, text);
      for (const word of ["open", "order", "tick", "&nope;", "1 < 2 && 3 > 2", "never closed"])
        expectThat(shownText(world).includes(word), `${word} arrived`);
    },
  },
  {
    name: "a piece whose markup the platform refuses arrives all the same",
    needs: "dialect",
    async run(world) {
      await using house = await conversation(world);
      lever(world, "refuse")({ type: "markup" });
      await reply(house.channel, house.message, "**bold** & 1 < 2");
      expectSame(shownText(world), "bold & 1 < 2", "its words");
    },
  },
  {
    name: "a platform that asks to wait is a limited Fault with its time",
    needs: "remote",
    async run(world) {
      await using house = await conversation(world);
      lever(world, "refuse")({ type: "limited", seconds: 17 });
      const thrown = await reply(house.channel, house.message, "answer").catch((error: unknown) => error);
      expectSame(toFault(thrown).kind, "limited", "the kind of Fault");
      expectSame(toFault(thrown).retryAt, world.clock.now() + 17_000, "when to try again");
      expectSame(world.shown().length, 0, "nothing arrived, and nothing was tried twice");
    },
  },
  {
    name: "a platform that is out of order is unavailable, and one try is one try",
    needs: "remote",
    run: (world) => expectTrouble(world, { type: "unavailable" }, "unavailable"),
  },
  {
    name: "a person who blocked us is a denied Fault",
    needs: "remote",
    run: (world) => expectTrouble(world, { type: "blocked" }, "denied"),
  },
  {
    name: "a send that is stopped ends within a second with an aborted Fault",
    needs: "remote",
    async run(world) {
      await using house = await conversation(world);
      lever(world, "loseAnswer")();
      const stop = new AbortController();
      const sending = faultOf(house.channel.send(pieceOf(house.channel, house.message, "lost"), stop.signal));
      await until(world, () => world.shown().length === 1, "it arrives");
      const begun = performance.now();
      stop.abort();
      expectSame(await sending, "aborted", "the kind of Fault");
      expectThat(performance.now() - begun < 1_000, "it ends within a second");
      expectSame(
        await faultOf(house.channel.send(pieceOf(house.channel, house.message, "x"), stop.signal)),
        "aborted",
        "stopped before it began",
      );
      expectSame(world.shown().length, 1, "what was stopped before it began does not arrive");
    },
  },
  {
    name: "an edit replaces, and repeating it is harmless",
    needs: "edits",
    async run(world) {
      await using house = await conversation(world);
      const { channel, message } = house;
      const [receipt] = await reply(channel, message, "draft");
      expectThat(channel.edit !== undefined && receipt !== undefined, "what claims edits has edit");
      const piece = pieceOf(channel, message, "**final** 1 < 2");
      for (let times = 0; times < 3; times += 1)
        expectSame((await channel.edit(receipt.id, piece, going())).id, receipt.id, "the receipt names it");
      expectSame(
        world.shown().map((item) => item.text.replaceAll("**", "")),
        ["final 1 < 2"],
        "one message, with the new text",
      );
    },
  },
  {
    name: "an edit of a message that is gone is invalid",
    needs: "edits",
    async run(world) {
      await using house = await conversation(world);
      const [receipt] = await reply(house.channel, house.message, "draft");
      lever(world, "remove")(receipt?.id ?? "");
      const piece = pieceOf(house.channel, house.message, "final");
      expectSame(
        await faultOf(house.channel.edit?.(receipt?.id ?? "", piece, going()) as never),
        "invalid",
        "the Fault",
      );
    },
  },
  {
    name: "shows that an answer is in the making",
    needs: "typing",
    async run(world) {
      await using house = await conversation(world);
      await house.channel.typing?.(house.message.place, going());
      expectSame(lever(world, "typed")(), 1, "how often it was shown");
    },
  },
  {
    name: "[Y04] shows choices as buttons, and a pressed one says its words as whoever pressed it, once",
    needs: "choices",
    async run(world) {
      await using house = await conversation(world);
      const choices = [
        { label: "Yes", text: "/approve K7QF" },
        { label: "No", text: "/deny K7QF" },
        { label: "Always", text: "/approve K7QF always" },
      ];
      const [receipt] = await reply(house.channel, house.message, "May I?", { choices });
      expectSame(world.shown().at(-1)?.choices, ["Yes", "No", "Always"], "the buttons");
      lever(world, "press")(receipt?.id ?? "", "No");
      await house.keeps(2);
      const pressed = house.kept().at(-1);
      expectSame(
        [pressed?.text, pressed?.peer.id, pressed?.place.id, pressed?.mentioned],
        ["/deny K7QF", house.message.peer.id, house.message.place.id, true],
        "what is heard",
      );
      await until(world, () => (world.shown().at(-1)?.choices ?? []).length === 0, "the buttons are gone");
    },
  },
];
