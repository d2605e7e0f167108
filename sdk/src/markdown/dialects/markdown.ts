// CommonMark for platforms that take it: Discord, Mattermost, Google's and Microsoft's.
// Kept to what all of them show: three heading levels, tables as code, images as links.
// `||spoiler||` and `~~strike~~` are signs beyond CommonMark that most know; underline is left out.

import type { Dialect } from "../dialect.ts";
import { addressAfter, judgeLink } from "../links.ts";

const SIGNS = /[\\`*_[\]<~|]|&(?=[#a-zA-Z])/g;
/** What would begin a block where it begins a line. */
const BLOCK_START = /^(?:>|#+|[-+](?=$)|-+$|=+$|\d{1,9}(?=[.)]$))/;

export const markdown: Dialect = {
  name: "markdown",
  flanking: "commonmark",
  escape: escapeMarkdown,
  escapeCode: (text) => text,
  marks: {
    bold: { open: "**", close: "**" },
    italic: { open: "*", close: "*" },
    strike: { open: "~~", close: "~~" },
    spoiler: { open: "||", close: "||" },
  },
  codeSpan: (text) => {
    const fence = longerThan(text, 0);
    const pad = fence === "`" ? "" : " ";
    return { open: fence + pad, close: pad + fence };
  },
  nestsCode: true,
  link: ({ href, text }) => {
    if (judgeLink(href) !== "safe") return { tail: addressAfter(text, href) };
    if (text === href && /^https?:\/\/[^\s<>]+$/.test(href)) return { raw: true, tail: "" };
    return { wrap: { open: "[", close: `](${escapeAddress(href)})` }, bang: "\\!" };
  },
  paragraph: {},
  heading: (level) => ({ wrap: { open: `${"#".repeat(Math.min(level, 3))} ` } }),
  codeBlock: (language, text) => {
    const fence = longerThan(text, 2);
    return { open: `${fence}${/^[^`\s]*$/.test(language) ? language : ""}\n`, close: `\n${fence}` };
  },
  quote: () => ({ first: "> ", rest: "> " }),
  list: () => ({}),
  item: ({ number, checked }) => {
    const sign = number === undefined ? "- " : `${number}. `;
    const box = checked === undefined ? "" : checked ? "[x] " : "[ ] ";
    // In a later chunk there is no item to stand below: indented so deep, a text would become code.
    return { first: sign + box, rest: " ".repeat(sign.length), resume: "" };
  },
  table: "text",
  rule: "---",
  gap: "\n\n",
  tightGap: "\n",
  newline: "\n",
};

function escapeMarkdown(text: string, atLineStart: boolean): string {
  const escaped = text.replaceAll(SIGNS, "\\$&");
  if (/^#+$/.test(escaped)) return `\\${escaped}`;
  if (!atLineStart) return escaped;
  const start = BLOCK_START.exec(escaped)?.[0];
  if (start === undefined) return escaped;
  return /^\d/.test(start) ? `${start}\\${escaped.slice(start.length)}` : `\\${escaped}`;
}

/** A row of backticks longer than any in the text, and than `least`. */
function longerThan(text: string, least: number): string {
  let longest = least;
  for (const [row] of text.matchAll(/`+/g)) longest = Math.max(longest, row.length);
  return "`".repeat(longest + 1);
}

function escapeAddress(href: string): string {
  return href.replaceAll(
    /[\s()<>\\`|]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
