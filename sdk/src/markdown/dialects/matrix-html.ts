// The HTML of Matrix messages (format "org.matrix.custom.html").
// Source: Matrix Client-Server API, m.room.message, "HTML in messages": only tags it lists are used.

import type { Dialect } from "../dialect.ts";
import { addressAfter, judgeLink } from "../links.ts";
import { escapeAttribute, escapeHtml, openCode } from "./html.ts";

/** Schemes the specification allows in `href`. */
const LINKABLE = /^(?:https?|ftp|mailto|magnet):/i;

export const matrixHtml: Dialect = {
  name: "matrix-html",
  flanking: "anywhere",
  escape: escapeHtml,
  escapeCode: escapeHtml,
  marks: {
    bold: { open: "<strong>", close: "</strong>" },
    italic: { open: "<em>", close: "</em>" },
    underline: { open: "<u>", close: "</u>" },
    strike: { open: "<del>", close: "</del>" },
    spoiler: { open: "<span data-mx-spoiler>", close: "</span>" },
  },
  codeSpan: () => ({ open: "<code>", close: "</code>" }),
  nestsCode: true,
  link: ({ href, text }) => {
    if (judgeLink(href) !== "safe" || !LINKABLE.test(href)) return { tail: addressAfter(text, href) };
    return { wrap: { open: `<a href="${escapeAttribute(href)}">`, close: "</a>" } };
  },
  paragraph: { open: "<p>", close: "</p>" },
  heading: (level) => ({ wrap: { open: `<h${level}>`, close: `</h${level}>` } }),
  codeBlock: (language) => ({ open: openCode(language), close: "</code></pre>" }),
  quote: () => ({ open: "<blockquote>", close: "</blockquote>" }),
  list: ({ number }) => {
    if (number === undefined) return { open: "<ul>", close: "</ul>" };
    return { open: openNumbered(number), close: "</ol>" };
  },
  item: ({ number, checked }) => {
    const box = checked === undefined ? "" : checked ? "☑ " : "☐ ";
    const outer = number === undefined ? {} : { outerReopen: openNumbered(number) };
    return { open: `<li>${box}`, reopen: "<li>", close: "</li>", ...outer };
  },
  table: {
    table: { open: "<table>", close: "</table>" },
    row: { open: "<tr>", close: "</tr>" },
    head: { open: "<th>", close: "</th>" },
    cell: { open: "<td>", close: "</td>" },
  },
  rule: "<hr>",
  gap: "\n",
  tightGap: "\n",
  newline: "<br>",
};

function openNumbered(number: number): string {
  return number === 1 ? "<ol>" : `<ol start="${number}">`;
}
