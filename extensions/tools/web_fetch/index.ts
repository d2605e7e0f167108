// Fetches a page and hands it over as text. That it is the word of somebody outside is marked by the house.
import { type Activate, Fault, textOutput } from "@homarus/sdk";
import { isHtmlType, openPage, readHtml, titleOf, toMarkdown } from "@homarus/sdk/html";
import type manifest from "./manifest.ts";

const mostCharacters = 40_000;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ url, raw = false, offset = 0 }, call) {
    const page = await openPage(url, call);
    const text = raw || !isHtmlType(page.type) ? page.text : readable(page.text, page.from);
    if (offset > 0 && offset >= text.length)
      throw new Fault(
        "invalid",
        "web_fetch.offset",
        `The text has ${text.length} characters, so there is nothing at ${offset}.`,
      );
    const part = text.slice(offset, offset + mostCharacters).toWellFormed();
    const lines = [
      `[${page.from}, status ${page.status}, ${page.type}]`,
      part || "(no text)",
      ...(offset + part.length < text.length
        ? [`[The text goes on. Read more with offset ${offset + part.length}.]`]
        : []),
      ...(page.isCut ? ["[The page is longer than what was fetched of it.]"] : []),
    ];
    return textOutput(lines.join("\n"), !page.isOk);
  },
  preview({ url }) {
    return `Fetch ${url.replace(/\s+/g, " ").slice(0, 180)}`;
  },
});

function readable(html: string, from: string): string {
  const root = readHtml(html);
  const title = titleOf(root);
  const body = toMarkdown(root, from);
  return title && !body.startsWith(`# ${title}`) ? `Title: ${title}\n\n${body}` : body;
}
