// The small pure parts of the chat: what may be attached, how conversations and calls are called.
import { describe, expect, test } from "bun:test";
import { pictureLimits, refusal } from "./pictures.ts";
import { readList, titleOf } from "./session-list.ts";
import { withCurrent } from "./sidebar.tsx";
import { briefOf } from "./tool-call.tsx";

describe("an image", () => {
  const image = (size: number, type = "image/png") => ({ name: "a.png", type, size });

  test.each([
    ["of the largest size goes", image(pictureLimits.bytes), [], undefined],
    ["one byte larger does not", image(pictureLimits.bytes + 1), [], /at most 5 MB/],
    ["of another kind does not", image(10, "image/svg+xml"), [], /not an image of a kind/],
    ["that makes the message too large does not", image(4_000_000), [{ bytes: 15_000_000 }], /too large/],
  ])("%s", (_, file, chosen, expected) => {
    const said = refusal(file, chosen);
    if (expected === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(expected);
  });
});

describe("conversations", () => {
  test("are listed newest first, by label, title or key, each with its model", () => {
    const answer = {
      defaults: { modelProvider: "p", model: "m" },
      sessions: [
        { key: "agent:main:main", updatedAt: 1, modelProvider: "p", model: "m" },
        { key: "agent:main:telegram:1", updatedAt: 3, derivedTitle: "hello" },
        { key: "agent:main:chat-a1", updatedAt: 2, label: "Mine", derivedTitle: "hello" },
        { updatedAt: 9 },
      ],
    };
    const list = readList(answer, "agent:main:main");
    expect(list.rows.map(({ title }) => title)).toEqual(["hello", "Mine", "Main conversation"]);
    expect(list).toMatchObject({ provider: "p", model: "m" });
    expect(readList(undefined, undefined)).toEqual({ rows: [], provider: undefined, model: undefined });
  });

  test.each([
    ["agent:main:main", "Main conversation"],
    ["agent:main:chat-mf3k2", "New conversation"],
    ["agent:main:telegram:group:-100", "telegram group -100"],
  ])("%s without a title is called %s", (key, title) => {
    expect(titleOf(key, "agent:main:main")).toBe(title);
  });

  test("the one in view is listed before anything was said in it", () => {
    const row = { key: "agent:main:main", title: "hello", updatedAt: 1, provider: undefined, model: undefined };
    const titles = (current: string) => withCurrent([row], current, "agent:main:main").map(({ title }) => title);
    expect(titles("agent:main:chat-1")).toEqual(["New conversation", "hello"]);
    expect(titles("agent:main:main")).toEqual(["hello"]);
    expect(withCurrent([], "agent:main:main", "agent:main:main")).toHaveLength(1);
  });
});

test.each([
  [{ path: "a.txt" }, "a.txt"],
  [{ limit: 3, pattern: "x\ny" }, "x"],
  [{}, ""],
  ["text", ""],
  [null, ""],
  [{ a: "  " }, ""],
])("the brief of the input %j is %j", (input, brief) => {
  expect(briefOf(input)).toBe(brief);
});
