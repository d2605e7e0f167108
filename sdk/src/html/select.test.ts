import { describe, expect, test } from "bun:test";
import type { Fault } from "../errors.ts";
import { readHtml } from "./read.ts";
import { selectAll } from "./select.ts";

const page = readHtml(
  `<div id=a class="x y"><p class=x>1</p><p lang=en-GB>2</p><span>3</span><p data-k="Va L">4</p></div><ul><li>5<li>6<li>7<li>8</ul><section><div><p>9</p></div></section>`,
);

const texts = (selector: string) =>
  selectAll(page, selector)
    .map((element) => element.children.filter((child) => typeof child === "string").join(""))
    .join(",");

test.each<[selector: string, expected: string]>([
  ["p", "1,2,4,9"],
  ["P.x", "1"],
  ["#a > p", "1,2,4"],
  ["div p", "1,2,4,9"],
  ["section p, span", "3,9"],
  ["section > p", ""],
  ["section>div>p", "9"],
  ["p + p", "2"],
  ["p ~ p", "2,4"],
  ["span+p", "4"],
  [".x.y > :not(p)", "3"],
  ["#a > *:not(.x)", "2,3,4"],
  ["[data-k]", "4"],
  ['[data-k="va l" i]', "4"],
  ["[data-k~=L]", "4"],
  ["[data-k^='Va']", "4"],
  ["[data-k$=L]", "4"],
  ["[data-k*=x]", ""],
  ["[lang|=en]", "2"],
  ["li:first-child", "5"],
  ["li:last-child", "8"],
  ["li:nth-child(2)", "6"],
  ["li:nth-child(odd)", "5,7"],
  ["li:nth-child(2n)", "6,8"],
  ["li:nth-child(-n+2)", "5,6"],
  ["li:nth-last-child(2)", "7"],
  [" ul  li ", "5,6,7,8"],
])("%s selects what it names", (selector, expected) => {
  expect(texts(selector)).toBe(expected);
});

test.each([
  "",
  ">",
  "p >",
  "> p",
  "p,",
  "p:hover",
  "p::before",
  "p:has(a)",
  "[",
  "[a=",
  ":not(a b)",
  "p!",
  ":nth-child(x)",
  "a ".repeat(50),
])("%j is refused with what is known", (selector) => {
  let fault: Fault | undefined;
  try {
    selectAll(page, selector);
  } catch (thrown) {
    fault = thrown as Fault;
  }
  expect([fault?.kind, fault?.code]).toEqual(["invalid", "selector.unknown"]);
});

describe("a page made to be slow for a selector is not:", () => {
  test.each<[name: string, html: string]>([
    ["deep", "<div>".repeat(199) + "<p>".repeat(50_000)],
    ["wide", "<div class=a></div>".repeat(100_000)],
  ])("%s", (_, html) => {
    const root = readHtml(html);
    for (const selector of [
      "div div div div div div div div x",
      "div ~ div ~ div ~ div ~ x",
      "div:nth-child(2n+1) + div > x",
    ])
      expect(selectAll(root, selector)).toEqual([]);
  });
});
