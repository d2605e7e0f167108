// The words for a failed set-up: each known cause says what to do.
import { expect, test } from "bun:test";
import { adviceFor, explain, Trouble } from "./trouble.mjs";

test.each([
  ["npm error code ENOTFOUND\nnpm error network request failed", "network"],
  ["npm error code EACCES", "permission"],
  ["EROFS: read-only file system, open 'x'", "permission"],
  ["npm error nospc ENOSPC: no space left on device", "disk is full"],
])("%j is explained", (output, word) => {
  expect(adviceFor(output)).toContain(word);
  expect(adviceFor(output)).toContain("then run the command again");
});

test("an unknown failure keeps its own words, and so does one that was written for people", () => {
  expect(adviceFor("something else")).toBeUndefined();
  expect(explain(new Error("something else"))).toContain("something else");
  expect(explain(new Trouble("Do this."))).toBe("\nDo this.");
});
