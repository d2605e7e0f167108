// Text without any markup: SMS, terminals, notifications, and the text part of other dialects.

import type { Dialect } from "../dialect.ts";
import { addressAfter } from "../links.ts";
import { textItem } from "./text-list.ts";

export const plain: Dialect = {
  name: "plain",
  flanking: "anywhere",
  escape: (text) => text,
  escapeCode: (text) => text,
  marks: {},
  codeSpan: () => undefined,
  nestsCode: true,
  link: ({ href, text }) => ({ tail: addressAfter(text, href) }),
  paragraph: {},
  heading: () => ({}),
  codeBlock: () => ({}),
  quote: () => ({ first: "> ", rest: "> " }),
  list: () => ({}),
  item: textItem,
  table: "text",
  rule: "———",
  gap: "\n\n",
  tightGap: "\n",
  newline: "\n",
};
