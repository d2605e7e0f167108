// Telegram's HTML style of messages (parse_mode "HTML").
// Source: https://core.telegram.org/bots/api#html-style. No headings, lists or tables there;
// quotes do not nest, and code holds no other style.

import type { Dialect } from "../dialect.ts";
import { addressAfter, judgeLink } from "../links.ts";
import { escapeAttribute, escapeHtml, openCode } from "./html.ts";
import { textItem } from "./text-list.ts";

export const telegramHtml: Dialect = {
  name: "telegram-html",
  flanking: "anywhere",
  escape: escapeHtml,
  escapeCode: escapeHtml,
  marks: {
    bold: { open: "<b>", close: "</b>" },
    italic: { open: "<i>", close: "</i>" },
    underline: { open: "<u>", close: "</u>" },
    strike: { open: "<s>", close: "</s>" },
    spoiler: { open: "<tg-spoiler>", close: "</tg-spoiler>" },
  },
  codeSpan: () => ({ open: "<code>", close: "</code>" }),
  nestsCode: false,
  link: ({ href, text }) => {
    if (judgeLink(href) !== "safe") return { tail: addressAfter(text, href) };
    return { wrap: { open: `<a href="${escapeAttribute(href)}">`, close: "</a>" } };
  },
  paragraph: {},
  heading: () => ({ style: { bold: true } }),
  codeBlock: (language) => {
    const open = openCode(language);
    if (open === "<pre><code>") return { open: "<pre>", close: "</pre>", flush: true };
    return { open, close: "</code></pre>", flush: true };
  },
  quote: (depth) => {
    if (depth > 0) return { first: "│ ", rest: "│ " };
    return { open: "<blockquote>", close: "</blockquote>" };
  },
  list: () => ({}),
  item: textItem,
  table: "text",
  rule: "———",
  gap: "\n\n",
  tightGap: "\n",
  newline: "\n",
};
