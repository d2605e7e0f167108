import { describe, expect, test } from "bun:test";
import { isEnough, mainParts } from "./main-text.ts";
import { toMarkdown } from "./markdown.ts";
import { readHtml } from "./read.ts";

const text = (html: string) => toMarkdown(readHtml(html), "https://example.org/");
const story = `<p>${"A sentence of the story. ".repeat(20).trim()}</p>`;
const links = (count: number) =>
  Array.from({ length: count }, (_, at) => `<a href="/${at}">Other page ${at}</a>`).join(" ");

describe("around the text is left out:", () => {
  test.each([
    "<nav>around</nav>",
    "<footer>around</footer>",
    "<aside>around</aside>",
    "<header><a href=/>around</a></header>",
    "<div role=navigation>around</div>",
    "<div role=dialog>around</div>",
    '<div class="cookie-banner">around</div>',
    '<div id="gdpr_consent">around</div>',
    '<section class="newsletter">around</section>',
    '<ul class="breadcrumbs"><li>around</ul>',
    '<div class="site-footer">around</div>',
    "<form>around <input></form>",
  ])("%s", (around) => {
    expect(text(`<body>${around}<div>${story}</div>${around}</body>`)).not.toContain("around");
    expect(text(`<body>${around}<div>${story}</div>${around}</body>`)).toContain("A sentence of the story.");
  });

  test("a menu without a name, where the page has sentences", () => {
    const page = `<div><div>${links(12)}</div><div>${story}${story}${story}</div><div>${links(12)}</div></div>`;
    expect(text(page)).not.toContain("Other page");
  });
});

describe("what the page is about stays:", () => {
  test("headings, links, lists, tables and code of an article", () => {
    const page = text(
      `<nav>${links(3)}</nav><article><header><h1>Title</h1></header>${story}<ul><li><a href=/x>x</a></ul><table><tr><td>1<td>2</table><pre>code</pre></article>`,
    );
    for (const part of ["# Title", "- [x](https://example.org/x)", "| 1 | 2 |", "```\ncode\n```"])
      expect(page).toContain(part);
  });

  test("a page of links, a page in a form, and a page in a box with a banner's name", () => {
    expect(text(`<div>${links(40)}</div>`)).toContain("Other page 39");
    expect(text(`<form><div>${story}</div></form>`)).toContain("A sentence");
    expect(text(`<div class="cookies">${story}</div>`)).toContain("A sentence");
  });

  test("an article on cookies, several articles, and a main by its role", () => {
    expect(text(`<article class="related">${story}</article>`)).toContain("A sentence");
    expect(text(`<article>${story}One</article><article>${story}Two</article>`)).toMatch(/One[\s\S]*Two/);
    expect(text(`<div>stray</div><div role=main>${story}</div>`)).not.toContain("stray");
  });

  test("where no text stands out all of it comes, save what is hidden", () => {
    expect(text("<nav>menu</nav><p>short<p hidden>poison")).toBe("menu\n\nshort");
    expect(mainParts(readHtml("<main>x</main>")).length).toBeGreaterThan(1);
    expect([isEnough("x".repeat(199)), isEnough("x".repeat(200))]).toEqual([false, true]);
  });
});
