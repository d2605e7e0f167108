import { expect, test } from "bun:test";
import { type Entry, type EntryBody, noUsage } from "@homarus/sdk";
import fc from "fast-check";
import { extractOf, groupsOf, piecesOf } from "./record.ts";
import { weighText } from "./weigh.ts";

const said = (text: string): EntryBody => ({
  ...{ type: "user", content: [{ type: "text", text }] },
  from: { channel: "c", messageId: "1", peer: { id: "7", name: "Pat" } },
});
const called = (id: string): EntryBody => ({
  ...{ type: "step", provider: "p", model: "m", stopReason: "tool-calls", usage: noUsage },
  content: [
    { type: "thinking", text: "private" },
    { type: "tool-call", id, name: "look", input: { id } },
  ],
});
const result = (callId: string, text: string): EntryBody => ({
  ...{ type: "tool-result", durationMs: 1 },
  result: { type: "tool-result", callId, name: "look", content: [{ type: "text", text }], isError: false },
});
const log = (...bodies: EntryBody[]): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, body }));

test("a record tells who said what, without reasoning and with results cut", () => {
  const [piece] = piecesOf(log(said("Look at it."), called("c1"), result("c1", "x".repeat(9_000))), 10_000);
  expect(piece?.text).toContain("[1 Pat] Look at it.");
  expect(piece?.text).toContain('[2 agent calls look] {"id":"c1"}');
  expect(piece?.text).toContain("[3 result of look]");
  expect(piece?.text).not.toContain("private");
  expect(piece?.text.length).toBeLessThan(1_500);
});

test("[B19] no piece is larger than asked, none parts a call from its result, and nothing is left out", () => {
  const body = fc.oneof(
    fc.string({ minLength: 1, maxLength: 3_000 }).map((text) => [said(`w ${text}`)]),
    fc.string({ maxLength: 6_000 }).map((text) => [called("c"), result("c", text)]),
  );
  fc.assert(
    fc.property(fc.array(body, { maxLength: 12 }), fc.integer({ min: 200, max: 5_000 }), (bodies, units) => {
      const entries = log(...bodies.flat());
      const pieces = piecesOf(entries, units);
      expect(pieces.flatMap((piece) => piece.entries)).toEqual(entries);
      for (const { text, entries: own } of pieces) {
        expect(weighText(text).units).toBeLessThanOrEqual(units * 1.3 + 400);
        expect(own[0]?.body.type).not.toBe("tool-result");
      }
    }),
    { numRuns: 50 },
  );
});

test("a step and its results are one group", () => {
  expect(groupsOf(log(said("a"), called("c"), result("c", "x"), said("b"))).map((group) => group.length)).toEqual([
    1, 2, 1,
  ]);
});

test("an extract is the newest that fits, in order", () => {
  const entries = log(...Array.from({ length: 50 }, (_, index) => said(`line ${index}`)));
  const text = extractOf(entries, 100);
  expect(text.length).toBeLessThanOrEqual(100);
  expect(text).toEndWith("- Pat: line 49");
  expect(text).not.toContain("line 1\n");
});
