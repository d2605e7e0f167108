import { describe, expect, test } from "bun:test";
import { type Channel, Fault, type FaultKind, type OutboxRow, type Sighting, type Store } from "@homarus/sdk";
import {
  createFakeChannel,
  createFakeClock,
  createMemoryStore,
  type FakeChannel,
  type FakeClock,
  sampleMessage,
  silentLog,
} from "@homarus/sdk/testing";
import { createDelivery, type DeliverParts, knownOf } from "./deliver.ts";

const row = (id: string, more: Partial<OutboxRow> = {}): OutboxRow => ({
  ...{ id, channel: "fake", account: "default", piece: { place: { id: "c1", type: "direct" }, text: id } },
  ...{ state: "queued", attempts: 0, nextAt: 0 },
  ...more,
});
const fault = (kind: FaultKind, retryAt?: number) =>
  new Fault(kind, `x.${kind}`, kind, retryAt === undefined ? {} : { retryAt });

interface World {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly channel: FakeChannel & Pick<Channel, "find">;
  readonly stop: AbortController;
  readonly delivery: ReturnType<typeof createDelivery>;
  put(...rows: OutboxRow[]): Promise<void>;
  texts(): string[];
  state(id: string): Promise<OutboxRow | undefined>;
  untilAsleep(): Promise<void>;
}

