// The intermediate form of what models write, example by example.

import { describe, expect, test } from "bun:test";
import type { Block, Span } from "./document.ts";
import { parseMarkdown } from "./parse.ts";

const blocks = (text: string) => parseMarkdown(text).blocks;
const spans = (text: string): readonly Span[] => {
  const block = blocks(text)[0];
  return block?.type === "paragraph" ? block.spans : [];
};
const styleOf = (text: string, word: string) => spans(text).find((span) => span.text.includes(word))?.style;
const paragraph = (text: string): Block => ({ type: "paragraph", spans: [{ text, style: {} }] });

describe("[F06] inline Markdown becomes flat spans", () => {
  test("each sign gives its style, and nested signs add up", () => {
    expect(spans("a **b *c*** ~~d~~ `e` ||f||")).toEqual([
      { text: "a ", style: {} },
      { text: "b ", style: { bold: true } },
      { text: "c", style: { bold: true, italic: true } },
      { text: " ", style: {} },
      { text: "d", style: { strike: true } },
      { text: " ", style: {} },
      { text: "e", style: { code: true } },
      { text: " ", style: {} },
      { text: "f", style: { spoiler: true } },
    ]);
  });

  test("links, images and bare addresses keep their address", () => {
    expect(styleOf("[word](http://a.b/?x=1&amp;y=2)", "word")).toEqual({ link: "http://a.b/?x=1&y=2" });
    expect(styleOf("![word](http://a.b/i.png)", "word")).toEqual({ link: "http://a.b/i.png", image: true });
    expect(styleOf("see https://a.b/c_d_e now", "a.b")).toEqual({ link: "https://a.b/c_d_e" });
  });

  test("HTML in pairs styles its text, a lone tag is text, and <br> ends the line", () => {
    expect(styleOf("<u>word</u>", "word")).toEqual({ underline: true });
    expect(styleOf('<a href="http://a.b">word</a>', "word")).toEqual({ link: "http://a.b" });
    expect(spans("the <b> tag and <script>x</script>")).toEqual([
      { text: "the <b> tag and <script>x</script>", style: {} },
    ]);
    expect(spans("a<br>b")).toEqual([{ text: "a\nb", style: {} }]);
    expect(spans("H<sub>2</sub>O")).toEqual([{ text: "H2O", style: {} }]);
  });

  test("character references are resolved once, and none makes a lone surrogate", () => {
    expect(spans("&lt;b&gt; &amp;amp; &#x41; &#xD800; &unknown; `&lt;`")).toEqual([
      { text: "<b> &amp; A \ufffd &unknown; ", style: {} },
      { text: "&lt;", style: { code: true } },
    ]);
  });

  test("an `||` of program text in a sentence is no spoiler", () => {
    expect(spans("use a || b || c here")).toEqual([{ text: "use a || b || c here", style: {} }]);
  });

  test("an address given apart is found, shown where nobody used it, and speech is not taken for one", () => {
    expect(styleOf("see [word]\n\n[word]: http://a.b", "word")).toEqual({ link: "http://a.b" });
    expect(blocks("see [word]\n\n[word]: http://a.b")).toHaveLength(1);
    expect(blocks("[other]: http://a.b")).toEqual([paragraph("[other]: http://a.b")]);
    expect(blocks("[Anna]: hello")).toEqual([paragraph("[Anna]: hello")]);
  });
});

