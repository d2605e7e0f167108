// Cutting by example: where, with which signs, and what is refused.

import { describe, expect, test } from "bun:test";
import { render, renderChunks } from "./chunk.ts";
import { markdown } from "./dialects/markdown.ts";
import { matrixHtml } from "./dialects/matrix-html.ts";
import { plain } from "./dialects/plain.ts";
import { telegramHtml } from "./dialects/telegram-html.ts";

describe("[F05] where a text is cut", () => {
  test("between blocks rather than lines, between lines rather than sentences, and so on", () => {
    expect(renderChunks("aaaa bbbb\n\ncccc. dddd\neeee", plain, 22)).toEqual(["aaaa bbbb", "cccc. dddd\neeee"]);
    expect(renderChunks("aaaa. bbbb\ncccc dddd", plain, 16)).toEqual(["aaaa. bbbb", "cccc dddd"]);
    expect(renderChunks("aaaa bbbb. cccc dddd", plain, 16)).toEqual(["aaaa bbbb.", "cccc dddd"]);
    expect(renderChunks("aaaa bbbb cccc", plain, 12)).toEqual(["aaaa bbbb", "cccc"]);
    expect(renderChunks("aaaabbbbcccc", plain, 8)).toEqual(["aaaabbbb", "cccc"]);
    expect(renderChunks("漢字漢字。漢字漢字漢", plain, 8)).toEqual(["漢字漢字。", "漢字漢字漢"]);
  });

  test("a text that fits is one chunk, and a text that shows nothing none", () => {
    expect(renderChunks("short", plain, 5)).toEqual(["short"]);
    for (const empty of ["", " ", "\n\n\t", "\u00a0", "- \n\n> "]) {
      expect(renderChunks(empty, telegramHtml, 100)).toEqual([]);
      expect(render(empty, telegramHtml)).toBe("");
    }
  });

  test("grapheme clusters stay whole: families, flags, skin tones, combining marks", () => {
    for (const cluster of ["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301\u0302", "नि"]) {
      const chunks = renderChunks(cluster.repeat(40), plain, 25);
      const whole = Math.floor(25 / cluster.length);
      expect(chunks[0]).toBe(cluster.repeat(whole));
      expect(chunks.join("")).toBe(cluster.repeat(40));
    }
  });

  test("a cluster larger than the limit is taken apart, but no surrogate pair", () => {
    expect(renderChunks("👨‍👩‍👧", plain, 3)).toEqual(["👨‍", "👩‍", "👧"]);
    const piled = `a${"\u0301".repeat(5000)}`;
    expect(renderChunks(piled, plain, 4096).join("")).toBe(piled);
  });
});

describe("[F05] every chunk is whole by itself", () => {
  test("styles are closed and opened again", () => {
    expect(renderChunks("**aaaa bbbb *cccc dddd***", telegramHtml, 30)).toEqual([
      "<b>aaaa bbbb <i>cccc</i></b>",
      "<b><i>dddd</i></b>",
    ]);
    expect(renderChunks("**aaaa bbbb cccc**", markdown, 14)).toEqual(["**aaaa bbbb**", "**cccc**"]);
  });

  test("code fences are repeated with their language, and indentation stays", () => {
    expect(renderChunks("```js\n  one()\n  two()\n```", markdown, 22)).toEqual([
      "```js\n  one()\n```",
      "```js\n  two()\n```",
    ]);
    expect(renderChunks("```js\none()\ntwo()\n```", telegramHtml, 90)).toEqual([
      '<pre><code class="language-js">one()\ntwo()</code></pre>',
    ]);
  });

  test("quotes and lists go on in the next chunk", () => {
    const long = `> ${"aaaa ".repeat(8)}\n> bbbb`;
    expect(renderChunks(long, telegramHtml, 65)).toEqual([
      `<blockquote>${"aaaa ".repeat(8).trim()}</blockquote>`,
      "<blockquote>bbbb</blockquote>",
    ]);
    expect(renderChunks("> aaaa\n> bbbb", plain, 9)).toEqual(["> aaaa", "> bbbb"]);
    expect(renderChunks("- aaaa bbbb\n- cccc", plain, 8)).toEqual(["• aaaa", "  bbbb", "• cccc"]);
    expect(renderChunks("- aaaa\n  - bbbb", markdown, 8)).toEqual(["- aaaa", "- bbbb"]);
    const words = "aaaa bbbb cccc dddd";
    expect(renderChunks(`1. ${words}\n2. ${words}`, matrixHtml, 60)).toEqual([
      `<ol><li>${words}</li></ol>`,
      `<ol start="2"><li>${words}</li></ol>`,
    ]);
  });

  test("a text escaped for the line's start is escaped there in a new chunk too", () => {
    expect(renderChunks("aaaa bbbb - cccc", markdown, 9)).toEqual(["aaaa bbbb", "\\- cccc"]);
  });
});

describe("[F05] the limit", () => {
  test("counts signs and escapes, not the source", () => {
    expect(renderChunks("&&&&", telegramHtml, 10)).toEqual(["&amp;&amp;", "&amp;&amp;"]);
  });

  test("may be measured in bytes", () => {
    const measure = (text: string) => Buffer.byteLength(text);
    expect(renderChunks("äöü äöü", plain, 7, { measure })).toEqual(["äöü", "äöü"]);
    expect(renderChunks("äöü äöü", plain, 7)).toEqual(["äöü äöü"]);
  });

  test("signs too large for it are left out, and a link's address is then written out", () => {
    expect(renderChunks("[word](https://a.b/cdef)", telegramHtml, 30)).toEqual(["word (https://a.b/cdef)"]);
    expect(renderChunks("[word](https://a.b/cdef)", telegramHtml, 70)).toEqual(['<a href="https://a.b/cdef">word</a>']);
    expect(renderChunks("**a**", telegramHtml, 7)).toEqual(["a"]);
  });

  test("that holds not one escaped character is refused", () => {
    expect(() => renderChunks("&", telegramHtml, 4)).toThrow(RangeError);
    expect(renderChunks("&", telegramHtml, 5)).toEqual(["&amp;"]);
    expect(() => renderChunks("😀", plain, 1)).toThrow(RangeError);
    for (const limit of [0, -1, Number.NaN]) expect(() => renderChunks("a", plain, limit)).toThrow(RangeError);
  });
});

describe("the work grows with the text and no faster", () => {
  const measured = (text: string) => {
    let units = 0;
    const measure = (part: string) => {
      units += part.length;
      return part.length;
    };
    const chunks = renderChunks(text, telegramHtml, 4096, { measure });
    return { perCharacter: units / text.length, chunks };
  };

  const hard: Record<string, string> = {
    "words without end": "a".repeat(1_000_000),
    "emoji without end": "👨‍👩‍👧".repeat(50_000),
    "one piled up letter": `a${"\u0301".repeat(300_000)}`,
    "spaces in code": `\`\`\`\n${" ".repeat(300_000)}x\n\`\`\``,
    "lines of one letter": "a\n".repeat(200_000),
    "nested signs": "*a **b ".repeat(50_000),
    "a list that never ends its item": `- a\n${"b\n".repeat(200_000)}`,
    "headings underlined": "a\n-\n".repeat(100_000),
    "ordinary prose": "The **quick** [fox](https://a.b) jumps over `it`. ".repeat(20_000),
  };
  for (const [name, text] of Object.entries(hard)) {
    test(name, () => {
      const { perCharacter, chunks } = measured(text);
      expect(perCharacter).toBeLessThan(12);
      expect(chunks.every((chunk) => chunk.length <= 4096)).toBe(true);
    }, 60_000);
  }
});
