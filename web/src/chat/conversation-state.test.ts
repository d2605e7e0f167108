import { describe, expect, test } from "bun:test";
import * as happenings from "./conversation-state.ts";
import { type ConversationState, emptyConversation, isRunning } from "./conversation-state.ts";
import { ItemMaker } from "./items.ts";
import { logged, logOf, sent, told, words } from "./samples.ts";

type Happening = (state: ConversationState) => ConversationState;

const start: Happening = (state) => happenings.heardAgent(state, told("k", "lifecycle", { phase: "start" }));
const says =
  (text: string, delta = text): Happening =>
  (state) =>
    happenings.heardAgent(state, words("k", text, delta));
const calls: Happening = (state) =>
  happenings.heardAgent(state, told("k", "tool", { phase: "start", name: "list", toolCallId: "c", args: {} }));
const sends =
  (key: string, text: string): Happening =>
  (state) =>
    happenings.added(state, sent(key, text, { afterSeq: state.log?.messages.at(-1)?.seq ?? 0 }));
const ends =
  (runId: string, state: string, rest: object = {}): Happening =>
  (before) => {
    const end = happenings.endIn({ runId, state, ...rest });
    if (end === undefined) throw new Error("the sample is no end");
    return happenings.ended(before, end);
  };
const reads =
  (messages: Parameters<typeof logOf>[0], sessionId = "s"): Happening =>
  (state) =>
    happenings.loaded(state, {
      newest: logOf(messages, sessionId),
      limit: 200,
      over: new Set(state.runs.filter((run) => run.end).map((run) => run.runId)),
    });
const drops: Happening = happenings.dropped;
const active =
  (isActive: boolean): Happening =>
  (state) =>
    happenings.toldActive(state, isActive);
const reply = (text: string) => ({ message: { content: [{ type: "text", text }] } });

const question = logged(1, "user", "hi");
const step = logged(2, "assistant", {
  content: [
    { type: "text", text: "I look." },
    { type: "toolCall", id: "c", name: "list", arguments: {} },
  ],
});
const result = logged(4, "toolResult", { toolCallId: "c", content: [{ type: "text", text: "a.txt" }] });
const answer = logged(5, "assistant", "Done.");

/** What is drawn, each item as one line. */
function drawn(state: ConversationState): string[] {
  return new ItemMaker().itemsOf(state, isRunning(state)).map((item) => {
    if (item.type === "said") return `said ${item.text}${item.state === "said" ? "" : ` (${item.state})`}`;
    if (item.type === "note") return `note ${item.text}`;
    const parts = [
      item.thinking && `thinks ${item.thinking}`,
      item.text,
      ...item.calls.map((call) => `[${call.name} ${call.state}]`),
    ];
    return `answer ${[...parts, item.wasStopped && "stopped", item.problem].filter(Boolean).join(" ")}`;
  });
}