describe("[F06] the blocks of a text", () => {
  test("headings in both forms, rules and paragraphs", () => {
    const word = [{ text: "x", style: {} }];
    expect(blocks("## x ##\n\nx\n===\ny\n\n---")).toEqual([
      { type: "heading", level: 2, spans: word },
      { type: "heading", level: 1, spans: word },
      paragraph("y"),
      { type: "rule" },
    ]);
  });

  test("lists nest by indentation, also two columns below a number, and tasks have a state", () => {
    const item = (text: string, more: Block[] = []) => ({ blocks: [paragraph(text), ...more] });
    expect(blocks("1. a\n  - b\n    - c\n2. d")).toEqual([
      {
        type: "list",
        loose: false,
        items: [
          {
            number: 1,
            ...item("a", [
              { type: "list", loose: false, items: [item("b", [{ type: "list", loose: false, items: [item("c")] }])] },
            ]),
          },
          { number: 2, ...item("d") },
        ],
      },
    ]);
    expect(blocks("- [x] a\n- [ ] b")).toEqual([
      {
        type: "list",
        loose: false,
        items: [
          { checked: true, ...item("a") },
          { checked: false, ...item("b") },
        ],
      },
    ]);
  });

  test("code keeps its text and language, open fences and backticks inside included", () => {
    expect(blocks("````js title\n```\n  a\n````")).toEqual([{ type: "code", language: "js", text: "```\n  a" }]);
    expect(blocks("~~~\nopen")).toEqual([{ type: "code", language: "", text: "open" }]);
    expect(blocks("    indented\n\n    more")).toEqual([{ type: "code", language: "", text: "indented\n\nmore" }]);
  });

  test("quotes hold blocks and take in a line that lost its sign", () => {
    expect(blocks("> a\nb\n> - c")).toEqual([
      {
        type: "quote",
        blocks: [paragraph("a\nb"), { type: "list", loose: false, items: [{ blocks: [paragraph("c")] }] }],
      },
    ]);
  });

  test("tables have rows of equal width and lose no cell", () => {
    const cell = (text: string) => (text === "" ? [] : [{ text, style: {} }]);
    expect(blocks("text\n| a | b\\|c |\n|:-:|--:|\n| 1 |\n| 2 | 3 | 4 |")).toEqual([
      paragraph("text"),
      {
        type: "table",
        align: ["center", "right"],
        header: [cell("a"), cell("b|c")],
        rows: [
          [cell("1"), cell("")],
          [cell("2"), cell("3 | 4")],
        ],
      },
    ]);
  });

  test("what shows nothing is left out", () => {
    expect(blocks(" \n\t\n- \n\n> \n\n```\n```\n\n| |\n|-|")).toEqual([]);
  });
});

describe("texts made to hurt are shown as text, whole", () => {
  const shown = (text: string) => JSON.stringify(blocks(text));

  test("ten thousand nested quotes, lists and brackets", () => {
    expect(shown(">".repeat(10_000)).split(">").length - 1).toBe(10_000 - 12);
    expect(shown(`${"- ".repeat(10_000)}a`).split("- ").length - 1).toBe(10_000 - 12);
    expect(spans("[".repeat(10_000)).map((span) => span.text)).toEqual(["[".repeat(10_000)]);
    expect(
      spans("*".repeat(10_000))
        .map((span) => span.text)
        .join(""),
    ).toHaveLength(0);
    expect(spans(`${"*".repeat(10_000)}a`).map((span) => span.text)).toEqual([`${"*".repeat(10_000)}a`]);
  });

  test("signs nested deeper than anybody means them", () => {
    const nested = `${"*a **b ".repeat(9)}c${" b** a*".repeat(9)}`;
    expect(spans(nested)).toEqual([{ text: nested, style: {} }]);
    expect(styleOf("*a **b ~~c~~** a*", "c")).toEqual({ italic: true, bold: true, strike: true });
  });

  test("a paragraph longer than one reading keeps every character and most of its styles", () => {
    const text = "some **bold** words. ".repeat(1000).trim();
    const read = spans(text);
    expect(read.map((span) => span.text).join("")).toBe(text.replaceAll("**", ""));
    expect(read.filter((span) => span.style.bold === true)).toHaveLength(1000);
  });

  test("a wide table header over many short rows does not fill memory", () => {
    const text = `${"a|".repeat(60)}\n${"-|".repeat(60)}\n${"b\n".repeat(20_000)}`;
    const table = blocks(text)[0];
    expect(table?.type === "table" && table.rows.length).toBeLessThan(100);
    expect(shown(text).match(/b/g)?.length).toBeGreaterThanOrEqual(20_000);
  });
});
