import { expect, test } from "bun:test";
import { markdownOf, type TableMessage, toldMessage } from "./history.ts";

const at = Date.UTC(2026, 10, 26, 12);
const message = (role: string, content: TableMessage["content"], more: Partial<TableMessage> = {}): TableMessage => ({
  ...{ role, content, timestamp: at },
  ...more,
});

const messages = [
  message("user", [
    { type: "text", text: "What is in the note?" },
    { type: "image", mimeType: "image/png", fileName: "note.png" },
  ]),
  message("assistant", [{ type: "thinking" }, { type: "text", text: "I look." }, { type: "toolCall", name: "read" }]),
  message("toolResult", [{ type: "text", text: "milk\neggs" }], { toolName: "read" }),
  message("assistant", [], { errorMessage: "the model was busy" }),
];

test("messages are told in the house's words, without thoughts", () => {
  const time = "2026-11-26T12:00:00.000Z";
  expect(messages.map(toldMessage)).toEqual([
    { role: "user", time, text: "What is in the note?\n\n[note.png]" },
    { role: "agent", time, text: "I look.", tools: ["read"] },
    { role: "tool", time, text: "milk\neggs", tools: ["read"] },
    { role: "agent", time, text: "[the model was busy]" },
  ]);
});

test("a session as Markdown has a heading for who speaks, and quotes for tools", () => {
  expect(markdownOf("agent:main:main", messages)).toBe(
    [
      "# agent:main:main",
      "## User, 2026-11-26T12:00:00.000Z\n\nWhat is in the note?\n\n[note.png]",
      "## Agent, 2026-11-26T12:00:00.000Z\n\nI look.\n\n> calls `read`",
      "> `read` gave:\n>\n> milk\n> eggs",
      "## Agent, 2026-11-26T12:00:00.000Z\n\n[the model was busy]",
    ].join("\n\n"),
  );
});
