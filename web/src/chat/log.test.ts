import { describe, expect, test } from "bun:test";
import { followsOn, joinLogs, readLog } from "./log.ts";
import { logged, logOf } from "./samples.ts";

describe("an answer of chat.history", () => {
  test("is read with thinking, calls, results and media", () => {
    const { messages } = logOf([
      logged(1, "user", {
        content: [
          { type: "text", text: "see" },
          { type: "image", mimeType: "image/png", omitted: true, bytes: 9 },
        ],
      }),
      logged(2, "assistant", {
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "toolCall", id: "c", name: "list", arguments: { path: "." } },
        ],
        model: "m",
        stopReason: "toolUse",
      }),
      logged(4, "toolResult", { toolCallId: "c", content: [{ type: "text", text: "a.txt" }], isError: true }),
    ]);
    expect(messages).toMatchObject([
      { role: "user", text: "see", media: [{ mediaType: "image/png", bytes: 9 }] },
      { thinking: "hm", calls: [{ id: "c", name: "list", input: { path: "." } }], model: "m" },
      { role: "toolResult", callId: "c", text: "a.txt", isError: true },
    ]);
  });

  test.each([undefined, null, 3, "x", {}, { messages: 1 }, { messages: [null, 1, {}, { role: "user" }] }])(
    "that makes no sense (%j) is an empty log",
    (payload) => {
      expect(readLog(payload).messages).toEqual([]);
    },
  );
});

describe("the newest messages and what was known", () => {
  const known = logOf([logged(1, "user", "a"), logged(2, "assistant", "b"), logged(3, "user", "c")]);

  test("become one log in which what was known is the same object", () => {
    const joined = joinLogs(known, logOf([logged(3, "user", "c"), logged(5, "assistant", "d")]), 2);
    expect(joined.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
    expect(joined.messages[2]).toBe(known.messages[2] as never);
  });

  test("are all there is when they are fewer than were asked for", () => {
    expect(joinLogs(known, logOf([logged(3, "user", "c")]), 2).messages.map(({ seq }) => seq)).toEqual([3]);
  });

  test("take the place of a session that was reset", () => {
    const fresh = logOf([logged(1, "user", "z")], "other");
    expect(joinLogs(known, fresh, 1)).toBe(fresh);
  });

  test.each([
    ["overlap", [logged(3, "user", "c"), logged(4, "assistant", "d")], "s", true],
    ["leave a hole", [logged(8, "user", "x"), logged(9, "assistant", "y")], "s", false],
    ["are of another session", [logged(1, "user", "x"), logged(2, "assistant", "y")], "t", false],
    ["are all there is", [logged(9, "user", "x")], "t", true],
  ])("follow on, or not, when they %s", (_, messages, id, follows) => {
    expect(followsOn(known, logOf(messages, id), 2)).toBe(follows);
  });
});
