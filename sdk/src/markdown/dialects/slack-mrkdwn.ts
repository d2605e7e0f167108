// Slack's mrkdwn. Source: https://docs.slack.dev/messaging/formatting-message-text.
// Slack has no escape for its own signs: a `*` in a text stays a `*`. Only & < > are escaped,
// so that no text can mention or link anything by itself.

import type { Dialect } from "../dialect.ts";
import { addressAfter, judgeLink } from "../links.ts";
import { escapeHtml } from "./html.ts";
import { textItem } from "./text-list.ts";

export const slackMrkdwn: Dialect = {
  name: "slack-mrkdwn",
  flanking: "words",
  escape: escapeHtml,
  escapeCode: (text) => escapeHtml(text).replaceAll("`", "`\u200b"),
  marks: {
    bold: { open: "*", close: "*" },
    italic: { open: "_", close: "_" },
    strike: { open: "~", close: "~" },
  },
  codeSpan: (text) => (text.includes("`") ? undefined : { open: "`", close: "`" }),
  nestsCode: false,
  link: ({ href, text }) => {
    if (judgeLink(href) !== "safe") return { tail: addressAfter(text, href) };
    return { wrap: { open: `<${escapeHtml(href).replaceAll("|", "%7C")}|`, close: ">" } };
  },
  paragraph: {},
  heading: () => ({ style: { bold: true } }),
  codeBlock: () => ({ open: "```\n", close: "\n```", flush: true }),
  quote: () => ({ first: "> ", rest: "> " }),
  list: () => ({}),
  item: textItem,
  table: "text",
  rule: "———",
  gap: "\n\n",
  tightGap: "\n",
  newline: "\n",
};
