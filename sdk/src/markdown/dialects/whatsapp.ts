// WhatsApp's signs. Source: https://faq.whatsapp.com/539178204879377 (formatting messages).
// No escape for them and no named links: an address stands behind its words.

import type { Dialect } from "../dialect.ts";
import { addressAfter } from "../links.ts";

export const whatsapp: Dialect = {
  name: "whatsapp",
  flanking: "words",
  escape: (text) => text,
  escapeCode: (text) => text.replaceAll("`", "`\u200b"),
  marks: {
    bold: { open: "*", close: "*" },
    italic: { open: "_", close: "_" },
    strike: { open: "~", close: "~" },
  },
  codeSpan: (text) => (text.includes("`") ? undefined : { open: "`", close: "`" }),
  nestsCode: false,
  link: ({ href, text }) => ({ tail: addressAfter(text, href) }),
  paragraph: {},
  heading: () => ({ style: { bold: true } }),
  codeBlock: () => ({ open: "```\n", close: "\n```", flush: true }),
  quote: () => ({ first: "> ", rest: "> " }),
  list: () => ({}),
  item: ({ number, checked }) => {
    const sign = number === undefined ? "- " : `${number}. `;
    const box = checked === undefined ? "" : checked ? "☑ " : "☐ ";
    return { first: sign + box, rest: " ".repeat(sign.length) };
  },
  table: "text",
  rule: "———",
  gap: "\n\n",
  tightGap: "\n",
  newline: "\n",
};
