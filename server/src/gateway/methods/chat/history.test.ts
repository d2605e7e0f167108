import { describe, expect, test } from "bun:test";
import type { Entry, EntryBody } from "@homarus/sdk";
import { oneLine, previewItems } from "../sessions/session-rows.ts";
import { historyMessages, shortened, withinBytes } from "./history.ts";

const usage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
const entries = (...bodies: EntryBody[]): Entry[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: 1000 + index, body }));

const talk = entries(
  {
    type: "user",
    content: [
      { type: "text", text: "look" },
      { type: "image", mediaType: "image/png", data: "AAAA", name: "a.png" },
    ],
  },
  {
    type: "step",
    content: [
      { type: "thinking", text: "hm", signature: "secret" },
      { type: "tool-call", id: "c", name: "read", input: { path: "a" } },
    ],
    ...{ provider: "p", model: "m", stopReason: "tool-calls", usage },
  },
  { type: "tool-start", callId: "c", name: "read" },
  {
    type: "tool-result",
    durationMs: 1,
    result: { type: "tool-result", callId: "c", name: "read", content: [{ type: "text", text: "x" }], isError: false },
  },
  { type: "event", event: "fault", fault: { kind: "limited", code: "a.b", message: "Busy." } },
  { type: "event", event: "note", text: "noted" },
  { type: "event", event: "mark" },
);

describe("history", () => {
  test("turns each entry that has something to say into a message", () => {
    const messages = historyMessages("s", talk);
    expect(messages.map(({ __openclaw, timestamp, ...rest }) => rest)).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image", mimeType: "image/png", fileName: "a.png", omitted: true, bytes: 3 },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "toolCall", id: "c", name: "read", arguments: { path: "a" } },
        ],
        ...{ provider: "p", model: "m", usage: { ...usage, totalTokens: 10 }, stopReason: "toolUse" },
      },
      { role: "toolResult", toolCallId: "c", toolName: "read", content: [{ type: "text", text: "x" }], isError: false },
      { role: "assistant", content: [], stopReason: "error", errorMessage: "Busy." },
      { role: "assistant", content: [{ type: "text", text: "noted" }], stopReason: "stop" },
    ]);
    expect(messages[0]).toMatchObject({ timestamp: 1000, __openclaw: { id: "s:1", seq: 1 } });
  });

  test("a client's own message bears the name the client gave it; one of another channel has none", () => {
    const said = (channel: string) => ({ channel, messageId: "m1", peer: { id: "p" } });
    const entries = ["webchat", "telegram"].map((channel, index) => ({
      ...{ seq: index + 1, at: 1, body: { type: "user" as const, content: [], from: said(channel) } },
    }));
    expect(historyMessages("s", entries).map((message) => message.idempotencyKey)).toEqual(["m1:user", undefined]);
  });

  test("keeps the newest that fit together, and says so of one that is too large by itself", () => {
    const messages = historyMessages(
      "s",
      entries(
        ...["a", "b", "c"].map(
          (letter): EntryBody => ({ type: "user", content: [{ type: "text", text: letter.repeat(1000) }] }),
        ),
      ),
    );
    expect(withinBytes(messages, 2500).map((message) => message.timestamp)).toEqual([1001, 1002]);
    expect(withinBytes(messages, 500).map((message) => message.content)).toEqual([
      [{ type: "text", text: "[message too large for the history]" }],
    ]);
    expect(withinBytes([], 10)).toEqual([]);
  });

  test("shortening never cuts a character in two", () => {
    const [message] = historyMessages("s", entries({ type: "user", content: [{ type: "text", text: "a🦞b" }] }));
    expect(message && shortened(message, 2).content).toEqual([{ type: "text", text: "a\n...(truncated)..." }]);
    expect(oneLine("a  🦞\nbc", 4)).toBe("a …");
  });

  test("a preview names tools that were called without words", () => {
    expect(previewItems(talk, 3, 20)).toEqual([
      { role: "tool", text: "call read" },
      { role: "tool", text: "x" },
      { role: "system", text: "noted" },
    ]);
  });
});
