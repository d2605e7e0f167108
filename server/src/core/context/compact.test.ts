import { expect, test } from "bun:test";
import { type Entry, type EntryBody, Fault, noUsage } from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { type CompactionParts, compact } from "./compact.ts";
import type { ContextSettings } from "./settings.ts";
import { standingOf } from "./standing.ts";
import { shapeOf, viewerFor } from "./view.ts";

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
const said = (text: string): EntryBody => ({
  ...{ type: "user", content: [{ type: "text", text }] },
  from: { channel: "c", messageId: "1", peer: { id: "7", name: "Pat" } },
});
const step = (text: string, id?: string): EntryBody => ({
  ...{ type: "step", provider: "p", model: "m", stopReason: id ? "tool-calls" : "end", usage: noUsage },
  content: [{ type: "text", text }, ...(id ? [{ type: "tool-call", id, name: "look", input: {} } as const] : [])],
});
const result = (callId: string): EntryBody => ({
  ...{ type: "tool-result", durationMs: 1 },
  result: {
    ...{ type: "tool-result", callId, name: "look", isError: false },
    content: [{ type: "text", text: "page ".repeat(200) }],
  },
});
const log = (bodies: readonly EntryBody[]): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, body }));
const talk = log([
  said("Never call me after nine."),
  step("I will not."),
  ...Array.from({ length: 12 }, (_, index) => [
    said(`Look at page ${index}.`),
    step("I look.", `c${index}`),
    result(`c${index}`),
    step(`Page ${index} is fine.`),
  ]).flat(),
]);

function open(more: Partial<CompactionParts> = {}) {
  const remembered: string[] = [];
  const failed: Fault[] = [];
  const parts: CompactionParts = {
    ...{ entries: talk, standing: standingOf(talk), viewer: viewerFor(shapeOf(6_000, settings)) },
    ...{ older: async () => [], tokensOf: ({ units }) => units * 0.25, tokensPerUnit: 0.25 },
    ...{ keepTokens: 600, summaryTokens: 800, pieceTokens: 1_000, clock: createFakeClock() },
    ask: async () => "## Decisions\nnone\n## Open tasks\nnone\n## Facts\npages\n## Failures\nnone\n## Now\nreading",
    remember: async (lines) => void remembered.push(...lines.map(({ text }) => text)),
    ...{ signal: new AbortController().signal, failed: (fault) => void failed.push(fault), ...more },
  };
  return { parts, remembered, failed };
}

type Cut = Extract<EntryBody, { type: "event" }>;
const cutOf = async (more: Partial<CompactionParts> = {}) => (await compact(open(more).parts)) as Cut;

test("[B11] the beginning becomes notes, the end stays, and no call is parted from its result", async () => {
  for (let keepTokens = 0; keepTokens < 4_000; keepTokens += 130) {
    const body = (await compact(open({ keepTokens }).parts)) as Cut | undefined;
    if (!body) continue;
    const first = talk.find(({ seq }) => seq === body.keptFrom)?.body.type ?? "";
    expect(["user", "step"]).toContain(first);
  }
  expect((await cutOf()).keptFrom).toBeGreaterThan(30);
  expect((await cutOf()).summary).toContain("## Facts\npages");
  expect(await compact(open({ keepTokens: 1e9 }).parts)).toBeUndefined();
});

test("[B20] what was asked to hold is in the notes word for word, and goes to the memory first", async () => {
  const order: string[] = [];
  const { parts } = open({
    ask: async () => {
      order.push("asked");
      return "nothing of it";
    },
    remember: async (lines) => void order.push(...lines.map(({ text }) => text)),
  });
  const body = (await compact(parts)) as Cut;
  expect(body.notes).toContainEqual({
    about: "instruction",
    text: "Never call me after nine.",
    seq: 1,
    at: 1,
    by: "Pat",
  });
  expect(order[0]).toContain("“Never call me after nine.”");
  expect(order[1]).toBe("asked");
});

test("a workspace that cannot be written to does not stop it", async () => {
  const full = new Fault("config", "files.full", "The disk is full.");
  const { parts, failed } = open({ remember: () => Promise.reject(full) });
  expect(await compact(parts)).toBeDefined();
  expect(failed).toEqual([full]);
});

test("[B19] notes of notes: what was kept once stays kept, and an open question goes when it is answered", async () => {
  const first = await cutOf({
    entries: [...talk, ...log([said("How far is it?")]).map((e) => ({ ...e, seq: 51 }))],
    keepTokens: 0,
  });
  const next = log(Array.from({ length: 30 }, (_, index) => (index % 2 ? step("Ten miles.") : said("And back?")))).map(
    (entry) => ({ ...entry, seq: entry.seq + 52 }),
  );
  const entries = [...talk, { seq: 52, at: 1, body: first }, ...next];
  const second = await cutOf({ entries, standing: standingOf(entries), keepTokens: 50 });
  expect(second.keptFrom).toBeGreaterThan(first.keptFrom ?? 0);
  expect(second.notes?.map(({ text }) => text)).toContain("Never call me after nine.");
  expect(second.notes?.filter(({ about }) => about === "ask")).toEqual([]);
});

test("entries that are not at hand are read for it, in pages", async () => {
  const asked: number[] = [];
  const body = await cutOf({
    entries: talk.slice(30),
    older: async (after, first) => {
      asked.push(after);
      return talk.slice(after, after + Math.min(first, 7));
    },
  });
  expect(asked).toEqual([0, 7, 14, 21, 28]);
  expect(body.notes?.map(({ text }) => text)).toContain("Never call me after nine.");
});

test("what somebody asked to keep is taken over in its own words", async () => {
  const body = await cutOf({ focus: "page 3" });
  expect(body.notes?.map(({ text }) => text)).toContain("Look at page 3.");
});

test("a beginning that is hardly worth it costs no call", async () => {
  let calls = 0;
  const ask = async () => {
    calls += 1;
    return "notes";
  };
  await compact(open({ ask, keepTokens: 5_400 }).parts);
  expect(calls).toBe(0);
});
