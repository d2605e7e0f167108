import { expect, test } from "bun:test";
import {
  continuedEvent,
  type EntryBody,
  interruptedText,
  type ModelTurn,
  noteEvent,
  noUsage,
  type StepBlock,
  toolCallsOf,
} from "@homarus/sdk";
import fc from "fast-check";
import { turnsOf } from "./turns.ts";

const user = (text: string): EntryBody => ({ type: "user", content: [{ type: "text", text }] });
const step = (...content: StepBlock[]): EntryBody => ({
  ...{ type: "step", content, provider: "p", model: "m", stopReason: "end", usage: noUsage },
});
const text = (words: string): StepBlock => ({ type: "text", text: words });
const call = (id: string): StepBlock => ({ type: "tool-call", id, name: "look", input: {} });
const result = (callId: string): EntryBody => ({
  ...{ type: "tool-result", durationMs: 1 },
  result: {
    type: "tool-result",
    callId,
    name: "look",
    content: [{ type: "text", text: `of ${callId}` }],
    isError: false,
  },
});
const log = (...bodies: EntryBody[]): EntryBody[] => bodies;
const types = (turns: readonly ModelTurn[]): string => turns.map((turn) => turn.type).join(" ");

test("a log becomes turns: words, steps, and all results of a step together", () => {
  const turns = turnsOf(
    log(
      user("hi"),
      step(text("I look."), call("a"), call("b")),
      { type: "tool-start", callId: "a", name: "look" },
      result("b"),
      result("a"),
      step(text("done")),
    ),
  );
  expect(types(turns)).toBe("user step tool step");
  expect(turns[2]).toMatchObject({ results: [{ callId: "a" }, { callId: "b" }] });
  expect(turns[1]).toMatchObject({ provider: "p", model: "m" });
});

test("words that follow each other are one turn, and what the house noted is none", () => {
  const turns = turnsOf(log(user("one"), { type: "event", event: "run-stopped" }, user("two")));
  expect(turns).toEqual([
    {
      type: "user",
      content: [
        { type: "text", text: "one" },
        { type: "text", text: "two" },
      ],
    },
  ]);
});

test("a call that was never answered is answered with a note that says so", () => {
  const turns = turnsOf(log(user("hi"), step(call("a"), call("b")), result("a"), user("well?")));
  expect(types(turns)).toBe("user step tool user");
  expect(turns[2]).toMatchObject({
    results: [
      { callId: "a", isError: false },
      { callId: "b", isError: true, content: [{ text: interruptedText }] },
    ],
  });
});

test("what the house notes for the model stands between its marks, as words after the results", () => {
  const note: EntryBody = { type: "event", event: noteEvent, text: "You turn in a circle." };
  const turns = turnsOf(log(user("hi"), step(call("a")), result("a"), note, step(text("done"))));
  expect(types(turns)).toBe("user step tool user step");
  expect(turns[3]).toMatchObject({ content: [{ text: "<house>\nYou turn in a circle.\n</house>", house: true }] });
});

test("a step that says nothing is left out, with its empty text blocks", () => {
  expect(types(turnsOf(log(user("hi"), step(text("")), user("still there?"))))).toBe("user");
  expect(turnsOf(log(user("hi"), step(text(""), call("a")), result("a")))[1]).toMatchObject({
    content: [{ type: "tool-call" }],
  });
});

test("an answer that broke off and was continued is read as such", () => {
  const broke = { type: "event", event: continuedEvent } as const;
  const entries = log(user("count"), step(text("one, ")), broke, step(text("two, ")), broke);
  expect(types(turnsOf(entries))).toBe("user step user step user");
});

test("what the house says before them opens a log that was cut in the middle of a run", () => {
  const opening = [{ type: "text", text: "notes" }] as const;
  expect(types(turnsOf(log(step(call("c")), result("c"), user("go on")), opening))).toBe("user step tool user");
  expect(types(turnsOf(log(step(call("c")), result("c"), user("go on"))))).toBe("user");
  expect(turnsOf(log(user("hi")), opening)[0]).toMatchObject({ content: [{ text: "notes" }, { text: "hi" }] });
});

test("whatever the log, turns begin with a person's and each call is answered once", () => {
  const body = fc.oneof(
    fc.string().map((words) => user(words)),
    fc.string().map((words) => step(text(words))),
    fc.constantFrom("a", "b", "c").map((id) => step(text("t"), call(id))),
    fc.constantFrom("a", "b", "c").map(result),
  );
  fc.assert(
    fc.property(fc.array(body, { maxLength: 30 }), (bodies) => {
      const turns = turnsOf(bodies);
      expect(["user", undefined]).toContain(turns[0]?.type);
      for (const [index, turn] of turns.entries()) expectWellFormed(turn, turns[index - 1], turns[index + 1]);
    }),
  );
});

function expectWellFormed(turn: ModelTurn, before: ModelTurn | undefined, after: ModelTurn | undefined): void {
  if (turn.type === "tool") expect(before?.type).toBe("step");
  if (turn.type === "user") expect(before?.type).not.toBe("user");
  const calls = turn.type === "step" ? toolCallsOf(turn.content).map((item) => item.id) : [];
  if (calls.length === 0) return;
  expect(after?.type === "tool" ? after.results.map((item) => item.callId) : undefined).toEqual(calls);
}