function open(more: Partial<DeliverParts> & { readonly find?: () => Promise<Sighting> } = {}): World {
  const { find, ...parts } = more;
  const store = createMemoryStore();
  const clock = createFakeClock(0);
  const channel = { ...createFakeChannel(), ...(find ? { find } : {}) };
  const stop = new AbortController();
  const delivery = createDelivery({
    ...{ store, clock, log: silentLog, signal: stop.signal, channel: () => channel, uncertain: () => "resend" },
    redact: (value) => value,
    ...parts,
  });
  return {
    ...{ store, clock, channel, stop, delivery },
    put: (...rows) => store.commit(rows.map((item) => ({ type: "outbox-put", row: item }))),
    texts: () => channel.sent.map((piece) => piece.text),
    state: (id) => store.outboxRow(id),
    async untilAsleep() {
      while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function push(it: World, ...rows: OutboxRow[]): Promise<void> {
  await it.put(...rows);
  it.delivery.push(rows);
}

describe("delivery", () => {
  test("sends in order and keeps each receipt", async () => {
    const it = open();
    await push(it, row("a"), row("b"));
    await it.delivery.idle();
    expect(it.texts()).toEqual(["a", "b"]);
    expect(await it.state("b")).toMatchObject({ state: "sent", attempts: 1, receipt: { id: "sent-2" } });
    expect(await it.store.openOutbox()).toEqual([]);
  });

  test("what fails in one place is waited for there, and other places go on", async () => {
    const it = open();
    it.channel.faults.push(fault("unavailable"));
    await push(it, row("a"), row("b"), row("c", { piece: { place: { id: "c2", type: "direct" }, text: "c" } }));
    await it.untilAsleep();
    await new Promise((resolve) => setImmediate(resolve));
    expect(it.texts()).toEqual(["c"]);
    await it.clock.advance(1_000);
    await it.delivery.idle();
    expect(it.texts()).toEqual(["c", "a", "b"]);
  });

  test("each wait is longer than the one before, and the row says when it ends", async () => {
    const it = open();
    it.channel.faults.push(fault("unavailable"), fault("unavailable"), fault("unavailable"));
    await push(it, row("a"));
    for (const wait of [1_000, 2_000, 4_000]) {
      await it.untilAsleep();
      expect(await it.state("a")).toMatchObject({
        state: "queued",
        nextAt: it.clock.now() + wait,
        fault: { kind: "unavailable" },
      });
      await it.clock.advance(wait);
    }
    await it.delivery.idle();
    expect(await it.state("a")).toMatchObject({ state: "sent", attempts: 4 });
  });

  test("a platform that asks to wait is not asked before", async () => {
    const it = open();
    it.channel.faults.push(fault("limited", 90_000));
    await push(it, row("a"));
    await it.untilAsleep();
    await it.clock.advance(89_999);
    expect(it.texts()).toEqual([]);
    await it.clock.advance(1);
    await it.delivery.idle();
    expect(it.texts()).toEqual(["a"]);
  });

  test("a wait that a restart cut is waited to its end", async () => {
    const it = open();
    await it.put(row("a", { nextAt: 90_000, attempts: 1 }));
    await it.delivery.resume();
    await it.untilAsleep();
    await it.clock.advance(89_999);
    expect(it.texts()).toEqual([]);
    await it.clock.advance(1);
    await it.delivery.idle();
    expect(it.texts()).toEqual(["a"]);
  });

  test.each(["invalid", "denied", "config", "overflow", "bug"] as const)(
    "%s is not tried again, and the next goes out",
    async (kind) => {
      const it = open();
      it.channel.faults.push(fault(kind));
      await push(it, row("a"), row("b"));
      await it.delivery.idle();
      expect(await it.state("a")).toMatchObject({ state: "failed", attempts: 1, fault: { kind } });
      expect(it.texts()).toEqual(["b"]);
    },
  );

  test("a refused login holds the piece for five minutes at a time", async () => {
    const it = open();
    it.channel.faults.push(fault("auth"));
    await push(it, row("a"));
    await it.untilAsleep();
    expect(await it.state("a")).toMatchObject({ state: "queued", nextAt: 300_000 });
  });

  test("after twelve tries it is given up", async () => {
    const it = open();
    for (let times = 0; times < 12; times += 1) it.channel.faults.push(fault("unavailable"));
    await push(it, row("a"));
    let isDone = false;
    const idle = it.delivery.idle().then(() => (isDone = true));
    while (!isDone) {
      await it.clock.advance(300_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await idle;
    expect(await it.state("a")).toMatchObject({ state: "failed", attempts: 12 });
  });

  test("an edit takes the place of the preview, and is sent anew when there is nothing to edit", async () => {
    const it = open();
    await push(it, row("preview"));
    await it.delivery.idle();
    await push(it, row("a", { edits: "sent-1" }), row("b", { edits: "gone" }));
    await it.delivery.idle();
    expect(it.channel.edited.map((edit) => [edit.id, edit.piece.text])).toEqual([["sent-1", "a"]]);
    expect(it.texts()).toEqual(["preview", "b"]);
    expect(await it.state("a")).toMatchObject({ state: "sent", receipt: { id: "sent-1" } });
  });

  test("an edit that the platform puts off is an edit again", async () => {
    const it = open();
    const { edit } = it.channel;
    let tries = 0;
    it.channel.edit = async (id, piece, signal) => {
      tries += 1;
      if (tries === 1) throw fault("limited", 5_000);
      return edit?.(id, piece, signal) as never;
    };
    await push(it, row("preview"));
    await it.delivery.idle();
    await push(it, row("a", { edits: "sent-1" }));
    await it.untilAsleep();
    await it.clock.advance(5_000);
    await it.delivery.idle();
    expect([it.texts(), it.channel.edited.length]).toEqual([["preview"], 1]);
  });

  test("while its channel is not set up a piece waits in the outbox", async () => {
    const it = open({ channel: () => undefined });
    await push(it, row("a"));
    await it.delivery.idle();
    expect(await it.state("a")).toMatchObject({ state: "queued", attempts: 0 });
  });
});

describe("[Y25] a piece of which it is not known whether it arrived", () => {
  const cut = row("a", { state: "sending", attempts: 1, known: ["5"] });
  const resumed = async (it: World, left = cut): Promise<World> => {
    await it.put(left);
    await it.delivery.resume();
    await it.delivery.idle();
    return it;
  };

  test("is not sent again when it is found", async () => {
    const it = await resumed(open({ find: async () => ({ id: "9", at: 1 }) }));
    expect(it.texts()).toEqual([]);
    expect(await it.state("a")).toMatchObject({ state: "sent", receipt: { id: "9" } });
  });

  test("is looked for among what is newer than what was known", async () => {
    const asked: unknown[] = [];
    const it = open();
    it.channel.find = async (piece, known) => {
      asked.push([piece.text, known]);
      return "absent";
    };
    await resumed(it);
    expect(asked).toEqual([["a", ["5"]]]);
  });

  test("is sent when it surely did not arrive, whatever the setting", async () => {
    const it = await resumed(open({ find: async () => "absent", uncertain: () => "silent" }));
    expect(it.texts()).toEqual(["a"]);
  });

  test("is sent again or given up as the setting says, where none can tell", async () => {
    for (const find of [undefined, async () => "unknown" as const, () => Promise.reject(new Error("no way"))]) {
      const more = find ? { find } : {};
      expect((await resumed(open(more))).texts()).toEqual(["a"]);
      const silent = await resumed(open({ ...more, uncertain: () => "silent" }));
      expect(silent.texts()).toEqual([]);
      expect(await silent.state("a")).toMatchObject({ state: "failed", fault: { code: "delivery.uncertain" } });
    }
  });

  test("is never sent again when it was a preview", async () => {
    const it = await resumed(open({ find: async () => "absent" }), { ...cut, preview: true });
    expect(it.texts()).toEqual([]);
    expect(await it.state("a")).toMatchObject({ state: "failed" });
  });

  test("is edited again without looking when it was an edit", async () => {
    const it = open({ find: () => Promise.reject(new Error("not asked")) });
    await push(it, row("preview"));
    await it.delivery.idle();
    await resumed(it, { ...cut, edits: "sent-1" });
    expect(it.channel.edited).toHaveLength(1);
  });

  test("stays uncertain when a shutdown cut the send: the next process looks for it", async () => {
    const it = open({ find: async () => "absent" });
    it.channel.send = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(fault("aborted"))));
    await push(it, row("a"));
    while ((await it.state("a"))?.state !== "sending") await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    it.stop.abort();
    await it.delivery.idle();
    expect(await it.state("a")).toMatchObject({ state: "sending" });
  });

  test("is looked for before it is tried again, when the platform's answer was lost", async () => {
    const it = open();
    let tries = 0;
    it.channel.send = async () => {
      tries += 1;
      throw fault("unavailable");
    };
    it.channel.find = async () => ({ id: "9", at: 1 });
    await push(it, row("a"));
    await it.untilAsleep();
    await it.clock.advance(1_000);
    await it.delivery.idle();
    expect(tries).toBe(1);
    expect(await it.state("a")).toMatchObject({ state: "sent", receipt: { id: "9" } });
  });

  test("is tried again, whatever the setting, when the platform was out and none can tell", async () => {
    const it = open({ uncertain: () => "silent", find: async () => "unknown" });
    it.channel.faults.push(fault("unavailable"));
    await push(it, row("a"));
    await it.untilAsleep();
    await it.clock.advance(1_000);
    await it.delivery.idle();
    expect(it.texts()).toEqual(["a"]);
  });

  test("is looked for among what was known before that try, and not among what came after it", async () => {
    const it = open();
    const asked: unknown[] = [];
    it.channel.find = async (_, known) => {
      asked.push(known);
      return "absent";
    };
    it.channel.faults.push(fault("unavailable"), fault("unavailable"));
    await it.store.admit({ ...sampleMessage("5"), channel: "fake" }, 1);
    await push(it, row("a"));
    await it.untilAsleep();
    await it.store.admit({ ...sampleMessage("8"), channel: "fake" }, 1);
    await it.clock.advance(1_000);
    await it.untilAsleep();
    await it.clock.advance(2_000);
    await it.delivery.idle();
    expect(asked).toEqual([["5"], ["8"]]);
  });
});

test("what a later search needs is only asked of the store where the channel can search", async () => {
  const store = createMemoryStore();
  await store.admit({ ...sampleMessage("5"), channel: "fake" }, 1);
  const searching = { ...createFakeChannel(), find: async () => "absent" as const };
  expect(await knownOf(row("a"), searching, store)).toEqual({ known: ["5"] });
  expect(await knownOf(row("a"), createFakeChannel(), store)).toEqual({});
  expect(await knownOf(row("a", { edits: "7" }), searching, store)).toEqual({});
});
