import { describe, expect, test } from "bun:test";
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import { RunView } from "./updates.ts";
import type { AgentEventData } from "./wire.ts";

function openView() {
  const view = new RunView({ runId: "r", workspace: "/w", isOwn: (id) => id === "mine" });
  const see = (stream: string, data: AgentEventData): SessionUpdate[] => view.see({ runId: "r", stream, data });
  return { view, see };
}

const words = (update: SessionUpdate | undefined): string | undefined =>
  update && "content" in update && update.content && !Array.isArray(update.content)
    ? (update.content as { text?: string }).text
    : undefined;
const messageOf = (update: SessionUpdate | undefined): unknown => (update as { messageId?: string })?.messageId;

describe("what a run tells", () => {
  test("text and thinking go out piece by piece, each step a message of its own", () => {
    const { view, see } = openView();
    expect(view.hasSpoken).toBe(false);
    expect(see("thinking", { text: "Hm", delta: "Hm" })).toEqual([
      { sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm" }, messageId: "r:1:thought" },
    ]);
    expect(view.hasSpoken).toBe(false);
    const [one] = see("assistant", { text: "I", delta: "I" });
    const [two] = see("assistant", { text: "I look", delta: " look" });
    see("tool", { phase: "start", name: "list", toolCallId: "c", args: {} });
    const [three] = see("assistant", { text: "I look again", delta: "I look again" });
    expect([one, two, three].map(words)).toEqual(["I", " look", "I look again"]);
    expect([one, two, three].map(messageOf)).toEqual(["r:1", "r:1", "r:2"]);
    expect(view.hasSpoken).toBe(true);
  });

  test("a piece that did not come is made good by the next; one that came twice is shown once", () => {
    const { see } = openView();
    see("assistant", { text: "one ", delta: "one " });
    expect(words(see("assistant", { text: "one two three", delta: " three" })[0])).toBe("two three");
    expect(see("assistant", { text: "one two three", delta: " three" })).toEqual([]);
    const [other] = see("assistant", { text: "another", delta: "another" });
    expect([words(other), messageOf(other)]).toEqual(["another", "r:2"]);
  });

  test("a step that is tried again says why, and does not go on in the old words", () => {
    const { see } = openView();
    see("assistant", { text: "The answer is", delta: "The answer is" });
    const [notice] = see("fault", { error: "The model is overloaded." });
    expect(notice?.sessionUpdate).toBe("agent_thought_chunk");
    expect(words(notice)).toContain("The model is overloaded. Trying again.");
    const [again] = see("assistant", { text: "The answer is 4", delta: "The answer is 4" });
    expect([words(again), messageOf(again)]).toEqual(["The answer is 4", "r:2"]);
  });

  test("a call goes from its start over its progress to its end", () => {
    const { view, see } = openView();
    const call = { name: "exec", toolCallId: "c" };
    expect(see("tool", { phase: "start", ...call, args: { command: "make" } })).toEqual([
      {
        sessionUpdate: "tool_call",
        ...{ toolCallId: "c", title: "Run make", name: "exec", kind: "execute", status: "in_progress", locations: [] },
        rawInput: { command: "make" },
      },
    ]);
    expect(view.openCall((name, args) => name === "exec" && (args as { command: string }).command === "make")).toBe(
      "c",
    );
    const piece = (text: string) => ({ content: [{ type: "text", text }] });
    see("tool", { phase: "update", ...call, partialResult: piece("one\n") });
    expect(JSON.stringify(see("tool", { phase: "update", ...call, partialResult: piece("two\n") }))).toContain(
      "```\\none\\ntwo\\n```",
    );
    expect(see("tool", { phase: "result", ...call, isError: true, result: piece("no") })).toMatchObject([
      { sessionUpdate: "tool_call_update", toolCallId: "c", status: "failed", rawOutput: piece("no") },
    ]);
    expect(view.openCall(() => true)).toBeUndefined();
    expect(view.end()).toEqual([]);
  });

  test("progress is bounded; a call whose start was missed is shown all the same; one without an end has failed", () => {
    const { view, see } = openView();
    const late = see("tool", {
      phase: "update",
      name: "exec",
      toolCallId: "c",
      partialResult: { content: [{ type: "text", text: "x".repeat(50_000) }] },
    });
    expect(late.map((update) => update.sessionUpdate)).toEqual(["tool_call", "tool_call_update"]);
    expect(JSON.stringify(late).length).toBeLessThan(21_000);
    expect(view.end()).toEqual([{ sessionUpdate: "tool_call_update", toolCallId: "c", status: "failed" }]);
    expect(view.end()).toEqual([]);
    const [start, end] = see("tool", { phase: "result", name: "read", toolCallId: "d", isError: false });
    expect([start, end]).toMatchObject([{ title: "Read" }, { status: "completed" }]);
  });

  test("a change that was made stays shown as the change it is", () => {
    const { see } = openView();
    const call = { name: "edit", toolCallId: "c" };
    see("tool", { phase: "start", ...call, args: { path: "a", old_text: "1", new_text: "2" } });
    expect(
      see("tool", {
        phase: "result",
        ...call,
        isError: false,
        result: { content: [{ type: "text", text: "Done." }] },
      })[0],
    ).not.toHaveProperty("content");
  });

  test("words of others that join the run are shown, the editor's own are there already", () => {
    const { see } = openView();
    expect(see("steered", { messageId: "mine", text: "and that" })).toEqual([]);
    expect(see("steered", { messageId: "theirs", text: "and this" })).toEqual([
      { sessionUpdate: "user_message_chunk", content: { type: "text", text: "and this" } },
    ]);
  });

  test("what no editor shows is passed over", () => {
    const { see } = openView();
    for (const stream of ["lifecycle", "compaction", "constructor"])
      expect(see(stream, { phase: "start" })).toEqual([]);
  });
});
