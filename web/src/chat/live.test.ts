import { describe, expect, test } from "bun:test";
import { type AgentEvent, beginRun, hearAgent, type LiveRun } from "./live.ts";
import { told, words } from "./samples.ts";

function hear(events: readonly AgentEvent[], run: LiveRun = beginRun("r", 0)): LiveRun {
  return events.reduce(hearAgent, run);
}

const thinks = (text: string, delta: string) => told("r", "thinking", { text, delta });
const tool = (phase: string, rest: Record<string, unknown> = {}) =>
  told("r", "tool", { phase, name: "list", toolCallId: "c", ...rest });
const output = (text: string) => ({ content: [{ type: "text", text }] });

function shape(run: LiveRun) {
  return run.steps.map(({ thinking, text, callIds }) => [thinking, text, ...callIds]);
}

describe("the steps of a run", () => {
  test.each([
    ["words that grow are one step", [words("r", "Hel", "Hel"), words("r", "Hello", "lo")], [["", "Hello"]]],
    ["thinking, then words are one step", [thinks("hm", "hm"), words("r", "Yes", "Yes")], [["hm", "Yes"]]],
    [
      "words after a call are the next step",
      [words("r", "I look", "I look"), tool("start"), words("r", "Done", "Done")],
      [
        ["", "I look", "c"],
        ["", "Done"],
      ],
    ],
    [
      "words that begin anew are the next step",
      [words("r", "One", "One"), words("r", "Two", "Two")],
      [
        ["", "One"],
        ["", "Two"],
      ],
    ],
    [
      "thinking after words is the next step",
      [words("r", "One", "One"), thinks("hm", "hm")],
      [
        ["", "One"],
        ["hm", ""],
      ],
    ],
    ["a missed event leaves no hole", [words("r", "a", "a"), words("r", "a b c", "c")], [["", "a b c"]]],
    ["a call alone is a step", [tool("start")], [["", "", "c"]]],
    [
      "what a failed step had said is void",
      [words("r", "Hal", "Hal"), told("r", "fault", { error: "busy" }), words("r", "Hello", "Hello")],
      [["", "Hello"]],
    ],
    [
      "a fault before any word takes no earlier step",
      [tool("start"), told("r", "fault", { error: "busy" })],
      [["", "", "c"]],
    ],
    ["a start again makes all void", [words("r", "Hal", "Hal"), told("r", "lifecycle", { phase: "start" })], []],
  ] as const)("%s", (_, events, steps) => {
    expect(shape(hear(events))).toEqual(steps as never);
  });

  test("keys are never given twice, also not after a start again", () => {
    const before = hear([words("r", "a", "a"), tool("start"), words("r", "b", "b")]);
    const after = hear([told("r", "lifecycle", { phase: "start" }), words("r", "c", "c")], before);
    const keys = [...before.steps, ...after.steps].map((step) => step.key);
    expect(new Set(keys).size).toBe(3);
  });

  test("trouble is told until words come again", () => {
    const troubled = hear([told("r", "fault", { error: "busy" })]);
    expect(troubled.trouble).toBe("busy Trying again…");
    expect(hear([words("r", "a", "a")], troubled).trouble).toBeUndefined();
  });
});

test("a call goes from running over progress to its result", () => {
  const stages = [
    tool("start", { args: { path: "." } }),
    tool("update", { partialResult: output("half") }),
    tool("result", { result: output("all"), isError: false }),
  ];
  let run = beginRun("r", 0);
  const seen = stages.map((event) => {
    run = hearAgent(run, event);
    const call = run.calls.get("c");
    return [call?.state, call?.progress, call?.result];
  });
  expect(seen).toEqual([
    ["running", "", undefined],
    ["running", "half", undefined],
    ["done", "half", "all"],
  ]);
  expect(run.calls.get("c")?.input).toEqual({ path: "." });
  expect(hear([tool("result", { result: output("no"), isError: true })]).calls.get("c")?.state).toBe("failed");
});

describe("after a lost connection", () => {
  const cut = { ...hear([thinks("hm", "hm"), words("r", "The ans", "ans")]), isStale: true };

  test("words that go on where they were keep the thought", () => {
    expect(shape(hear([words("r", "The answer", "wer")], cut))).toEqual([["hm", "The answer"]]);
  });

  test("other words take the place of what was seen", () => {
    expect(shape(hear([words("r", "Anew", "Anew")], cut))).toEqual([["", "Anew"]]);
  });

  test("a call takes the place of what was seen", () => {
    expect(shape(hear([tool("start")], cut))).toEqual([["", "", "c"]]);
  });
});
