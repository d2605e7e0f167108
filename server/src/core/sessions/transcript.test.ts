import { describe, expect, test } from "bun:test";
import { type Entry, noUsage, type Session } from "@homarus/sdk";
import { transcriptLines } from "./transcript.ts";
import { parseTranscript } from "./transcript-reading.ts";

const session: Session = {
  key: "agent:main:main",
  id: "s-1",
  agent: "main",
  createdAt: 1_000,
  updatedAt: 2_000,
  usage: noUsage,
};
const entries: readonly Entry[] = [
  {
    seq: 1,
    at: 1_001,
    runId: "r",
    body: {
      type: "user",
      content: [
        { type: "text", text: "hi" },
        { type: "image", mediaType: "image/png", data: "AA==", name: "a.png" },
      ],
      from: { channel: "telegram", messageId: "7", peer: { id: "p" } },
      note: "It is noon.",
    },
  },
  {
    ...{ seq: 2, at: 1_002, runId: "r" },
    body: {
      type: "step",
      content: [
        { type: "thinking", text: "Hm", signature: "sig" },
        { type: "text", text: "I look", vendor: { a: 1 } },
        { type: "tool-call", id: "c1", name: "list", input: { path: "." } },
      ],
      ...{
        provider: "anthropic",
        model: "m",
        stopReason: "tool-calls",
        usage: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 },
      },
    },
  },
  { seq: 3, at: 1_003, runId: "r", body: { type: "tool-start", callId: "c1", name: "list" } },
  {
    seq: 4,
    at: 1_004,
    runId: "r",
    body: {
      type: "tool-result",
      durationMs: 5,
      result: {
        type: "tool-result",
        callId: "c1",
        name: "list",
        content: [{ type: "text", text: "a.txt" }],
        isError: false,
      },
    },
  },
  { seq: 5, at: 1_005, body: { type: "event", event: "run-stopped", text: "why" } },
];

describe("a transcript", () => {
  test("[E03] goes out as JSON lines and comes back the same", () => {
    expect(parseTranscript([...transcriptLines(session, entries)].join("\n"))).toEqual(entries as Entry[]);
  });

  test("what the house vouches for does not go along", () => {
    const [first] = entries as [Entry];
    if (first.body.type !== "user" || !first.body.from) throw new Error("not said");
    const vouched: Entry = { ...first, body: { ...first.body, from: { ...first.body.from, own: [0, 2] } } };
    expect([...transcriptLines(session, [vouched])]).toEqual([...transcriptLines(session, [first])]);
  });

  test("[E03] each line names the one before it, after a head line", () => {
    const lines = [...transcriptLines(session, entries)].map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: "session", version: 3, id: "s-1" });
    expect(lines.slice(1).map((line) => line.parentId)).toEqual([null, ...lines.slice(1, -1).map((line) => line.id)]);
    expect(lines[2].message).toMatchObject({
      role: "assistant",
      stopReason: "toolUse",
      content: [
        { type: "thinking", thinking: "Hm", thinkingSignature: "sig" },
        { type: "text" },
        { type: "toolCall", arguments: { path: "." } },
      ],
    });
  });

  test("reads lines of the peer: plain text content, unknown kinds passed over", () => {
    const text = [
      { type: "session", version: 3, id: "x", timestamp: "2026-01-01T00:00:00.000Z" },
      {
        type: "model_change",
        id: "1",
        parentId: null,
        timestamp: "2026-01-01T00:00:01.000Z",
        provider: "a",
        modelId: "b",
      },
      {
        type: "message",
        id: "2",
        parentId: "1",
        timestamp: "2026-01-01T00:00:02.000Z",
        message: { role: "user", content: "hello" },
      },
      {
        type: "message",
        id: "3",
        parentId: "2",
        timestamp: "2026-01-01T00:00:03.000Z",
        message: { role: "assistant", content: [{ type: "text", text: "hi" }], stopReason: "stop" },
      },
    ].map((line) => JSON.stringify(line));
    expect(parseTranscript(text.join("\n"))).toMatchObject([
      { seq: 1, at: Date.UTC(2026, 0, 1, 0, 0, 2), body: { type: "user", content: [{ type: "text", text: "hello" }] } },
      { seq: 2, body: { type: "step", provider: "unknown", stopReason: "end" } },
    ]);
  });

  test("a transcript that was summarised is read on from where it was, and its summary stays", () => {
    const said = (id: string, text: string) => ({ type: "message", id, message: { role: "user", content: text } });
    const cut = { type: "compaction", id: "3", summary: "They met.", firstKeptEntryId: "2" };
    const text = (line: object) =>
      [said("1", "hello"), said("2", "again"), line].map((item) => JSON.stringify(item)).join("\n");
    expect(parseTranscript(text(cut))[2]?.body).toEqual({
      ...{ type: "event", event: "compaction", text: "They met.", summary: "They met.", keptFrom: 2 },
    });
    expect(parseTranscript(text({ ...cut, firstKeptEntryId: "x" }))[2]?.body).not.toHaveProperty("keptFrom");
  });

  test("names the line that is broken", () => {
    expect(() => parseTranscript('{"type":"session"}\n{"type":')).toThrow("Line 2 is no JSON");
    expect(() => parseTranscript("[1]")).toThrow("Line 1 is no JSON object");
  });
});
