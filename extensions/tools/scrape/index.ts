// Takes data from a page: JSON for use, or the main text. That it is the word of somebody outside is marked by the house.
import { type Activate, Fault, type Json, textOutput } from "@homarus/sdk";
import { type HtmlElement, isHtmlType, openPage, type Page, readHtml, toMarkdown } from "@homarus/sdk/html";
import { linksOf, metadataOf, selected, tablesOf } from "./data.ts";
import type manifest from "./manifest.ts";

const mostCharacters = 40_000;

interface Wanted {
  readonly what?: "text" | "links" | "tables" | "metadata" | undefined;
  readonly selector?: string | undefined;
  readonly attribute?: string | undefined;
}

export const activate: Activate<typeof manifest> = () => ({
  async execute({ url, offset = 0, ...wanted }, call) {
    checkWanted(wanted);
    const page = await openPage(url, call);
    const head = `[${page.from}, status ${page.status}, ${page.type}]`;
    if (!isHtmlType(page.type))
      throw new Fault("invalid", "scrape.type", `${page.from} is ${page.type} and no HTML page.`, {
        hint: "Read it with web_fetch.",
      });
    const lines = [head, ...answer(page, wanted, offset)];
    if (page.isCut) lines.push("[The page is longer than what was fetched of it.]");
    return textOutput(lines.join("\n"), !page.isOk);
  },
  preview({ url, what = "text", selector }) {
    return `Take ${selector ?? what} from ${url}`.replace(/\s+/g, " ").slice(0, 190);
  },
});

function checkWanted({ what, selector, attribute }: Wanted): void {
  if (attribute !== undefined && selector === undefined)
    throw new Fault("invalid", "scrape.attribute", "An attribute is wanted, and no selector says of which elements.", {
      hint: "Give a selector, such as a[href].",
    });
  if (what !== undefined && selector !== undefined)
    throw new Fault("invalid", "scrape.what", `Both ${what} and a selector are wanted.`, { hint: "Give one of them." });
}

function answer(page: Page, wanted: Wanted, offset: number): readonly string[] {
  const root = readHtml(page.text);
  const { what = "text", selector, attribute } = wanted;
  if (selector === undefined && what === "text") return textPart(toMarkdown(root, page.from), offset);
  if (selector === undefined && what === "metadata") return itemsPart([metadataOf(root, page.from)], 0, "page");
  const items = itemsOf(root, page.from, { what, selector, attribute });
  return itemsPart(items, offset, selector === undefined ? what : "elements");
}

function itemsOf(root: HtmlElement, from: string, { what, selector, attribute }: Wanted): readonly Json[] {
  if (selector !== undefined) return selected(root, from, selector, attribute);
  return what === "links" ? linksOf(root, from) : tablesOf(root);
}

function textPart(text: string, offset: number): readonly string[] {
  checkOffset(offset, text.length, "characters");
  const part = text.slice(offset, offset + mostCharacters).toWellFormed();
  const end = offset + part.length;
  return [part || "(no text)", ...(end < text.length ? [`[The text goes on. Read more with offset ${end}.]`] : [])];
}

/** A JSON array, an item on each line; so many as fit, and one at least. */
function itemsPart(items: readonly Json[], offset: number, name: string): readonly string[] {
  checkOffset(offset, items.length, name);
  const lines: string[] = [];
  let length = 0;
  for (const item of items.slice(offset)) {
    const line = JSON.stringify(item).toWellFormed();
    if (lines.length > 0 && length + line.length > mostCharacters) break;
    lines.push(line.length > mostCharacters ? JSON.stringify(`${line.slice(0, mostCharacters / 2)}…`) : line);
    length += line.length + 2;
  }
  const end = offset + lines.length;
  const rest = end < items.length ? [`[${end} of ${items.length} ${name}. Read more with offset ${end}.]`] : [];
  return [lines.length > 0 ? `[\n${lines.join(",\n")}\n]` : `[]\n[The page has no ${name} of that kind.]`, ...rest];
}

function checkOffset(offset: number, length: number, name: string): void {
  if (offset === 0 || offset < length) return;
  throw new Fault("invalid", "scrape.offset", `There are ${length} ${name}, so there is nothing at ${offset}.`);
}
