import { expect, test } from "bun:test";
import { type Entry, type EntryBody, noUsage, type RunEventBody } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createRates } from "./learn.ts";
import { openReading, type Readable, type ReadingParts, shorteningText } from "./reading.ts";
import type { ContextSettings } from "./settings.ts";

const settings: ContextSettings = {
  ...{
    unknownWindowTokens: 128_000,
    mostTokens: 180_000,
    reserveTokens: 16_384,
    keepRecentTokens: 20_000,
    recallTokens: 2_000,
  },
  ...{ softTrimRatio: 0.6, hardClearRatio: 0.8, keepLastAssistants: 3 },
  ...{ maxChars: 4_000, headChars: 1_500, tailChars: 1_500, tools: {} },
  compaction: { enabled: true, memoryFlush: true },
};
const choice = { provider: "p", model: "m" };
const said = (text: string): EntryBody => ({ type: "user", content: [{ type: "text", text }] });
const answered = (text: string, input = 0): EntryBody => ({
  ...{ type: "step", content: [{ type: "text", text }], provider: "p", model: "m", stopReason: "end" },
  usage: { ...noUsage, input },
});
const words = (count: number) => "word ".repeat(count);

function open(
  bodies: readonly EntryBody[],
  more: Partial<ReadingParts> = {},
  contextTokens: number | undefined = 8_192,
) {
  const entries: Entry[] = [];
  const add = (body: EntryBody, runId?: string) =>
    entries.push({ seq: entries.length + 1, at: 1, ...(runId ? { runId } : {}), body });
  for (const body of bodies) add(body);
  const asked: string[] = [];
  const rates = createRates(createMemoryStore().values("context"), () => undefined);
  const reading = openReading({
    ...{ entries: () => entries, older: async () => [], settings, rates, clock: createFakeClock() },
    commit: async (committed) => {
      for (const body of committed) add(body);
    },
    facts: () => ({ id: "m", name: "m", thinking: false, input: ["text"], ...(contextTokens && { contextTokens }) }),
    request: { system: { stable: words(200), volatile: "" }, tools: [] },
    notes: {
      windowTokens: undefined,
      ask: async ({ text }) => {
        asked.push(text);
        return "## Decisions\n## Open tasks\n## Facts\nnoted\n## Failures\n## Now\n";
      },
    },
    ...{ signal: new AbortController().signal, failed: () => undefined, ...more },
  });
  const events: RunEventBody[] = [];
  const next = async (): Promise<Readable["say"]> => {
    const steps = reading.next(choice);
    for (;;) {
      const step = await steps.next();
      if (step.done) return step.value.say;
      events.push(step.value);
    }
  };
  return { reading, next, entries, events, asked, rates, add };
}

const sizeOf = (readable: Readable["say"]): number => JSON.stringify(readable.turns).length;
const eventsIn = (entries: readonly Entry[]) =>
  entries.flatMap(({ body }) => (body.type === "event" ? [body.event] : []));
const talk = (turns: number, size: number) =>
  Array.from({ length: turns }, (_, index) => [said(`question ${index} ${words(size)}`), answered(words(size))]).flat();

test("a conversation that fits is read whole, and nothing is written", async () => {
  const it = open([...talk(3, 50), said("now")]);
  const { turns } = await it.next();
  expect(turns).toHaveLength(7);
  expect(eventsIn(it.entries)).toEqual([]);
});

test("[B14] [B21] one that does not fit becomes notes before the model is asked, and people see it", async () => {
  const it = open([...talk(20, 200), said("now")]);
  const readable = await it.next();
  expect(it.events).toEqual([{ type: "progress", about: "compaction", text: shorteningText }]);
  expect(it.asked.length).toBeGreaterThan(0);
  expect(sizeOf(readable) / 3).toBeLessThan(6_144);
  expect(JSON.stringify(readable.turns)).toContain("noted");
  expect(JSON.stringify(readable.turns.at(-1))).toContain("now");
  expect(eventsIn(it.entries)).toEqual(["compaction"]);
});

test("two steps in a row begin with the same bytes", async () => {
  const it = open([...talk(20, 200), said("now")]);
  const before = JSON.stringify((await it.next()).turns);
  it.add(answered("yes"));
  it.add(said("more"));
  expect(JSON.stringify((await it.next()).turns)).toStartWith(before.slice(0, -3));
});

test("[B10] the vendor's own count is believed: what it counted last, and a guess at what came since", async () => {
  // By the text alone it would fit; the vendor says that it does not.
  const it = open([...talk(6, 120), answered("counted", 5_900), said("now")]);
  await it.next();
  expect(eventsIn(it.entries)).toEqual([]);
  const fuller = open([...talk(6, 220), said("again"), answered("counted", 6_100), said(words(100))]);
  await fuller.next();
  expect(eventsIn(fuller.entries)).toEqual(["compaction"]);
});

