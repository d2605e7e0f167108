// Half of the channel contract: what is heard, and how hearing begins, breaks and ends.
import { Fault, toFault } from "../errors.ts";
import { type ChannelWorld, lever, listenTo, reply, until } from "./channel.world.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";

/** Words that have broken adapters before. */
const hardTexts = [
  "👩‍👩‍👧‍👦 and 🏳️‍🌈",
  "مرحبا بالعالم",
  "Z̷̢a̴l̶g̵o",
  "<b>&amp;*_`[]()~>#+-=|{}.!\\",
  "null",
  "line\nline\n\tindented",
];

const texts = (messages: readonly { readonly text: string }[]): string[] => messages.map((message) => message.text);

export const channelHearing: readonly ContractCase<ChannelWorld>[] = [
  {
    name: "[F01] hands on what it hears, once and in order",
    async run(world) {
      await using house = listenTo(world);
      const ids: string[] = [];
      for (const text of ["one", "two", "three"]) ids.push(await world.say(text));
      await house.keeps(3);
      expectSame(texts(house.heard), ["one", "two", "three"], "each once, in the order written");
      expectSame(
        house.heard.map((message) => message.id),
        ids,
        "under the platform's ids",
      );
    },
  },
  {
    name: "[F03] tells who said it, where and when",
    async run(world) {
      await using house = listenTo(world);
      await world.say("hello");
      await house.keeps(1);
      const [message] = house.heard;
      expectThat(message !== undefined && message.peer.id !== "", "the sender has an id");
      expectThat(message.place.id !== "" && message.place.type === "direct", "the place has an id and is direct");
      expectThat(message.mentioned, "a direct message is always for us");
      expectThat(Number.isSafeInteger(message.sentAt) && message.sentAt > 0, "the time is in ms");
      expectThat(message.channel !== "" && message.account !== "", "channel and account are named");
    },
  },
  {
    name: "a message that the platform hands out twice is one message",
    async run(world) {
      await using house = listenTo(world);
      const id = await world.say("once");
      await house.keeps(1);
      await world.repeat();
      await world.say("after");
      await house.keeps(2);
      expectSame(texts(house.kept()), ["once", "after"], "one message each");
      expectThat(
        house.heard.filter((message) => message.text === "once").every((message) => message.id === id),
        "the repeat has the same id",
      );
    },
  },
  {
    name: "hears any Unicode as it was written",
    async run(world) {
      await using house = listenTo(world);
      for (const text of hardTexts) await world.say(text);
      await house.keeps(hardTexts.length);
      expectSame(texts(house.heard), hardTexts, "not a sign is changed");
    },
  },
  {
    name: "a text that is no valid Unicode does not end the hearing",
    async run(world) {
      await using house = listenTo(world);
      await world.say("broken \ud83d sign");
      await world.say("after");
      await until(world, () => texts(house.heard).includes("after"), "what comes after it is heard");
    },
  },
  {
    name: "hears a text of a million characters whole",
    async run(world) {
      await using house = listenTo(world);
      const text = "many words ".repeat(91_000).trim();
      await world.say(text);
      await house.keeps(1);
      expectThat(house.heard[0]?.text === text, "all of it");
    },
  },
  {
    name: "an empty message harms nothing",
    async run(world) {
      await using house = listenTo(world);
      await world.say("").catch(() => undefined);
      await world.say("after");
      await until(world, () => texts(house.heard).includes("after"), "what comes after it is heard");
    },
  },
  {
    name: "a message that the house could not store is not acknowledged and comes again",
    needs: "redelivers",
    async run(world) {
      let refusals = 2;
      await using house = listenTo(world, async () => {
        refusals -= 1;
        if (refusals === 1) throw new Fault("unavailable", "store.full", "The disk is full.");
        if (refusals === 0) throw new Error("the store broke");
      });
      await world.say("keep me");
      await world.say("and me");
      await house.keeps(2);
      expectSame(texts(house.kept()), ["keep me", "and me"], "both, in order");
    },
  },
  {
    name: "after a restart it hears what was not acknowledged, under the same id, and nothing else again",
    needs: "redelivers",
    async run(world) {
      const unconfirmed = lever(world, "unconfirmed");
      const first = listenTo(world);
      await world.say("old");
      await until(world, () => unconfirmed() === 0, "what is stored is acknowledged");
      await first.stop();
      let tries = 0;
      const second = listenTo(world, async () => {
        tries += 1;
        throw new Fault("unavailable", "store.full", "The disk is full.");
      });
      const id = await world.say("new");
      await until(world, () => tries > 0, "it was handed out");
      await second.stop();
      await using third = listenTo(world);
      await third.keeps(1);
      expectSame(
        third.heard.map((message) => [message.id, message.text]),
        [[id, "new"]],
        "only what was not acknowledged",
      );
    },
  },
  {
    name: "reconnects after a drop, without loss",
    needs: "reconnects",
    async run(world) {
      const drop = lever(world, "drop");
      await using house = listenTo(world);
      await world.say("before");
      await house.keeps(1);
      for (const text of ["first", "second"]) {
        drop();
        await world.say(text);
      }
      drop();
      await house.keeps(3);
      expectSame(texts(house.kept()), ["before", "first", "second"], "all, in order");
    },
  },
  {
    name: "does not hear itself",
    async run(world) {
      await using house = listenTo(world);
      await world.say("hello");
      await house.keeps(1);
      await reply(house.channel, house.heard[0] as never, "hello yourself");
      world.echo?.();
      await world.say("after");
      await house.keeps(2);
      expectSame(texts(house.heard), ["hello", "after"], "only what others wrote");
    },
  },
  {
    name: "ends within a second when it is told to stop, and leaves no timer and no connection",
    async run(world) {
      const house = listenTo(world);
      await world.say("hello");
      await house.keeps(1);
      await stopsPromptly(world, () => house.stop());
    },
  },
  {
    name: "ends as promptly while it waits for a platform that is out of order",
    needs: "remote",
    async run(world) {
      const house = listenTo(world);
      await world.say("hello");
      await house.keeps(1);
      const before = world.clock.sleepers();
      lever(world, "drop")();
      const deadline = performance.now() + 2_000;
      while (world.clock.sleepers() === before && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 1));
      await stopsPromptly(world, () => house.stop());
    },
  },
  {
    name: "does not begin when it was told to stop before",
    async run(world) {
      const life = new AbortController();
      life.abort();
      await stopsPromptly(world, () => world.open().start(async () => undefined, life.signal));
    },
  },
  {
    name: "a login that is refused ends it with one auth Fault",
    needs: "login",
    async run(world) {
      const house = listenTo(world);
      await world.say("hello");
      await house.keeps(1);
      lever(world, "revokeLogin")();
      const how = (work: Promise<unknown>) =>
        work.then(
          () => "it ended well",
          (thrown: unknown) => toFault(thrown).kind,
        );
      expectSame(await how(house.ended), "auth", "how it ended");
      expectSame(await how(listenTo(world).ended), "auth", "how a fresh start ends");
      expectSame(await how(reply(house.channel, house.heard[0] as never, "hi")), "auth", "how a send ends");
    },
  },
];

async function stopsPromptly(world: ChannelWorld, stop: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  await stop();
  expectThat(performance.now() - begun < 1_000, "it ends within a second");
  expectSame(world.clock.sleepers(), 0, "timers that are left");
  await until(world, () => world.connections() === 0, "no connection is left");
}
