import { expect, test } from "bun:test";
import { replay } from "./history.ts";
import type { WireMessage } from "./wire.ts";

const at = { sessionId: "s", workspace: "/w" };

test("an old conversation is shown in order: words, pictures by name, thoughts, calls with their ends, trouble", () => {
  const messages: WireMessage[] = [
    {
      role: "user",
      content: [
        { type: "text", text: "look" },
        { type: "image", mimeType: "image/png", fileName: "a.png" },
      ],
    },
    {
      ...{ role: "assistant", stopReason: "toolUse" },
      content: [
        { type: "thinking", thinking: "Hm" },
        { type: "text", text: "I read." },
        { type: "toolCall", id: "c", name: "read", arguments: { path: "a" } },
      ],
    },
    { role: "toolResult", toolCallId: "c", toolName: "read", isError: false, content: [{ type: "text", text: "A" }] },
    { role: "assistant", content: [], stopReason: "error", errorMessage: "The model failed." },
  ];
  expect(replay(messages, at)).toMatchObject([
    { sessionUpdate: "user_message_chunk", content: { text: "look" }, messageId: "s:0" },
    { sessionUpdate: "user_message_chunk", content: { text: "[a.png]" }, messageId: "s:0" },
    { sessionUpdate: "agent_thought_chunk", content: { text: "Hm" } },
    { sessionUpdate: "agent_message_chunk", content: { text: "I read." }, messageId: "s:1" },
    { sessionUpdate: "tool_call", toolCallId: "c", title: "Read a", rawInput: { path: "a" } },
    {
      sessionUpdate: "tool_call_update",
      toolCallId: "c",
      status: "completed",
      content: [{ content: { text: "```\nA\n```" } }],
    },
    { sessionUpdate: "agent_message_chunk", content: { text: "(The model failed.)" }, messageId: "s:3" },
  ]);
});

test("a call that was cut is told as failed, and an end without its call still has one", () => {
  const cut: WireMessage = { role: "assistant", content: [{ type: "toolCall", id: "c", name: "exec", arguments: {} }] };
  const end: WireMessage = { role: "toolResult", toolCallId: "old", toolName: "list", isError: true, content: [] };
  expect(replay([end, cut], at).map((update) => ({ ...update }))).toMatchObject([
    { sessionUpdate: "tool_call", toolCallId: "old" },
    { sessionUpdate: "tool_call_update", toolCallId: "old", status: "failed" },
    { sessionUpdate: "tool_call", toolCallId: "c" },
    { sessionUpdate: "tool_call_update", toolCallId: "c", status: "failed" },
  ]);
  expect(replay([], at)).toEqual([]);
});
