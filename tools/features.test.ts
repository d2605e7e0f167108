// The page of features: only what passed, each id once, sorted.
import { expect, test } from "bun:test";
import { featuresIn, featuresPage } from "./features.ts";

const report = (cases: Readonly<Record<string, string>>) =>
  Object.entries(cases)
    .map(([title, body]) => `<testcase name="${title}" file="a.test.ts">${body}</testcase>`)
    .join("");

test("only passing tests show a feature, and two tests of one feature share its row", () => {
  const xml = report({
    "[B02] second": "",
    "[A28, A29] fails over": "",
    "[A28] and over": "",
    "[A01] broke": '<failure type="Error"/>',
    "[A02] left out": "<skipped />",
    "no id, [AB1] and [A1] are none": "",
  });
  expect(featuresIn(xml)).toEqual([
    { id: "A28", titles: ["and over", "fails over"] },
    { id: "A29", titles: ["fails over"] },
    { id: "B02", titles: ["second"] },
  ]);
});

test("a suite's id is shown once for all of its tests that pass", () => {
  const one = (name: string, body = "") =>
    `<testcase name="${name}" classname="[L10] refused names:">${body}</testcase>`;
  expect(featuresIn(one("a") + one("[T02] b"))).toEqual([
    { id: "L10", titles: ["refused names:"] },
    { id: "T02", titles: ["b"] },
  ]);
  expect(featuresIn(one("a", '<failure type="Error"/>'))).toEqual([]);
});

test("the page is a table with its sum, and titles cannot break the table", () => {
  const page = featuresPage([{ id: "A01", titles: ["a | b", "c <br>"] }]);
  expect(page).toContain("| A01 | a \\| b<br>c &lt;br> |");
  expect(page).toEndWith("\n1 features.\n");
});
