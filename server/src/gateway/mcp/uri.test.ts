import { expect, test } from "bun:test";
import { placeOf, sessionUris, uriOf } from "./uri.ts";

const places = [
  { type: "config" },
  { type: "workspace", agent: "main", name: "MEMORY.md" },
  { type: "workspace", agent: "a/b", name: "c d?.md" },
  { type: "session", key: "agent:main:telegram:group:-5/7", isJson: false },
  { type: "session", key: "agent:main:main", isJson: true },
] as const;

test.each(places)("an address leads back to what it names: %o", (place) => {
  expect(placeOf(uriOf(place))).toEqual(place);
});

test("a session is also found by its key as it is written elsewhere", () => {
  expect(placeOf("homarus://sessions/agent:main:main")).toEqual({
    type: "session",
    key: "agent:main:main",
    isJson: false,
  });
});

test.each([
  "",
  "config",
  "homarus://",
  "homarus://config/more",
  "homarus://workspace/main",
  "homarus://workspace//SOUL.md",
  "homarus://workspace/main/skills/SKILL.md",
  "homarus://sessions",
  "homarus://sessions/",
  "homarus://sessions/a/other",
  "homarus://elsewhere/a",
  "file:///etc/passwd",
])("is no address of ours: %s", (uri) => {
  expect(placeOf(uri)).toBeUndefined();
});

test("a broken escape is an address of something that is not there", () => {
  expect(placeOf("homarus://sessions/%zz")).toEqual({ type: "session", key: "%zz", isJson: false });
});

test("whoever follows a session is told by the text it gave", () => {
  expect(sessionUris("agent:main:main")).toEqual([
    "homarus://sessions/agent%3Amain%3Amain",
    "homarus://sessions/agent%3Amain%3Amain/messages",
    "homarus://sessions/agent:main:main",
    "homarus://sessions/agent:main:main/messages",
  ]);
  expect(sessionUris("plain")).toHaveLength(2);
});
