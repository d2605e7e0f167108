// The sum of a test run: no way of failing may add up to a green line.
import { expect, test } from "bun:test";
import { readCases, summarise } from "./junit.mjs";

const xml = `<testsuites name="bun test" tests="3" failures="1">
  <testsuite name="a.test.ts" file="a.test.ts">
    <testcase name="[A28] one &amp; &lt;two&gt; &#10;&#x41;" file="a.test.ts" line="2" />
    <testsuite name="group">
      <testcase name="bad" classname="group" file="a.test.ts"><failure type="E" message="m">text</failure></testcase>
      <testcase name="later" file="b.test.ts"><skipped message="TODO" /></testcase>
    </testsuite>
  </testsuite>
</testsuites>`;
const passing = [{ file: "a.test.ts", suite: "", title: "a", outcome: "passed" as const }];

test("a report is read with its outcomes and its escapes", () => {
  expect(readCases(xml)).toEqual([
    { file: "a.test.ts", suite: "", title: "[A28] one & <two> \nA", outcome: "passed" },
    { file: "a.test.ts", suite: "group", title: "bad", outcome: "failed" },
    { file: "b.test.ts", suite: "", title: "later", outcome: "skipped" },
  ]);
  expect(readCases("")).toEqual([]);
});

test("the line counts passed, failed and, if there are any, skipped", () => {
  expect(summarise({ cases: readCases(xml), exitCode: 1, expectedFiles: [] })).toEqual({
    line: "1 passed, 1 failed, 1 skipped",
    isGood: false,
    missingFiles: [],
  });
  expect(summarise({ cases: passing, exitCode: 0, expectedFiles: ["a.test.ts"] }).line).toBe("1 passed, 0 failed");
});

test("a file that is not in the report counts as failed", () => {
  const sum = summarise({ cases: passing, exitCode: 0, expectedFiles: ["a.test.ts", "b.test.ts"] });
  expect(sum).toEqual({ line: "1 passed, 1 failed", isGood: false, missingFiles: ["b.test.ts"] });
});

test("a run that ends badly while all passed, or in which nothing passed, counts as failed", () => {
  expect(summarise({ cases: passing, exitCode: 139, expectedFiles: [] })).toMatchObject({
    line: "1 passed, 1 failed",
    isGood: false,
  });
  expect(summarise({ cases: [], exitCode: 0, expectedFiles: [] })).toMatchObject({
    line: "0 passed, 1 failed",
    isGood: false,
  });
});
