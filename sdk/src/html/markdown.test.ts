import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { titleOf, toMarkdown } from "./markdown.ts";
import { readHtml } from "./read.ts";

const markdown = (html: string) => toMarkdown(readHtml(html), "https://example.org/a/b");

describe("HTML becomes Markdown:", () => {
  test.each<[name: string, html: string, expected: string]>([
    ["headings and paragraphs", "<h1>One</h1><p>two\n  three<p>four<h2>Five", "# One\n\ntwo three\n\nfour\n\n## Five"],
    ["emphasis", "a <b> bold </b>c <em>i</em> <code>x</code>", "a **bold** c *i* `x`"],
    [
      "links are made whole",
      '<a href="/c?d=1">to c</a> <a href="https://x.example/(y)">x</a>',
      "[to c](https://example.org/c?d=1) [x](https://x.example/%28y%29)",
    ],
    [
      "links that lead nowhere are text",
      '<a href="#top">a</a> <a href="javascript:alert(1)">b</a> <a>c</a> <a href="data:text/html,x">d</a>',
      "a b c d",
    ],
    [
      "images with words for them",
      '<img src="i.png" alt="A cat"><img src="j.png"><img alt="x" src="data:image/png;base64,AA">',
      "![A cat](https://example.org/a/i.png)",
    ],
    ["lists", "<ul><li>a<li>b<ol><li>c</li><li>d</li></ol></ul>", "- a\n- b\n  1. c\n  2. d"],
    ["a list item with paragraphs", "<ol><li><p>a</p><p>b</p></li></ol>", "1. a\n   b"],
    ["code as it is", "<pre><code>if (a &lt; b) {\n  c\n}\n</code></pre>", "```\nif (a < b) {\n  c\n}\n```"],
    ["code that holds a fence", "<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"],
    ["quotes", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"],
    ["tables", "<table><tr><th>a<th>b<tr><td>1<td>x|y</table>", "| a | b |\n| --- | --- |\n| 1 | x\\|y |"],
    [
      "tables that lay out a page",
      "<table><tr><td><h1>a</h1></td><td><p>b</p><ul><li>c</ul></td></tr></table>",
      "# a\n\nb\n\n- c",
    ],
    ["line breaks and rules", "a<br>b<hr>c", "a\nb\n\n---\n\nc"],
    ["definitions", "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "**a**\n\nb\n\n**c**\n\nd"],
    [
      "a link around blocks",
      '<a href="/x"><div><h3>Head</h3><p>text</p></div></a>',
      "[Head text](https://example.org/x)",
    ],
    [
      "characters by name and number",
      "&amp;&lt;&#x20AC;&#228;&auml;&nbsp;&unknown; &copy a&b &#0;",
      "&<€ää &unknown; &copy a&b \ufffd",
    ],
  ])("%s", (_, html, expected) => {
    expect(markdown(html)).toBe(expected);
  });

  test("scripts, styles, forms' inside and comments leave nothing", () => {
    const html =
      "<head><title>t</title><style>p{}</style></head><body><!-- no <p>x</p> --><script>if (a<b) '</p>'</script>yes<noscript>no</noscript><textarea><b>no</b></textarea><template>no</template><svg><text>no</text></svg><select><option>no</select>";
    expect(markdown(html)).toBe("yes");
    expect(titleOf(readHtml(html))).toBe("t");
  });

  test("the main text is taken where one stands out, else the whole page", () => {
    const text = "word ".repeat(60).trim();
    expect(markdown(`<nav>menu</nav><main><p>${text}</p><nav>inner</nav></main><footer>imprint</footer>`)).toBe(text);
    expect(markdown(`<nav>menu</nav><article><p>${text}</p></article>`)).toBe(text);
    expect(markdown(`<nav>menu</nav><p>${text}</p>`)).toBe(text);
    expect(markdown("<nav>menu</nav><main></main>")).toBe("menu");
    expect(markdown(`<nav>never closed <p>${text}</p>`)).toContain(text);
  });
});

describe("any page is read:", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "<p>",
      "</p>",
      "<table>",
      "<tr>",
      "<td>",
      "</table>",
      "<ul><li>",
      "</ul>",
      "<a href='x",
      "'>",
      '"',
      "<!--",
      "-->",
      "<script>",
      "</script",
      "<pre>",
      "&#",
      "&amp",
      "<",
      ">",
      "</",
      "<!",
      "<b",
      " a=b ",
      "<br/>",
      "<main>",
      "<title>",
    ),
    fc.string({ maxLength: 5 }),
  );

  test("junk does no harm, and no script's inside comes out", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(typeof markdown(pieces.join(""))).toBe("string");
      }),
      { numRuns: 500 },
    );
  });

  test.each<[name: string, html: string]>([
    ["deep nesting", "<div>".repeat(200_000)],
    ["deep lists", "<ul><li>".repeat(50_000)],
    ["open brackets", "<".repeat(500_000)],
    ["open attributes", "<a b='".repeat(100_000)],
    ["attributes without end", `<a ${"b ".repeat(300_000)}`],
    ["open comments", "<!--".repeat(100_000)],
    ["open scripts", "<script>".repeat(100_000)],
    ["spaces", `<pre>${" ".repeat(500_000)}x</pre>`],
    ["spaces between", `<p>${"a ".repeat(200_000)}<p>${" ".repeat(500_000)}`],
    ["ampersands", "&".repeat(500_000)],
    ["closing tags", "</p>".repeat(200_000)],
    ["closing tags in deep nesting", `${"<div>".repeat(500)}${"</p>".repeat(200_000)}`],
    ["a wide table", `<table><tr>${"<td>a".repeat(50_000)}</table>`],
    ["quotes in quotes", `${"<blockquote>".repeat(199)}${"a<br>".repeat(200_000)}`],
    ["lists in lists", `${"<ul><li>".repeat(99)}${"a<br>".repeat(200_000)}`],
    ["more elements than any page has", `${"<div>".repeat(150)}${"<p>a".repeat(700_000)}`],
    ["rules without end", `<style>${"{".repeat(1_500_000)}</style>${"<style>/*".repeat(9)}`],
    ["styles without end", `<p style="${"opacity:000".repeat(200_000)}">a`],
    ["a ragged table", `<table>${"<tr><td>a<td>b".repeat(20_000)}<tr>${"<td>c".repeat(300)}</table>`],
  ])("%s made to be slow is not", (_, html) => {
    // A reading that is not linear takes longer here than a test may last.
    expect(typeof markdown(html)).toBe("string");
  });
});
