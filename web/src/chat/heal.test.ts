import { expect, test } from "bun:test";
import { heal } from "./heal.ts";

test.each([
  ["plain words", "plain words"],
  ["half **bold", "half **bold**"],
  ["half *slanted and **bold", "half *slanted and **bold***"],
  ["a mark at the end **", "a mark at the end "],
  ["code `x = 1", "code `x = 1`"],
  ["code `a * b` and 2 * 3", "code `a * b` and 2 * 3"],
  ["- a bullet\n* another", "- a bullet\n* another"],
  ["snake_case_name", "snake_case_name"],
  ["_low", "_low_"],
  ["~~gone", "~~gone~~"],
  ["escaped \\*star", "escaped \\*star"],
  ["a [link](https://exam", "a link"],
  ["a [whole](https://example.com) one", "a [whole](https://example.com) one"],
  ["**whole** and **ha", "**whole** and **ha**"],
  ["**open before\n\nanother paragraph", "**open before\n\nanother paragraph"],
  ["```ts\nconst a = **b", "```ts\nconst a = **b"],
  ["```\nx\n```\nthen **ha", "```\nx\n```\nthen **ha**"],
])("%j is shown as %j while it grows", (partial, healed) => {
  expect(heal(partial)).toBe(healed);
});

test("a text that is whole stays as it is, wherever it was cut on the way", () => {
  const whole =
    "Some **bold**, *slanted*, `code` and a [link](https://example.com).\n\n- one\n- two\n\n```\nx * y\n```";
  for (let length = 0; length <= whole.length; length += 1) {
    const once = heal(whole.slice(0, length));
    expect(heal(once)).toBe(once);
  }
  expect(heal(whole)).toBe(whole);
});