const stories: readonly (readonly [what: string, happenings: readonly Happening[], lines: readonly string[]])[] = [
  [
    "a message that is going out",
    [sends("k", "hi"), (state) => happenings.changed(state, "k", { state: "sending" })],
    ["said hi (sending)"],
  ],
  ["an answer in the middle", [sends("k", "hi"), start, says("I lo")], ["said hi", "answer I lo"]],
  [
    "a run that called a tool",
    [sends("k", "hi"), start, says("I look."), calls],
    ["said hi", "answer I look. [list running]"],
  ],
  [
    "a run that is over, before the log came",
    [sends("k", "hi"), start, says("Done."), ends("k", "final", reply("Done."))],
    ["said hi", "answer Done."],
  ],
  [
    "a run that is over and in the log",
    [
      sends("k", "hi"),
      start,
      says("I look."),
      calls,
      says("Done."),
      ends("k", "final", reply("Done.")),
      reads([question, step, result, answer]),
    ],
    ["said hi", "answer I look. [list done]", "answer Done."],
  ],
  [
    "a run of which the log has the first step",
    [sends("k", "hi"), start, says("I look."), calls, says("Do"), reads([question, step, result])],
    ["said hi", "answer I look. [list done]", "answer Do"],
  ],
  [
    "a call that is in the log and still goes on",
    [sends("k", "hi"), start, says("I look."), calls, reads([question, step])],
    ["said hi", "answer I look. [list running]"],
  ],
  ["a call that never got its result", [reads([question, step])], ["said hi", "answer I look. [list cut]"]],
  ["a lost connection in mid-answer", [sends("k", "hi"), start, says("Do"), drops], ["said hi (waiting)", "answer Do"]],
  [
    "an answer that ended while nobody listened",
    [sends("k", "hi"), start, says("Do"), drops, reads([question, logged(2, "assistant", "Done.")]), active(false)],
    ["said hi", "answer Done."],
  ],
  [
    "an answer that begins again after a restart",
    [
      sends("k", "hi"),
      start,
      says("Do"),
      drops,
      reads([question]),
      active(true),
      start,
      says("D"),
      says("Done", "one"),
    ],
    ["said hi", "answer Done"],
  ],
  [
    "an answer that goes on after a drop",
    [sends("k", "hi"), start, says("Do"), drops, reads([question]), active(true), says("Done.", "ne.")],
    ["said hi", "answer Done."],
  ],
  [
    "a step that was committed while nobody listened, and the run goes on",
    [sends("k", "hi"), start, says("I lo"), drops, reads([question, step]), active(true)],
    ["said hi", "answer I look. [list running]"],
  ],
  [
    "a message that waits in a run",
    [sends("k", "hi"), start, says("I look."), calls, sends("m", "and you?")],
    ["said hi", "answer I look. [list running]", "said and you? (joining)"],
  ],
  [
    "a message that a run took up",
    [
      sends("k", "hi"),
      start,
      says("I look."),
      calls,
      sends("m", "and you?"),
      ends("m", "final"),
      reads([question, step, result, logged(5, "user", "and you?")]),
      says("Bo"),
    ],
    ["said hi", "answer I look. [list done]", "said and you?", "answer Bo"],
  ],
  [
    "the same words sent twice",
    [
      reads([logged(1, "user", "hi"), logged(2, "assistant", "Done.")]),
      sends("k", "hi"),
      sends("m", "hi"),
      reads([logged(1, "user", "hi"), logged(2, "assistant", "Done."), logged(3, "user", "hi")]),
    ],
    ["said hi", "answer Done.", "said hi", "said hi (joining)"],
  ],
  [
    "the same answer given twice",
    [reads([question, logged(2, "assistant", "Done.")]), sends("k", "again"), start, says("Done.")],
    ["said hi", "answer Done.", "said again", "answer Done."],
  ],
  [
    "the same answer given twice, when the log was read in between",
    [
      reads([question, logged(2, "assistant", "Done.")]),
      sends("k", "again"),
      start,
      says("Done."),
      reads([question, logged(2, "assistant", "Done."), logged(3, "user", "again")]),
    ],
    ["said hi", "answer Done.", "said again", "answer Done."],
  ],
  [
    "a call that is taken up after a restart",
    [reads([question, step]), start, calls],
    ["said hi", "answer I look. [list running]"],
  ],
  [
    "a run that was stopped while nobody listened",
    [
      sends("k", "hi"),
      start,
      calls,
      drops,
      reads([question, logged(2, "assistant", { stopReason: "aborted", errorMessage: "Stopped." })]),
      active(false),
    ],
    ["said hi", "answer stopped"],
  ],
  [
    "a command that was answered before the drop",
    [sends("m", "/status"), ends("m", "final", reply("All is well.")), drops],
    ["said /status", "note All is well."],
  ],
  [
    "a command that no log keeps stays where it was said",
    [
      reads([question, logged(2, "assistant", "Done.")]),
      sends("m", "/status"),
      ends("m", "final", reply("All is well.")),
      reads([question, logged(2, "assistant", "Done."), logged(3, "user", "later")]),
    ],
    ["said hi", "answer Done.", "said /status", "note All is well.", "said later"],
  ],
  [
    "a reset leaves only the words that tell of it",
    [
      reads([question, logged(2, "assistant", "Done.")]),
      sends("l", "/status"),
      ends("l", "final", reply("All is well.")),
      sends("m", "/new"),
      ends("m", "final", reply("A fresh conversation.")),
      reads([], "other"),
    ],
    ["said /new", "note A fresh conversation."],
  ],
  [
    "a stopped run is told as the log tells it",
    [
      sends("k", "hi"),
      start,
      says("Do"),
      ends("k", "aborted"),
      reads([
        question,
        logged(2, "assistant", "Do"),
        logged(3, "assistant", { stopReason: "aborted", errorMessage: "The run was stopped." }),
      ]),
    ],
    ["said hi", "answer Do", "answer stopped"],
  ],
  [
    "a run that could not even begin",
    [sends("k", "hi"), ends("k", "error", { errorMessage: "No model is set up." })],
    ["said hi", "note No model is set up."],
  ],
  [
    "a note that a program put in is told by the log alone",
    [ends("inject-1", "final", reply("Psst")), reads([logged(1, "assistant", "Psst")])],
    ["answer Psst"],
  ],
];

describe("what is drawn of", () => {
  test.each(stories)("%s", (_, story, lines) => {
    expect(drawn(story.reduce((state, happening) => happening(state), emptyConversation))).toEqual([...lines]);
  });
});

test("what was written before the log was known is not taken for what stands in it", () => {
  const early = happenings.added(emptyConversation, sent("k", "hi", { afterSeq: undefined, state: "waiting" }));
  expect(drawn(reads([question])(early))).toEqual(["said hi", "said hi (waiting)"]);
});

test("a message keeps its key from the sending to the log, and so does an answer", () => {
  const maker = new ItemMaker();
  const live = [sends("k", "hi"), start, says("Done.")].reduce((state, next) => next(state), emptyConversation);
  const before = maker.itemsOf(live, true).map((item) => item.key);
  const after = [ends("k", "final"), reads([question, logged(2, "assistant", "Done.")])].reduce(
    (state, next) => next(state),
    live,
  );
  expect(maker.itemsOf(after, false).map((item) => item.key)).toEqual(before);
});

test("what did not change is the same object, so that it is not drawn again", () => {
  const maker = new ItemMaker();
  const state = [reads([question, logged(2, "assistant", "Done.")]), sends("k", "more"), start, says("a")].reduce(
    (before, next) => next(before),
    emptyConversation,
  );
  const before = maker.itemsOf(state, true);
  const after = maker.itemsOf(says("a b", " b")(state), true);
  expect(after.map((item, at) => item === before[at])).toEqual([true, true, true, false]);
});

describe("a run goes on", () => {
  test.each([
    ["from the moment the gateway took the message", [sends("k", "hi")], true],
    ["while words come", [start, says("a")], true],
    ["not when it ended", [sends("k", "hi"), start, ends("k", "final")], false],
    ["not while there is no connection", [start, says("a"), drops], false],
    ["when the gateway says so", [start, drops, active(true)], true],
    ["not when the gateway says that none does", [start, drops, active(false)], false],
  ] as const)("%s", (_, story, expected) => {
    expect(isRunning(story.reduce<ConversationState>((state, next) => next(state), emptyConversation))).toBe(expected);
  });
});
