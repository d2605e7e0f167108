import { describe, expect, test } from "bun:test";
import { connectShape } from "../handshake/params.ts";
import { agentWait } from "../methods/agent/shapes.ts";
import { chatHistory, chatSend } from "../methods/chat/shapes.ts";
import { none } from "../methods/config/shapes.ts";
import { sessionsPatch, sessionsPreview } from "../methods/sessions/shapes.ts";
import { problems } from "./check.ts";
import { list, name, oneOf, optional, orNull, strict, whole, words } from "./shape.ts";

const connect = {
  minProtocol: 3,
  maxProtocol: 3,
  client: { id: "cli", version: "1", platform: "linux", mode: "cli" },
};

describe("params are checked in the words clients know", () => {
  test("what fits has no problem", () => {
    expect(problems(chatSend, { sessionKey: "main", message: "", idempotencyKey: "k" })).toBeUndefined();
  });

  test.each([
    [none, { bogus: 1 }, "at root: unexpected property 'bogus'"],
    [agentWait, {}, "must have required property 'runId'"],
    [agentWait, { runId: "" }, "at /runId: must NOT have fewer than 1 characters"],
    [agentWait, { runId: "a", timeoutMs: -1 }, "at /timeoutMs: must be >= 0"],
    [agentWait, { runId: "a", timeoutMs: 1.5 }, "at /timeoutMs: must be integer"],
    [agentWait, { runId: 7 }, "at /runId: must be string"],
    [agentWait, [], "must be object"],
    [agentWait, null, "must be object"],
    [chatHistory, { sessionKey: "a", limit: 1001 }, "at /limit: must be <= 1000"],
    [sessionsPreview, { keys: [] }, "at /keys: must NOT have fewer than 1 items"],
    [sessionsPreview, { keys: ["a", 2] }, "at /keys/1: must be string"],
    [
      sessionsPatch,
      { key: "a", label: 5 },
      "at /label: must be string; at /label: must be null; at /label: must match a schema in anyOf",
    ],
    [
      agentWait,
      { bogus: true, other: 1 },
      "must have required property 'runId'; at root: unexpected property 'bogus'; at root: unexpected property 'other'",
    ],
  ])("case %#", (shape, value, expected) => {
    expect(problems(shape, value)).toBe(expected);
  });

  test("an unknown client id of protocol 3 is refused as measured", () => {
    const value = { ...connect, client: { ...connect.client, id: "nobody" } };
    expect(problems(connectShape(value), value)).toBe(
      "at /client/id: must be equal to constant; at /client/id: must match a schema in anyOf",
    );
  });

  test("a client that also speaks a newer protocol may have a name and keys we do not know", () => {
    const value = {
      ...connect,
      maxProtocol: 4,
      novel: true,
      client: { ...connect.client, id: "openclaw-fridge", mode: "worker" },
    };
    expect(problems(connectShape(value), value)).toBeUndefined();
  });

  test("keys that objects inherit are no keys of the shape", () => {
    const value = JSON.parse('{"runId":"a","__proto__":1,"constructor":2}');
    expect(problems(agentWait, value)).toBe(
      "at root: unexpected property '__proto__'; at root: unexpected property 'constructor'",
    );
  });

  test("paths escape their separators, and lengths count characters and not halves", () => {
    const shape = strict({
      "a/b": optional(list(name)),
      c: optional(words(0, 1)),
      d: optional(orNull(oneOf("x"))),
      e: optional(whole(0)),
    });
    expect(problems(shape, { "a/b": [1] })).toBe("at /a~1b/0: must be string");
    expect(problems(shape, { c: "🦞", d: null })).toBeUndefined();
    expect(problems(shape, { c: "🦞🦞" })).toBe("at /c: must NOT have more than 1 characters");
  });
});
