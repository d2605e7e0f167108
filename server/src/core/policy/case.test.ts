import { expect, test } from "bun:test";
import type { Json } from "@homarus/sdk";
import { fieldOf, type PolicyTool, type Profile } from "./case.ts";
import { profileGroups, profileHas } from "./profile.ts";

test.each<[input: Json | undefined, found: Json | undefined]>([
  [{ command: "ls" }, "ls"],
  [{ other: "ls" }, undefined],
  [["ls"], undefined],
  ["ls", undefined],
  [null, undefined],
  [undefined, undefined],
])("the field of %j", (input, found) => {
  expect(fieldOf(input, "command")).toEqual(found);
  expect(fieldOf(input, undefined)).toBeUndefined();
});

test("a profile has its groups, and what tells of the session is in each", () => {
  const has = (profile: Profile, group: string) => profileHas(profile, { name: "x", group } as PolicyTool);
  expect([has("minimal", "files"), has("coding", "files"), has("full", "anything")]).toEqual([false, true, true]);
  for (const profile of Object.keys(profileGroups) as Profile[]) expect(has(profile, "status")).toBe(true);
});
