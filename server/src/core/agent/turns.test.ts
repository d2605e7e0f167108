import { expect, test } from "bun:test";
import { type Entry, type EntryBody, type ModelTurn, noUsage, type StepBlock, toolCallsOf } from "@homarus/sdk";
import fc from "fast-check";
import { brokenOff, continuedEvent, interruptedText, turnsOf } from "./turns.ts";

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
const log = (...bodies: EntryBody[]): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, body }));
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
    10_000,
  );
  expect(types(turns)).toBe("user step tool step");
  expect(turns[2]).toMatchObject({ results: [{ callId: "a" }, { callId: "b" }] });
  expect(turns[1]).toMatchObject({ provider: "p", model: "m" });
});

test("words that follow each other are one turn, and what the house noted is none", () => {
  const turns = turnsOf(log(user("one"), { type: "event", event: "run-stopped" }, user("two")), 10_000);
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
  const turns = turnsOf(log(user("hi"), step(call("a"), call("b")), result("a"), user("well?")), 10_000);
  expect(types(turns)).toBe("user step tool user");
  expect(turns[2]).toMatchObject({
    results: [
      { callId: "a", isError: false },
      { callId: "b", isError: true, content: [{ text: interruptedText }] },
    ],
  });
});

test("a step that says nothing is left out, with its empty text blocks", () => {
  expect(types(turnsOf(log(user("hi"), step(text("")), user("still there?")), 10_000))).toBe("user");
  expect(turnsOf(log(user("hi"), step(text(""), call("a")), result("a")), 10_000)[1]).toMatchObject({
    content: [{ type: "tool-call" }],
  });
});

test("the newest turns that fit are kept, and they begin with words of a person", () => {
  const long = "x".repeat(400);
  const entries = log(
    user(`1${long}`),
    step(text("a")),
    user(`2${long}`),
    step(call("c")),
    result("c"),
    step(text("b")),
    user("3"),
  );
  expect(types(turnsOf(entries, 10_000))).toBe("user step user step tool step user");
  expect(types(turnsOf(entries, 900))).toBe("user step tool step user");
  expect(types(turnsOf(entries, 100))).toBe("user");
});

test("an answer that broke off and was continued is read as such, and its shown words are known", () => {
  const broke = { type: "event", event: continuedEvent } as const;
  const entries = log(user("count"), step(text("one, ")), broke, step(text("two, ")), broke);
  expect(types(turnsOf(entries, 1_000))).toBe("user step user step user");
  expect(brokenOff(entries)).toBe("one, two, ");
  expect(brokenOff([...entries, ...log(user("meanwhile"))])).toBe("one, two, ");
  expect(brokenOff([...entries, ...log(step(text("three.")))])).toBe("");
});

test("the newest words go to the model even when they alone are too long", () => {
  const entries = log(user("old"), step(text("a")), user("x".repeat(5_000)), step(call("c")), result("c"));
  expect(types(turnsOf(entries, 10))).toBe("user step tool");
});

test("whatever the log and the budget, turns begin with a person's and each call is answered once", () => {
  const body = fc.oneof(
    fc.string().map((words) => user(words)),
    fc.string().map((words) => step(text(words))),
    fc.constantFrom("a", "b", "c").map((id) => step(text("t"), call(id))),
    fc.constantFrom("a", "b", "c").map(result),
  );
  fc.assert(
    fc.property(fc.array(body, { maxLength: 30 }), fc.integer({ min: 0, max: 2_000 }), (bodies, budget) => {
      const turns = turnsOf(log(...bodies), budget);
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
