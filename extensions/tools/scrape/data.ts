// What of a page is data: links, tables, what it says about itself, elements by a selector. Pure.
import type { Json } from "@homarus/sdk";
import { absolute, allOf, type HtmlElement, isElement, oneLine, selectAll, textOf, visible } from "@homarus/sdk/html";

/** Elements whose inside is no text for readers. */
const machinery = new Set(["script", "style", "template", "noscript", "svg", "title"]);
const addresses = new Set(["href", "src", "action", "poster", "cite", "data"]);
const most = { text: 2_000, cell: 500, metadata: 60, linkedData: 20_000 } as const;

/** Each address once, with the first words that lead there. */
export function linksOf(root: HtmlElement, from: string): readonly Json[] {
  const base = baseOf(root, from);
  const links = new Map<string, string>();
  for (const link of allOf(visible(root), ({ name }) => name === "a" || name === "area")) {
    const url = absolute(link.attributes.get("href"), base);
    if (!url) continue;
    const text = wordsOf(link) || oneLine(link.attributes.get("aria-label") ?? link.attributes.get("title") ?? "");
    links.set(url, links.get(url) || text.slice(0, most.text));
  }
  return [...links].map(([url, text]) => ({ text, url }));
}

/** Tables with at least two cells in a row; those inside of others stand for themselves. */
export function tablesOf(root: HtmlElement): readonly Json[] {
  return allOf(visible(root), ({ name }) => name === "table").flatMap((table): Json[] => {
    const rows = ownRows(table);
    const [first, ...more] = rows;
    if (!first || !rows.some((cells) => cells.length > 1)) return [];
    const hasHeaders = first.length > 0 && first.every(({ name }) => name === "th");
    const [caption] = table.children.filter(isElement).filter(({ name }) => name === "caption");
    const texts = (cells: readonly HtmlElement[]) => cells.map((cell) => wordsOf(cell).slice(0, most.cell));
    return [
      {
        ...(caption && { caption: wordsOf(caption).slice(0, most.cell) }),
        ...(hasHeaders && { headers: texts(first) }),
        rows: (hasHeaders ? more : rows).map(texts),
      },
    ];
  });
}

/** Rows that belong to this table and to none inside it. */
function ownRows(table: HtmlElement): readonly (readonly HtmlElement[])[] {
  const rows: HtmlElement[][] = [];
  const walk = (element: HtmlElement): void => {
    for (const child of element.children.filter(isElement)) {
      if (child.name === "tr") rows.push(child.children.filter(isElement).filter(({ name }) => /^t[dh]$/.test(name)));
      else if (child.name !== "table") walk(child);
    }
  };
  walk(table);
  return rows;
}

/** What the head says: title, language, `meta` by name or property, the page's own address, feeds, JSON-LD. */
export function metadataOf(root: HtmlElement, from: string): Json {
  const base = baseOf(root, from);
  const [html] = allOf(root, ({ name }) => name === "html");
  const [title] = allOf(root, ({ name }) => name === "title");
  const links = allOf(root, ({ name }) => name === "link");
  const rel = ({ attributes }: HtmlElement, word: string) =>
    (attributes.get("rel") ?? "").toLowerCase().split(/\s+/).includes(word);
  const canonical = absolute(links.find((link) => rel(link, "canonical"))?.attributes.get("href"), base);
  const feeds = links
    .filter((link) => rel(link, "alternate") && /rss|atom|feed\+json/.test(link.attributes.get("type") ?? ""))
    .flatMap(({ attributes }) => absolute(attributes.get("href"), base) ?? []);
  const linkedData = linkedDataOf(root);
  return {
    url: from,
    ...(title && { title: oneLine(textOf(title)).slice(0, most.text) }),
    ...(html?.attributes.get("lang") && { language: oneLine(html.attributes.get("lang") ?? "").slice(0, 35) }),
    ...(canonical && { canonical }),
    ...(feeds.length > 0 && { feeds: [...new Set(feeds)].slice(0, 20) }),
    meta: metaOf(root),
    ...(linkedData.length > 0 && { linkedData }),
  };
}

function metaOf(root: HtmlElement): { readonly [key: string]: Json } {
  const found = new Map<string, string>();
  for (const { attributes } of allOf(root, ({ name }) => name === "meta")) {
    const name = oneLine(attributes.get("property") ?? attributes.get("name") ?? attributes.get("itemprop") ?? "");
    const content = oneLine(attributes.get("content") ?? "");
    const known = found.has(name.toLowerCase());
    if (!name || !content || known || found.size >= most.metadata) continue;
    found.set(name.toLowerCase().slice(0, 100), content.slice(0, most.text));
  }
  return Object.fromEntries(found);
}

function linkedDataOf(root: HtmlElement): readonly Json[] {
  const scripts = allOf(
    root,
    ({ name, attributes }) => name === "script" && /ld\+json/i.test(attributes.get("type") ?? ""),
  );
  let left: number = most.linkedData;
  return scripts.flatMap((script): Json[] => {
    const written = textOf(script);
    if (written.length > left) return [];
    left -= written.length;
    try {
      return [JSON.parse(written) as Json];
    } catch {
      // A page's broken JSON is no data; the rest of what it says still counts.
      return [];
    }
  });
}

/** Text of each element, or one attribute of it; addresses are made whole. */
export function selected(root: HtmlElement, from: string, selector: string, attribute?: string): readonly Json[] {
  const base = baseOf(root, from);
  const elements = selectAll(visible(root), selector);
  if (attribute === undefined) return elements.map((element) => wordsOf(element).slice(0, most.text));
  const name = attribute.toLowerCase();
  return elements.flatMap(({ attributes }) => {
    const value = attributes.get(name);
    if (value === undefined) return [];
    return [(addresses.has(name) ? (absolute(value, base) ?? value) : value).slice(0, most.text)];
  });
}

function baseOf(root: HtmlElement, from: string): string {
  const [base] = allOf(root, ({ name }) => name === "base");
  return absolute(base?.attributes.get("href"), from) ?? from;
}

/** The text in one line; parts that stand under or beside each other do not run together. */
function wordsOf(element: HtmlElement): string {
  return oneLine(spaced(element));
}

function spaced({ name, attributes, children }: HtmlElement): string {
  if (machinery.has(name)) return "";
  if (name === "img") return ` ${attributes.get("alt") ?? ""} `;
  const text = children.map((child) => (typeof child === "string" ? child : spaced(child))).join("");
  return inlineNames.has(name) ? text : ` ${text} `;
}

const inlineNames = new Set([
  ...["a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark"],
  ...["q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"],
]);
