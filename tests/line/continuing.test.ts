// An answer that breaks off after words of it were shown: they stand, whoever goes on from them, also after a restart.
import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { openWorld, say } from "./world.ts";

const down = new Fault("unavailable", "provider.cut", "The answer broke off.");
const twoModels = [
  { provider: "one", model: "m1" },
  { provider: "two", model: "m2" },
];

async function passTime(world: ReturnType<typeof openWorld>, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    // Less than the time of a run, so that only waits between tries pass.
    if (!isOver && world.clock.sleepers() > 1) await world.clock.advance(1_000);
  }
}

describe("[A28] an answer that breaks off", () => {
  test("goes on where it stopped, by another model, and is one answer for the person", async () => {
    const world = openWorld({
      chain: twoModels,
      script: [{ fault: down, partial: "One, two, " }, { fault: down }, { text: "three, four." }],
    });
    const { ended } = await world.line.receive(say("count"));
    await passTime(world, ended);
    expect(await ended).toMatchObject({ type: "replied", text: "One, two, three, four." });
    await world.idle();
    expect(world.channel.sent.map((message) => message.text)).toEqual(["One, two, three, four."]);
    const shown = world.events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
    expect(shown).toBe("One, two, three, four.");
    expect(world.provider.requests.map(({ model }) => model)).toEqual(["m1", "m1", "m2"]);
    const last = world.provider.requests.at(-1)?.turns ?? [];
    expect(last.map((turn) => turn.type)).toEqual(["user", "step", "user"]);
    expect(JSON.stringify(last[1])).toContain("One, two, ");
    expect(JSON.stringify(last[2])).toContain("Go on exactly where it stops");
  });

  test("a tool that ran before it is not run again", async () => {
    const world = openWorld({
      chain: twoModels,
      script: [
        { calls: [{ id: "c1", name: "act", input: {} }] },
        { fault: down, partial: "I did " },
        { fault: down, partial: "it" },
        { text: "." },
      ],
    });
    const { ended } = await world.line.receive(say("act"));
    await passTime(world, ended);
    expect([await ended, world.ran]).toMatchObject([{ type: "replied", text: "I did it." }, ["act:c1"]]);
  });

  test("what was shown before the house fell is part of the answer after it stands again", async () => {
    const world = openWorld({ script: [{ fault: down, partial: "First half, " }, { hang: "" }] });
    await world.line.receive(say("go"));
    while (world.provider.requests.length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
      if (world.clock.sleepers() > 1) await world.clock.advance(1_000);
    }
    const again = await world.restart([{ text: "second half." }]);
    await again.line.resume();
    await again.idle();
    expect(again.channel.sent.at(-1)?.text).toBe("First half, second half.");
  });

  test("one that breaks off again and again ends with what was shown, and the reason", async () => {
    const world = openWorld({ script: [{ fault: down, partial: "word " }] });
    const { ended } = await world.line.receive(say("go"));
    await passTime(world, ended);
    expect(await ended).toMatchObject({ type: "failed" });
    const shown = world.events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
    const end = world.events.find((event) => event.type === "run-end");
    expect([end?.type === "run-end" && end.text, shown.length > 5]).toEqual([shown, true]);
  });
});
