// Writes a page's tree as Markdown for reading: headings, lists, links, tables, code. Pure.
import { isEnough, mainParts } from "./main-text.ts";
import type { HtmlElement, HtmlNode } from "./read.ts";
import { absolute, isElement, oneLine, outermostOf, textOf } from "./tree.ts";

interface Context {
  readonly baseUrl: string;
  /** Quotes and lists around. Each sets its text in once more, so that deep ones would grow without bound. */
  readonly setIn: number;
}

const mostSetIn = 12;

const blocks = new Set([
  "address",
  "article",
  "aside",
  "blockquote",
  "body",
  "center",
  "dd",
  "details",
  "div",
  "dl",
  "dt",
  "fieldset",
  "figcaption",
  "figure",
  "footer",
  "form",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "header",
  "hr",
  "html",
  "legend",
  "li",
  "main",
  "menu",
  "nav",
  "ol",
  "p",
  "pre",
  "section",
  "summary",
  "table",
  "tbody",
  "td",
  "tfoot",
  "th",
  "thead",
  "tr",
  "ul",
]);
/** The main text of a page; the whole of it where no main text stands out. What is hidden is never in it. */
export function toMarkdown(root: HtmlElement, baseUrl: string): string {
  let text = "";
  for (const nodes of mainParts(root)) {
    text = join(blocksOf(nodes, { baseUrl, setIn: 0 }));
    if (isEnough(text)) return text;
  }
  return text;
}

export function titleOf(root: HtmlElement): string | undefined {
  const [title] = outermostOf(root, ({ name }) => name === "title");
  return (title && oneLine(textOf(title))) || undefined;
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Runs of text between blocks become paragraphs. */
function blocksOf(nodes: readonly HtmlNode[], context: Context): string[] {
  const written: string[] = [];
  let run: HtmlNode[] = [];
  const endRun = (): void => {
    const text = tidy(inline(run, context));
    if (text) written.push(text);
    run = [];
  };
  for (const node of nodes) {
    if (typeof node === "string" || !holdsBlock(node)) {
      run.push(node);
      continue;
    }
    endRun();
    written.push(...blockOf(node, context));
  }
  endRun();
  return written;
}

/** A link around blocks stays a link. */
function holdsBlock(node: HtmlElement): boolean {
  if (node.name === "a") return false;
  return blocks.has(node.name) || node.children.some((child) => typeof child !== "string" && blocks.has(child.name));
}

function blockOf(element: HtmlElement, context: Context): string[] {
  const { name, children } = element;
  if (/^h[1-6]$/.test(name)) {
    const text = tidy(inline(children, context)).replace(/\n/g, " ");
    return text ? [`${"#".repeat(Number(name[1]))} ${text}`] : [];
  }
  if (name === "hr") return ["---"];
  if (name === "pre") return [fenced(textOf(element))];
  if (name === "table") return tableOf(element, context);
  const inner = { ...context, setIn: context.setIn + 1 };
  if (inner.setIn <= mostSetIn) {
    if (name === "ul" || name === "ol" || name === "menu") return [listOf(element, inner)];
    if (name === "blockquote") return [indent(join(blocksOf(children, inner)), "> ")];
  }
  if (name === "dt") return blocksOf(children, context).map((text) => `**${text}**`);
  return blocksOf(children, context);
}

function fenced(text: string): string {
  const fence = "`".repeat(Math.max(3, ...Array.from(text.matchAll(/`{3,}/g), (match) => match[0].length + 1)));
  return `${fence}\n${text.replace(/^\n+/, "").trimEnd()}\n${fence}`;
}

function indent(text: string, by: string): string {
  return text
    ? text
        .split("\n")
        .map((line) => `${by}${line}`.trimEnd())
        .join("\n")
    : "";
}

function listOf(list: HtmlElement, context: Context): string {
  return list.children
    .filter(isElement)
    .map((item) => blocksOf(item.children, context).join("\n"))
    .filter((text) => text !== "")
    .map((text, index) => {
      const mark = list.name === "ol" ? `${index + 1}. ` : "- ";
      return mark + indent(text, " ".repeat(mark.length)).trimStart();
    })
    .join("\n");
}

/** A table that only lays out the page, with blocks in its cells, is written as blocks. */
function tableOf(table: HtmlElement, context: Context): string[] {
  const rows = outermostOf(table, ({ name }) => name === "tr").map((row) =>
    row.children.filter(
      (child): child is HtmlElement => typeof child !== "string" && (child.name === "td" || child.name === "th"),
    ),
  );
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  if (
    width < 2 ||
    rows
      .flat()
      .some((cell) =>
        cell.children.some((child) => typeof child !== "string" && holdsBlock(child) && child.name !== "p"),
      )
  ) {
    return rows.flat().flatMap((cell) => blocksOf(cell.children, context));
  }
  const lines = rows.map((cells) => {
    const texts = cells.map((cell) => tidy(inline(cell.children, context)).replace(/\n/g, " ").replaceAll("|", "\\|"));
    return `| ${[...texts, ...Array<string>(width - texts.length).fill("")].join(" | ")} |`;
  });
  return [[lines[0], `|${" --- |".repeat(width)}`, ...lines.slice(1)].join("\n")];
}

function inline(nodes: readonly HtmlNode[], context: Context): string {
  return nodes
    .map((node) => (typeof node === "string" ? node.replace(/[ \t\r\n\f]+/g, " ") : inlineOf(node, context)))
    .join("");
}

function inlineOf(element: HtmlElement, context: Context): string {
  const { name, attributes, children } = element;
  if (name === "br") return "\n";
  if (name === "img") return imageOf(attributes, context);
  const text = inline(children, context);
  if (name === "a") return linkOf(text, attributes, context);
  if (name === "b" || name === "strong") return marked(text, "**");
  if (name === "i" || name === "em") return marked(text, "*");
  if (name === "code" || name === "kbd" || name === "samp") return marked(text, text.includes("`") ? "``" : "`");
  if (blocks.has(name)) return `${text}\n`;
  return text;
}

/** Marks stand close to the words; the spaces stay outside of them. */
function marked(text: string, mark: string): string {
  const inside = text.trim();
  return inside ? text.replace(inside, () => `${mark}${inside}${mark}`) : text;
}

function linkOf(text: string, attributes: ReadonlyMap<string, string>, context: Context): string {
  const shown = tidy(text).replace(/\n/g, " ");
  const url = linked(attributes.get("href"), context);
  if (!shown || !url || url === shown) return shown || "";
  return `${/^\s/.test(text) ? " " : ""}[${shown}](${url})${/\s$/.test(text) ? " " : ""}`;
}

function imageOf(attributes: ReadonlyMap<string, string>, context: Context): string {
  const text = (attributes.get("alt") ?? "").replace(/\s+/g, " ").trim();
  const url = linked(attributes.get("src"), context);
  return text && url ? `![${text}](${url})` : "";
}

/** Brackets would end a link too early. */
function linked(href: string | undefined, { baseUrl }: Context): string | undefined {
  return absolute(href, baseUrl)?.replaceAll("(", "%28").replaceAll(")", "%29");
}

function tidy(text: string): string {
  return text
    .replace(/\u00a0/g, " ")
    .split("\n")
    .map((line) => line.replace(/ {2,}/g, " ").trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
