import { describe, expect, test } from "bun:test";
import { type Channel, Fault } from "@homarus/sdk";
import { createFakeChannel, createFakeClock, createMemoryStore, sampleMessage, silentLog } from "@homarus/sdk/testing";
import { leavesDoubt } from "./deliver.ts";
import { openPreview, type PreviewParts } from "./preview.ts";

function open(more: Partial<PreviewParts> & { readonly typing?: Channel["typing"] } = {}) {
  const { typing, ...parts } = more;
  const store = createMemoryStore();
  const clock = createFakeClock(0);
  const channel = { ...createFakeChannel(), ...(typing ? { typing } : {}) };
  const stop = new AbortController();
  const preview = openPreview({
    ...{ channel, message: { ...sampleMessage("m"), channel: "fake" }, runId: "run", store, clock, log: silentLog },
    ...{ signal: stop.signal, editEveryMs: 1_500, shown: undefined },
    ...parts,
  });
  const say = (text: string) => preview.see({ type: "text-delta", text });
  const pass = async (ms: number) => {
    await clock.advance(ms);
    for (let times = 0; times < 20; times += 1) await Promise.resolve();
  };
  return { store, clock, channel, stop, preview, say, pass };
}

describe("a preview", () => {
  test("a reply that is done within 1.2 seconds needs none", async () => {
    const it = open();
    it.say("Quick.");
    await it.pass(1_199);
    expect(await it.preview.end()).toBeUndefined();
    expect(it.channel.sent).toEqual([]);
    expect(it.clock.sleepers()).toBe(0);
  });

  test("shows what has come after 1.2 seconds, and edits it no oftener than the platform likes", async () => {
    const it = open();
    it.say("One");
    await it.pass(1_200);
    expect(it.channel.sent.map((piece) => piece.text)).toEqual(["One"]);
    it.say(" two");
    await it.pass(1_499);
    expect(it.channel.edited).toEqual([]);
    await it.pass(1);
    expect(it.channel.edited.map((edit) => [edit.id, edit.piece.text])).toEqual([["sent-1", "One two"]]);
    await it.pass(3_000);
    expect(it.channel.edited).toHaveLength(1);
    expect(await it.preview.end()).toBe("sent-1");
  });

  test("nothing is shown before there are words, and never the words that mean silence", async () => {
    const it = open();
    await it.pass(5_000);
    for (const text of ["NO", "_REP", "LY"]) {
      it.say(text);
      await it.pass(1_500);
    }
    expect(it.channel.sent).toEqual([]);
    it.say(" is what I would say");
    await it.pass(1_500);
    expect(it.channel.sent).toHaveLength(1);
    await it.preview.end();
  });

  test("words of a step that is over or void are not shown with those of the next", async () => {
    const it = open();
    it.say("I look first.");
    it.preview.see({
      type: "step-end",
      text: "",
      stopReason: "tool-calls",
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    });
    it.say("Hal");
    it.preview.see({ type: "fault", fault: { kind: "unavailable", code: "x", message: "x" }, attempt: 1 });
    it.say("Found.");
    await it.pass(1_200);
    expect(it.channel.sent.map((piece) => piece.text)).toEqual(["Found."]);
    await it.preview.end();
  });

  test("[Y25] its first sight is a row of the outbox, so that a restart finds it", async () => {
    const it = open();
    it.say("One");
    await it.pass(1_200);
    expect(await it.store.outboxRow("run:preview")).toMatchObject({
      preview: true,
      state: "sent",
      receipt: { id: "sent-1" },
    });
    await it.preview.end();
  });

  test("after a restart of the house the same message is edited on", async () => {
    const it = open({ shown: "sent-0" });
    it.channel.sent.push({ id: "sent-0", place: { id: "c1", type: "direct" }, text: "One" });
    it.say("One again");
    await it.pass(1_200);
    expect(it.channel.edited.map((edit) => edit.id)).toEqual(["sent-0"]);
    expect(await it.preview.end()).toBe("sent-0");
    expect(it.channel.sent).toHaveLength(1);
  });

  test("a platform that refuses it ends the preview and nothing else", async () => {
    const it = open();
    it.channel.faults.push(new Fault("limited", "x.slow", "slow"));
    it.say("One");
    await it.pass(1_200);
    it.say(" two");
    await it.pass(10_000);
    expect(it.channel.sent).toEqual([]);
    expect(await it.store.outboxRow("run:preview")).toMatchObject({ state: "failed" });
    expect(await it.preview.end()).toBeUndefined();
  });

  test("where the channel cannot edit no text is shown before it is whole", async () => {
    const it = open({ editEveryMs: undefined });
    it.say("One");
    await it.pass(10_000);
    expect(it.channel.sent).toEqual([]);
    await it.preview.end();
  });

  test("typing is shown at once and every four and a half seconds, until the end", async () => {
    const typed: number[] = [];
    const it = open({ typing: async () => void typed.push(1) });
    await it.pass(0);
    expect(typed).toHaveLength(1);
    await it.pass(4_499);
    expect(typed).toHaveLength(1);
    await it.pass(1);
    expect(typed).toHaveLength(2);
    await it.preview.end();
    await it.pass(10_000);
    expect(typed).toHaveLength(2);
  });

  test("typing that fails harms nothing", async () => {
    const it = open({ typing: () => Promise.reject(new Fault("unavailable", "x.down", "down")) });
    it.say("One");
    await it.pass(1_200);
    expect(it.channel.sent).toHaveLength(1);
    expect(await it.preview.end()).toBe("sent-1");
  });

  test("a run that is stopped ends its preview", async () => {
    const it = open();
    it.say("One");
    it.stop.abort();
    await it.pass(5_000);
    expect(it.channel.sent).toEqual([]);
    expect(await it.preview.end()).toBeUndefined();
    expect(it.clock.sleepers()).toBe(0);
  });

  test("[Y25] a preview whose receipt was lost is looked for at the end, so that the reply takes its place", async () => {
    expect([leavesDoubt("unavailable"), leavesDoubt("invalid")]).toEqual([true, false]);
    const lost = new Fault("unavailable", "fake.unreachable", "No answer came.");
    for (const sighting of [{ id: "there-1", at: 1 }, "absent", "unknown"] as const) {
      const channel = { ...createFakeChannel(), find: async () => sighting };
      channel.faults.push(lost);
      const it = open({ channel });
      it.say("One");
      await it.pass(1_200);
      expect((await it.store.openOutbox()).map((row) => row.state)).toEqual(["sending"]);
      expect(await it.preview.end()).toBe(typeof sighting === "object" ? "there-1" : undefined);
      expect(await it.store.openOutbox()).toEqual([]);
    }
  });
});
