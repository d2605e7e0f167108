import { describe, expect, test } from "bun:test";
import type { InboundMessage } from "@homarus/sdk";
import { createFakeClock, sampleMessage } from "@homarus/sdk/testing";
import { mostRetries, retryMs } from "./backoff.ts";
import { createCooldowns } from "./cooldowns.ts";
import { createHours } from "./hours.ts";
import { createLimits, type LimitSettings, type Pass } from "./limits.ts";
import { createOwnSlots, createSlots, type Slot } from "./slots.ts";

const going = () => new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("places", () => {
  test("[T07] [M10] no more run at once than the limit, and who waits comes in the order of coming", async () => {
    const slots = createSlots(() => 2);
    const order: number[] = [];
    const held: Slot[] = [];
    for (const number of [1, 2, 3, 4])
      void slots.enter(false, going()).then((slot) => {
        order.push(number);
        held.push(slot);
      });
    await settle();
    expect([order, slots.inUse(), slots.waiting()]).toEqual([[1, 2], 2, 2]);
    held[1]?.leave();
    held[1]?.leave();
    await settle();
    expect([order, slots.inUse(), slots.waiting()]).toEqual([[1, 2, 3], 2, 1]);
  });

  test("[T08] [M11] what the clock sent comes before what people sent", async () => {
    const slots = createSlots(() => 1);
    const first = await slots.enter(false, going());
    const order: string[] = [];
    const come = (name: string, isTask: boolean) =>
      slots.enter(isTask, going()).then((slot) => {
        order.push(name);
        slot.leave();
      });
    const all = [come("message 1", false), come("job 1", true), come("message 2", false), come("job 2", true)];
    first.leave();
    await Promise.all(all);
    expect(order).toEqual(["job 1", "job 2", "message 1", "message 2"]);
  });

  test("[T12] all who wait are let in when the limit rises or the others leave, and who is stopped waits no more", async () => {
    let cap = 1;
    const slots = createSlots(() => cap);
    const first = await slots.enter(false, going());
    const stop = new AbortController();
    const stopped = slots.enter(false, stop.signal);
    const others = Promise.all([1, 2, 3].map(() => slots.enter(false, going())));
    stop.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
    await expect(slots.enter(false, stop.signal)).rejects.toThrow("stopped");
    cap = 3;
    first.leave();
    expect(await others).toHaveLength(3);
    expect([slots.inUse(), slots.waiting()]).toEqual([3, 0]);
  });
});

describe("limits", () => {
  const group: Partial<InboundMessage> = { place: { id: "g", type: "group" } };
  function open(changes: Partial<LimitSettings> = {}) {
    const clock = createFakeClock(10_000_000);
    let settings: LimitSettings = { runs: 5, groups: {}, senders: {}, agents: {}, ...changes };
    const limits = createLimits(() => settings, clock);
    const change = (next: Partial<LimitSettings>): void => {
      settings = { ...settings, ...next };
      limits.changed();
    };
    let waits = 0;
    const how = { signal: going(), isResumed: false, onWait: () => void waits++ };
    const enter = (message: Partial<InboundMessage> = {}, more: Partial<typeof how> = {}) =>
      limits.enter({ ...sampleMessage("m"), ...message }, "main", { ...how, ...more });
    const pass = async (message: Partial<InboundMessage> = {}): Promise<Pass> => {
      const entry = await enter(message);
      if (entry.type !== "in") throw new Error(entry.reply);
      return entry.pass;
    };
    return { clock, limits, change, enter, pass, waits: () => waits };
  }

  test("[M07] after an answer a group waits for its pause, and another group does not", async () => {
    const it = open({ groups: { cooldownMs: 10_000 } });
    (await it.pass(group)).leave();
    let isIn = false;
    void it.pass(group).then(() => {
      isIn = true;
    });
    await it.pass({ place: { id: "other", type: "group" } });
    await it.clock.advance(9_999);
    expect([isIn, it.waits()]).toEqual([false, 1]);
    await it.clock.advance(1);
    await settle();
    expect(isIn).toBe(true);
  });

  test("[M08] a group has so many runs at once as it may, whatever is free", async () => {
    const it = open({ groups: { runs: 1 } });
    const first = await it.pass(group);
    let isIn = false;
    void it.pass(group).then(() => {
      isIn = true;
    });
    await it.pass();
    await settle();
    expect(isIn).toBe(false);
    first.leave();
    await settle();
    expect(isIn).toBe(true);
  });

  test("[M09] beyond so many within an hour a group is told when it may ask again", async () => {
    const it = open({ groups: { runsPerHour: 2 } });
    (await it.pass(group)).leave();
    await it.clock.advance(1_200_000);
    (await it.pass(group)).leave();
    const refused = await it.enter(group);
    expect(refused).toEqual({
      type: "refused",
      reply: "This group asked me 2 times within an hour, and that is the limit. Ask again in 40 min.",
    });
    expect((await it.enter()).type).toBe("in");
    // What had begun before a restart was counted then.
    expect((await it.enter(group, { isResumed: true })).type).toBe("in");
    await it.clock.advance(2_400_001);
    expect((await it.enter(group)).type).toBe("in");
  });

  test("programs and jobs are held by the agent's and the house's limits alone", async () => {
    const it = open({ senders: { runsPerHour: 1 }, agents: { runsPerHour: 3 } });
    for (const origin of ["job", "program"] as const) expect((await it.enter({ origin })).type).toBe("in");
    expect((await it.enter()).type).toBe("in");
    expect(await it.enter({ origin: "program" })).toMatchObject({ reply: expect.stringContaining("This agent") });
  });

  test("who waits for a person gives the place away, and waits for another afterwards", async () => {
    const it = open({ runs: 1 });
    const parked = await it.pass();
    const goOn = parked.pause();
    const second = await it.pass();
    let isBack = false;
    const back = goOn().then(() => {
      isBack = true;
    });
    await settle();
    expect([isBack, it.limits.facts()]).toEqual([false, { running: 1, waiting: 1 }]);
    second.leave();
    await back;
    parked.leave();
    expect(it.limits.facts()).toEqual({ running: 0, waiting: 0 });
  });

  test("[K07] a run that waits for two answers at once takes one place back, however near they come", async () => {
    const it = open({ runs: 2, groups: { runs: 1 } });
    const parked = await it.pass(group);
    const answers = [parked.pause(), parked.pause()];
    const between = await it.pass(group);
    const both = Promise.all(answers.map((goOn) => goOn()));
    await settle();
    between.leave();
    await both;
    expect(it.limits.facts()).toEqual({ running: 1, waiting: 0 });
    parked.leave();
    expect(it.limits.facts()).toEqual({ running: 0, waiting: 0 });
    (await it.pass(group)).leave();
  });

  test("[M08] a changed limit holds at once: for who waits, for who comes, and counting who was in already", async () => {
    const it = open({ groups: { runs: 1 } });
    await it.pass(group);
    let isIn = false;
    const second = it.pass(group).then(() => {
      isIn = true;
    });
    await settle();
    expect(isIn).toBe(false);
    it.change({ groups: { runs: 2 } });
    await second;
    it.change({ groups: { runs: 1, cooldownMs: 5_000 } });
    void it.pass(group).then(() => {
      isIn = false;
    });
    await settle();
    expect(isIn).toBe(true);
    const free = open();
    await free.pass(group);
    free.change({ groups: { runs: 1 } });
    void free.pass(group).then(() => {
      isIn = false;
    });
    await settle();
    expect(isIn).toBe(true);
  });

  test("a run that another waits for needs no place: they would wait for each other", async () => {
    const it = open({ runs: 1 });
    await it.pass();
    expect((await it.enter({ origin: "agent", hops: 1 })).type).toBe("in");
  });
});

