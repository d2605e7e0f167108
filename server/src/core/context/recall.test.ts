import { expect, test } from "bun:test";
import { type Entry, type EntryBody, noUsage } from "@homarus/sdk";
import { createMemoryStore } from "@homarus/sdk/testing";
import { recall, termsOf } from "./recall.ts";

const said = (text: string): EntryBody => ({
  ...{ type: "user", content: [{ type: "text", text }] },
  from: { channel: "c", messageId: "1", peer: { id: "7", name: "Pat" } },
});
const answered = (text: string): EntryBody => ({
  ...{ type: "step", content: [{ type: "text", text }], provider: "p", model: "m", stopReason: "end", usage: noUsage },
});

async function open(bodies: readonly EntryBody[], shownFrom = 1_000) {
  const store = createMemoryStore();
  const session = { key: "k", id: "s", agent: "main", createdAt: 1, updatedAt: 1, usage: noUsage };
  const entries = bodies.map((body, index): Entry => ({ seq: index + 1, at: index, body }));
  await store.commit([
    { type: "session-put", session },
    ...entries.map((entry) => ({ type: "entry" as const, sessionId: "s", entry })),
  ]);
  return {
    ...{ chars: 2_000, timeText: (at: number) => `time ${at}` },
    search: (query: string, limit: number) => store.search(query, { any: true, keys: ["k"], limit }),
    entries: (after: number, first: number) => store.entries("s", { after, first }),
    isOut: ({ seq }: { seq: number }) => seq < shownFrom,
  };
}

const talk = [
  said("The code of the silver gate is Q7."),
  answered("I keep that in mind."),
  ...Array.from({ length: 30 }, (_, index) => [said(`The garden was fine on day ${index}.`), answered("Good.")]).flat(),
];

test("[B21] what a message asks about comes back with its time and speaker, and with its answer", async () => {
  const found = await recall("What was the code of that silver gate?", await open(talk));
  expect(found?.text).toStartWith(
    "Earlier in this conversation, not shown above:\n- time 0, Pat: “The code of the silver gate is Q7.”\n- time 1, you: “I keep that in mind.”",
  );
  expect(found?.seqs.slice(0, 2)).toEqual([1, 2]);
});

test("[B21] what is in view is not said twice, and room is kept to", async () => {
  expect((await recall("the silver gate code", await open(talk, 1)))?.seqs).toBeUndefined();
  const found = await recall("garden fine day", { ...(await open(talk)), chars: 300 });
  expect(found?.text.length).toBeLessThan(360);
});

test("a message that asks about nothing brings nothing back", async () => {
  const parts = await open(talk);
  for (const message of ["ok", "yes and you?", "👍", "quantum chromodynamics"])
    expect(await recall(message, parts)).toBeUndefined();
});

test("of a long text the part comes back where the words stand together", async () => {
  const page = `${"filler ".repeat(900)}the silver gate opens with Q7 ${"filler ".repeat(900)}`;
  const found = await recall("How does the silver gate open?", await open([said(page)]));
  expect(found?.text).toContain("silver gate opens with Q7");
  expect(found?.text.length).toBeLessThan(700);
});

test("the most telling words are looked for: numbers and names before common ones", () => {
  expect(termsOf("What is the code of gate 417 in Zürich?").slice(0, 2)).toEqual(["417", "zürich"]);
  expect(termsOf("and the what?")).toEqual([]);
  expect(termsOf("word ".repeat(50))).toEqual(["word"]);
});
