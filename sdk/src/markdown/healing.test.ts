// Previews of a text that is still streaming.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { render } from "./chunk.ts";
import { telegramHtml } from "./dialects/telegram-html.ts";
import { heal } from "./healing.ts";

describe("[F06] healing a text that still streams", () => {
  const cases: [string, string][] = [
    ["a **bo", "a **bo**"],
    ["a **bold*", "a **bold**"],
    ["a **", "a"],
    ["*a **b", "*a **b***"],
    ["a ~~b", "a ~~b~~"],
    ["a `b", "a `b`"],
    ["a `", "a"],
    ["**a `b", "**a `b`**"],
    ["see [te", "see te"],
    ["see [text](http", "see text"],
    ["![pic](http", "pic"],
    ["```js\nx", "```js\nx\n```"],
    ["```js\nx\n``", "```js\nx\n```"],
    ["> ```\n> x", "> ```\n> x\n> ```"],
    ["| a | b |\n|--", "| a | b |\n| --- | --- |"],
    ["text\n-", "text"],
    ["one **a\n\ntwo **b", "one **a\n\ntwo **b**"],
  ];
  for (const [partial, healed] of cases) {
    test(JSON.stringify(partial), () => expect(heal(partial)).toBe(healed));
  }

  test("leaves a finished text as it is", () => {
    for (const text of [
      "# T\n\n**b** *i* `c` [l](http://a.b/c_(d)) snake_case 2 * 3",
      "```js\na ** b [\n```",
      "- [ ] a\n- [x] b",
      "a\n\n---\n\nb",
      "| a |\n|---|\n| b |",
      "\\*a \\[b",
      "",
    ]) {
      expect(heal(text)).toBe(text);
    }
  });

  const text =
    "Some **bold *and* italic** words, `code` and a [link](https://a.b/c) here.\n\n- ~~x~~ `y`\n\n```js\nlet a\n```\n\nend";

  test("shows styles at every moment of a stream, never their signs", () => {
    for (let end = 1; end < text.length; end++) {
      // A bracket that has just closed may still become a link or stay one.
      if (text[end - 1] === "]") continue;
      const preview = render(heal(text.slice(0, end)), telegramHtml);
      expect(preview.replaceAll(/<[^>]*>/g, "")).not.toMatch(/[*~`[\]]/);
    }
  });

  test("healed once is healed, wherever a text breaks off", () => {
    for (let end = 0; end <= text.length; end++) {
      const healed = heal(text.slice(0, end));
      expect(heal(healed)).toBe(healed);
    }
    expect(heal(text)).toBe(text);
  });

  test("takes any text without fault and loses no word of it", () => {
    const fragment = fc.constantFrom(
      ..."** * _ ~~ ` ``` [ ]( ) > - | |- \\ ! word".split(" "),
      ...["\n", "\n\n", " ", "```js\n"],
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (parts) => {
        const source = parts.join("");
        const words = (value: string) => value.split("word").length;
        // The address of a half link is not shown yet, and a half fence's info is no text.
        fc.pre(!source.includes("]("));
        expect(words(heal(source))).toBe(words(source));
      }),
      { numRuns: 3000 },
    );
  });
});