test("[B13] [B14] after a refusal it reads clearly less, three times, and then says why it cannot", async () => {
  const it = open([...talk(8, 130), said(`now ${words(900)}`)]);
  const sizes = [sizeOf(await it.next())];
  while (it.reading.refused()) {
    try {
      sizes.push(sizeOf(await it.next()));
    } catch (fault) {
      expect(fault).toMatchObject({ kind: "overflow", code: "context.too-long" });
      break;
    }
  }
  expect(sizes.length).toBeGreaterThan(2);
  for (const [index, size] of sizes.entries()) if (index > 0) expect(size).toBeLessThan((sizes[index - 1] ?? 0) * 0.85);
  expect(it.reading.refused()).toBe(false);
});

test("[B14] an answer to more than the window holds is noticed, and the next request is shorter", async () => {
  const failed: string[] = [];
  const it = open([...talk(6, 200), said("now")], { failed: (event) => void failed.push(event) });
  await it.next();
  it.reading.counted({ ...noUsage, input: 9_000 });
  expect(failed).toEqual(["context.silent-overflow"]);
  it.add(answered("well"));
  it.add(said("more"));
  await it.next();
  expect(eventsIn(it.entries)).toEqual(["compaction"]);
});

test("what a model without a known window refused is remembered", async () => {
  const it = open([...talk(40, 200), said("now")], {}, 0);
  await it.next();
  it.reading.refused();
  expect(it.rates.limit("p/m")).toBeLessThan(128_000);
});

test("instructions and tools that alone are too long are told as such", async () => {
  const it = open([said("hi")], { request: { system: { stable: words(9_000), volatile: "" }, tools: [] } });
  await expect(it.next()).rejects.toMatchObject({ kind: "overflow", code: "context.too-long" });
  expect(it.reading.refused()).toBe(false);
});

test("a single message larger than the window is read by its beginning and its end", async () => {
  const it = open([said(`first ${words(20_000)} last`)]);
  const text = JSON.stringify((await it.next()).turns);
  expect(text.length).toBeLessThan(20_000);
  expect([text.includes("first"), text.includes("last")]).toEqual([true, true]);
});

test("the owner's own limit in characters holds beside the window", async () => {
  const it = open([...talk(30, 100), said("now")], { historyChars: 8_000 }, 200_000);
  expect(sizeOf(await it.next())).toBeLessThan(12_000);
  expect(eventsIn(it.entries)).toContain("compaction");
});

test("no model writes notes where the owner does not want it: an extract stands in", async () => {
  const compaction = { ...settings.compaction, enabled: false };
  const it = open([...talk(20, 200), said("now")], { settings: { ...settings, compaction } });
  expect(JSON.stringify((await it.next()).turns)).toContain("an extract");
  expect(it.asked).toEqual([]);
});

test("entries that are not at hand are taken into the notes, for nobody reads them otherwise", async () => {
  const older = talk(4, 900).map((body, index): Entry => ({ seq: index + 1, at: 1, body }));
  const late = talk(3, 20).map((body, index): Entry => ({ seq: index + 9, at: 1, body }));
  const log = [...late];
  const it = open([], {
    entries: () => log,
    older: async (after, first) => older.slice(after, after + first),
    commit: async (bodies) => {
      for (const body of bodies) log.push({ seq: log.length + 9, at: 1, body });
    },
  });
  await it.next();
  expect(it.asked.join()).toContain("question 0");
});

test("[B12] it can be asked for while there is room, and says what it saved", async () => {
  const it = open([...talk(8, 60), said("now")]);
  const done = await it.reading.shorten(choice, "question 2");
  expect(done?.after).toBeLessThan(done?.before ?? 0);
  const body = it.entries.at(-1)?.body;
  expect(body?.type === "event" ? JSON.stringify(body.notes) : "").toContain("question 2");
  expect(await open([said("hi")]).reading.shorten(choice)).toBeUndefined();
});

test("where the vendor adds both, what may be written is what the window leaves", async () => {
  const facts = () =>
    ({ id: "m", name: "m", thinking: false, input: ["text"], contextTokens: 8_192, outputTokens: 6_000 }) as const;
  const it = open([...talk(6, 200), said("now")], { facts });
  const { maxOutputTokens = 0 } = await it.next();
  expect(maxOutputTokens).toBeGreaterThan(2_000);
  expect(maxOutputTokens).toBeLessThan(6_000);
  expect((await open([said("hi")], { facts }).next()).maxOutputTokens).toBeUndefined();
});
