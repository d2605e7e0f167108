// What holds for every text, every dialect and every limit.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { render, renderChunks } from "./chunk.ts";
import type { Dialect } from "./dialect.ts";
import { markdown } from "./dialects/markdown.ts";
import { matrixHtml } from "./dialects/matrix-html.ts";
import { plain } from "./dialects/plain.ts";
import { slackMrkdwn } from "./dialects/slack-mrkdwn.ts";
import { telegramHtml } from "./dialects/telegram-html.ts";
import { whatsapp } from "./dialects/whatsapp.ts";

const EVERY = [telegramHtml, plain, markdown, slackMrkdwn, matrixHtml, whatsapp];
const HTML = [telegramHtml, matrixHtml];

const fragment = fc.constantFrom(
  ..."**,*,_,__,~~,`,``,```\n,```js\n,~~~\n,||,[,](,](https://a.b),),![,<,>,<b>,</b>,<u>,</u>,<br>,&,&amp;,&#xD800;,\\,#,|".split(
    ",",
  ),
  ...["\n", "\n\n", " ", "  ", "    ", "\t", "# ", "> ", "- ", "1. ", "- [x] ", "---\n", "|a|b|\n|-|-|\n", "\u00a0"],
  ...[
    "word",
    "Word.",
    "end! ",
    "漢字。",
    "👨‍👩‍👧",
    "🇩🇪",
    "👍🏽",
    "e\u0301",
    "\u0301",
    "\ud83d",
    "\ude00",
    "\u200d",
    '"',
    "'",
    "$&",
  ],
);
const text = fc.oneof(
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fragment },
        { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc
    .array(
      fc.nat(0xffff).map((code) => String.fromCharCode(code)),
      { maxLength: 80 },
    )
    .map((units) => units.join("")),
);
const limit = fc.oneof(fc.integer({ min: 12, max: 60 }), fc.integer({ min: 60, max: 400 }));
const RUNS = { numRuns: 1500 };

/** The tags still open, or undefined where one closes that was not the last opened. */
function openTags(html: string): string[] | undefined {
  const open: string[] = [];
  for (const [, closes, name = ""] of html.matchAll(/<(\/?)([a-z0-9-]+)[^>]*>/g)) {
    if (name === "br" || name === "hr") continue;
    if (closes === "") open.push(name);
    else if (open.pop() !== name) return undefined;
  }
  return open;
}

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };

/** What a reader sees, without white space and the signs repeated on every line. */
function visible(chunks: readonly string[], dialect: Dialect): string {
  const joined = chunks.join(" ");
  const shown = HTML.includes(dialect)
    ? joined.replaceAll(/<[^>]*>/g, "").replaceAll(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity] ?? "")
    : joined;
  return shown.replaceAll(/[\s│]/g, "");
}

function loneSurrogates(value: string): number {
  return [...value].filter((character) => /^[\ud800-\udfff]$/.test(character)).length;
}

for (const dialect of EVERY) {
  describe(`[F05] any text in ${dialect.name}`, () => {
    test("no chunk is over the limit, empty or white space alone", () => {
      fc.assert(
        fc.property(text, limit, (source, most) => {
          for (const chunk of renderChunks(source, dialect, most)) {
            expect(chunk.length).toBeLessThanOrEqual(most);
            expect(chunk.trim()).not.toBe("");
          }
        }),
        RUNS,
      );
    });

    test("no limit in bytes is passed", () => {
      const measure = (part: string) => Buffer.byteLength(part);
      fc.assert(
        fc.property(text, limit, (source, most) => {
          for (const chunk of renderChunks(source, dialect, most, { measure }))
            expect(measure(chunk)).toBeLessThanOrEqual(most);
        }),
        { numRuns: 300 },
      );
    });

    test("no lone surrogate appears that was not there", () => {
      fc.assert(
        fc.property(text, limit, (source, most) => {
          const chunks = renderChunks(source, dialect, most);
          const made = chunks.reduce((sum, chunk) => sum + loneSurrogates(chunk), 0);
          if (loneSurrogates(source) === 0) expect(made).toBe(0);
          expect(made).toBeLessThanOrEqual(loneSurrogates(source) * 4);
        }),
        RUNS,
      );
    });
  });
}

for (const dialect of HTML) {
  test(`[F05] every chunk of ${dialect.name} has balanced tags and no stray sign`, () => {
    fc.assert(
      fc.property(text, limit, (source, most) => {
        for (const chunk of renderChunks(source, dialect, most)) {
          expect(openTags(chunk)).toEqual([]);
          expect(chunk.replaceAll(/<\/?[a-z][a-z0-9-]*(?: [a-z-]+(?:="[^"<>]*")?)?>/g, "")).not.toMatch(
            /[<>]|&(?!(?:amp|lt|gt|quot);)/,
          );
        }
      }),
      RUNS,
    );
  });
}

for (const dialect of [telegramHtml, plain]) {
  test(`[F05] the chunks of ${dialect.name} together show the whole text`, () => {
    fc.assert(
      fc.property(text, limit, (source, most) => {
        const quoted = /^[\s\S]*>/.test(source) && dialect === plain;
        fc.pre(!quoted);
        const shown = visible(renderChunks(source, dialect, Math.max(most, 100)), dialect);
        expect(shown).toBe(visible([render(source, dialect)], dialect));
      }),
      RUNS,
    );
  });
}

test("[F05] text of words and clusters is never cut within a cluster", () => {
  const cluster = fc.constantFrom("👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "a", "漢", "नि", " ", "한", "ß");
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  const clusters = (value: string) =>
    [...segmenter.segment(value)].map(({ segment }) => segment).filter((one) => one.trim() !== "");
  fc.assert(
    fc.property(fc.array(cluster, { maxLength: 80 }), fc.integer({ min: 12, max: 40 }), (parts, most) => {
      const source = `x${parts.join("")}`;
      const cut = renderChunks(source, plain, most).flatMap(clusters);
      expect(cut).toEqual(clusters(render(source, plain)));
    }),
    RUNS,
  );
});

test("[F06] Markdown written as Markdown says the same when it is read again", () => {
  const words = fc.constantFrom(
    "word",
    "a_b",
    "*",
    "**b**",
    "*i*",
    "`c`",
    "[l](https://a.b)",
    "# ",
    "- ",
    "1. ",
    "> ",
    "\n",
    "\n\n",
    " ",
    "1.",
    "+",
    "=",
    "\\*",
    "&amp;lt;",
    "!",
    "~~s~~",
    "<x>",
    "|",
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
      const source = parts.join("");
      const again = render(source, markdown);
      expect(visible([render(again, plain)], plain)).toBe(visible([render(source, plain)], plain));
    }),
    { ...RUNS, examples: [[["1. ", "word", "\n\n", "1.", "\n\n", "1. ", "word"]]] },
  );
});