test("hours forget what is older, and who fell silent", async () => {
  const clock = createFakeClock(10_000_000);
  const hours = createHours(clock);
  hours.add("a");
  await clock.advance(1_000);
  hours.add("a");
  expect([hours.count("a"), hours.oldest("a"), hours.count("b")]).toEqual([2, 10_000_000, 0]);
  await clock.advance(3_599_000);
  expect(hours.count("a")).toBe(1);
  await clock.advance(3_600_001);
  hours.add("b");
  expect([hours.count("a"), hours.oldest("a"), hours.count("b")]).toEqual([0, undefined, 1]);
});

test("who has nobody left in or before the door begins anew, with the limit that is given then", async () => {
  const own = createOwnSlots();
  const stop = new AbortController();
  const cap = (limit: number) => {
    let times = 0;
    const asked = (): number => {
      times += 1;
      return limit;
    };
    return { cap: asked, times: () => times };
  };
  const first = cap(1);
  const one = await own.enter("a", first.cap, false, going());
  const waits = own.enter("a", cap(9).cap, false, going());
  // Another's going and coming is nothing to it, and neither is saying goodbye twice.
  (await own.enter("b", () => 1, false, going())).leave();
  one.leave();
  one.leave();
  const two = await waits;
  const late = own.enter("a", cap(9).cap, false, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(late).rejects.toThrow("stopped");
  two.leave();
  const before = first.times();
  const second = cap(2);
  let waiting = 0;
  for (const _ of ["one", "two"])
    void own.enter("a", second.cap, false, going(), () => {
      waiting += 1;
    });
  expect([first.times() - before, second.times() > 0, waiting]).toEqual([0, true, 0]);
});

test("who gives up last before a full door is forgotten too", async () => {
  const own = createOwnSlots();
  const gone = AbortSignal.abort(new Error("stopped"));
  await expect(own.enter("a", () => 0, false, gone)).rejects.toThrow("stopped");
  let isWaiting = false;
  void own.enter(
    "a",
    () => 1,
    false,
    going(),
    () => {
      isWaiting = true;
    },
  );
  expect(isWaiting).toBe(false);
});

test("when somebody ended last is known until the time is over, and forgotten some while after it", async () => {
  const clock = createFakeClock(10_000_000);
  const cooldowns = createCooldowns(clock, (key) => (key === "never" ? 0 : 5_000));
  for (const key of ["a", "b", "never"]) cooldowns.ended(key);
  expect(["a", "b", "never", "c"].map(cooldowns.until)).toEqual([10_005_000, 10_005_000, 0, 0]);
  await clock.advance(3_600_001);
  cooldowns.ended("c");
  expect(["a", "b", "c"].map(cooldowns.until)).toEqual([0, 0, 13_605_001]);
});

test("[T09] [M12] tries are 5, 10, 20, 40 and 80 seconds apart, five of them", () => {
  expect(Array.from({ length: mostRetries }, (_, index) => retryMs(index + 1))).toEqual([
    5_000, 10_000, 20_000, 40_000, 80_000,
  ]);
  expect(retryMs(99)).toBe(80_000);
  expect(retryMs(0)).toBe(5_000);
});
