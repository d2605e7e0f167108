import { expect, test } from "bun:test";
import type { EgressCredential } from "@homarus/sdk";
import { injectCredentials, placeholderOf } from "./credentials.ts";

const secrets = [
  { name: "vendor", value: "v-123/+" },
  { name: "git", value: "g-456" },
  { name: "broken", value: "a\r\nb" },
];
const put = (
  headers: readonly (readonly [string, string])[],
  credentials: readonly EgressCredential[],
  target = "/a",
) => {
  const result = injectCredentials({ target, headers }, credentials, secrets);
  return result.type === "done" ? result.head : result;
};

test("a secret goes into its header, query or login, in the place of what the sandbox wrote there", () => {
  const key = { secret: "vendor", header: "x-api-key" };
  expect(
    put(
      [
        ["X-Api-Key", "mine"],
        ["a", "b"],
      ],
      [key],
    ),
  ).toEqual({
    target: "/a",
    headers: [
      ["a", "b"],
      ["x-api-key", "v-123/+"],
    ],
  });
  const bearer = { secret: "vendor", header: "authorization", prefix: "Bearer " };
  expect(put([["Authorization", "Basic eDp5"]], [bearer])).toMatchObject({
    headers: [["authorization", "Bearer v-123/+"]],
  });
  expect(put([], [{ secret: "git", basic: "me" }])).toMatchObject({
    headers: [["authorization", `Basic ${btoa("me:g-456")}`]],
  });
  expect(put([], [{ secret: "vendor", query: "key" }], "/a?x=1&key=no&y=2")).toMatchObject({
    target: "/a?x=1&y=2&key=v-123%2F%2B",
  });
});

test("a placeholder of the same key in another header goes, so that the vendor sees one key", () => {
  const key = { secret: "vendor", header: "x-api-key" };
  expect(put([["Authorization", `Bearer ${placeholderOf("vendor")}`]], [key])).toEqual({
    target: "/a",
    headers: [["x-api-key", "v-123/+"]],
  });
});

test("[L01] a placeholder becomes its secret where it is bound: in a header, the address, and a login", () => {
  const bound = [{ secret: "git" }];
  expect(put([["Private-Token", placeholderOf("git")]], bound)).toMatchObject({
    headers: [["Private-Token", "g-456"]],
  });
  expect(put([["Authorization", `Basic ${btoa(`me:${placeholderOf("git")}`)}`]], bound)).toMatchObject({
    headers: [["Authorization", `Basic ${btoa("me:g-456")}`]],
  });
  expect(put([], bound, "/x?t=homarus-secret%3Agit")).toMatchObject({ target: "/x?t=g-456" });
  expect(put([["Authorization", "Basic eDp5"]], bound)).toMatchObject({ headers: [["Authorization", "Basic eDp5"]] });
});

test("[L01] elsewhere a placeholder is refused, and so is a secret that is missing or would break the head", () => {
  expect(put([["x", placeholderOf("git")]], [{ secret: "vendor" }])).toMatchObject({
    type: "deny",
    code: "egress.unbound-secret",
  });
  expect(put([["Authorization", `Basic ${btoa(placeholderOf("git"))}`]], [])).toMatchObject({
    code: "egress.unbound-secret",
  });
  expect(put([], [], "/a?homarus-secret:git")).toMatchObject({ code: "egress.unbound-secret" });
  expect(put([], [{ secret: "gone", header: "a" }])).toMatchObject({ code: "egress.no-secret" });
  expect(put([], [{ secret: "broken", header: "a" }])).toMatchObject({ code: "egress.no-secret" });
});
