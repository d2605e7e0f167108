// Reads HTML into a small tree, as forgiving as a browser where that is cheap. Work grows with the length of the page
// and never faster. It is for reading a page, not for showing one: nothing of it may be given to a browser. Pure.
import { decodeEntities } from "./entities.ts";

export type HtmlNode = string | HtmlElement;

export interface HtmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: HtmlNode[];
}

const empty = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "param",
  "source",
  "track",
  "wbr",
]);
/** Elements whose inside is text and no markup. */
const textOnly = new Set(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"]);
/** Opening one of these ends an open one of those, unless an element of the third list stands between. */
const ends: Readonly<Record<string, readonly [ended: readonly string[], within: readonly string[]]>> = {
  li: [["li"], ["ul", "ol", "menu"]],
  dt: [["dt", "dd"], ["dl"]],
  dd: [["dt", "dd"], ["dl"]],
  tr: [["tr"], ["table"]],
  td: [
    ["td", "th"],
    ["tr", "table"],
  ],
  th: [
    ["td", "th"],
    ["tr", "table"],
  ],
  option: [["option"], ["select"]],
};
const endsParagraph = new Set([
  "address",
  "article",
  "aside",
  "blockquote",
  "details",
  "div",
  "dl",
  "fieldset",
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
  "main",
  "nav",
  "ol",
  "p",
  "pre",
  "section",
  "table",
  "ul",
]);
/** Deeper elements stand beside each other: no page for people is that deep. */
const deepest = 200;
/** Of the tags behind these only the text between them is read. */
const mostElements = 200_000;

export function readHtml(html: string): HtmlElement {
  const root: HtmlElement = { name: "#root", attributes: new Map(), children: [] };
  const open: HtmlElement[] = [root];
  let elements = 0;
  for (const token of tokensOf(html)) {
    if (token.type === "open" && ++elements > mostElements) continue;
    if (token.type === "text") open.at(-1)?.children.push(token.text);
    else if (token.type === "close") close(open, [token.name], []);
    else place(open, token);
  }
  return root;
}

function place(open: HtmlElement[], { name, attributes, text }: OpenToken): void {
  const [ended, within] = ends[name] ?? [[], []];
  if (ended.length > 0) close(open, ended, within);
  if (endsParagraph.has(name)) close(open, ["p"], ["table", "td", "th", "li", "blockquote", "div", "section"]);
  const element: HtmlElement = { name, attributes, children: text === undefined ? [] : [text] };
  open.at(-1)?.children.push(element);
  if (!empty.has(name) && text === undefined && open.length < deepest) open.push(element);
}

/** Ends the innermost open element of these names, and what is open inside it. */
function close(open: HtmlElement[], names: readonly string[], within: readonly string[]): void {
  for (let at = open.length - 1; at > 0; at--) {
    const name = open[at]?.name ?? "";
    if (names.includes(name)) return void open.splice(at);
    if (within.includes(name)) return;
  }
}

interface OpenToken {
  readonly type: "open";
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The inside of an element that holds text only. */
  readonly text?: string;
}

type Token =
  | OpenToken
  | { readonly type: "close"; readonly name: string }
  | { readonly type: "text"; readonly text: string };

function* tokensOf(html: string): Generator<Token, void> {
  for (let at = 0; at < html.length; ) {
    const bracket = html.indexOf("<", at);
    const textEnd = bracket < 0 ? html.length : bracket;
    if (textEnd > at) yield { type: "text", text: decodeEntities(html.slice(at, textEnd)) };
    if (bracket < 0) return;
    const { token, end } = tagAt(html, bracket);
    if (token) yield token;
    at = end;
  }
}

/** What begins at a bracket, and where it ends. */
function tagAt(html: string, bracket: number): { readonly token?: Token; readonly end: number } {
  const isClosing = html[bracket + 1] === "/";
  const pattern = /[a-z][^\s/>]*/iy;
  pattern.lastIndex = bracket + (isClosing ? 2 : 1);
  const name = pattern.exec(html)?.[0].toLowerCase();
  if (name === undefined) {
    const end = afterOther(html, bracket);
    return end === bracket + 1 ? { token: { type: "text", text: "<" }, end } : { end };
  }
  if (isClosing) return { token: { type: "close", name }, end: after(html, ">", pattern.lastIndex) };
  const { attributes, end } = readAttributes(html, pattern.lastIndex);
  if (!textOnly.has(name)) return { token: { type: "open", name, attributes }, end };
  const inside = insideOf(html, name, end);
  return { token: { type: "open", name, attributes, text: inside.text }, end: inside.end };
}

/** Behind a comment, a doctype or the like; a bracket that begins none of these is text. */
function afterOther(html: string, bracket: number): number {
  if (html.startsWith("<!--", bracket)) return after(html, "-->", bracket + 4);
  return /[!?/]/.test(html[bracket + 1] ?? "") ? after(html, ">", bracket + 1) : bracket + 1;
}

function after(html: string, text: string, from: number): number {
  const found = html.indexOf(text, from);
  return found < 0 ? html.length : found + text.length;
}

function insideOf(html: string, name: string, from: number): { readonly text: string; readonly end: number } {
  const closing = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  closing.lastIndex = from;
  const found = closing.exec(html)?.index ?? html.length;
  return { text: decodeEntities(html.slice(from, found)), end: after(html, ">", found) };
}

function readAttributes(
  html: string,
  from: number,
): { readonly attributes: ReadonlyMap<string, string>; readonly end: number } {
  const attributes = new Map<string, string>();
  const next = /[\s/]*(?:(>)|([^\s=>/][^\s=>/]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|=)/y;
  next.lastIndex = from;
  for (let found = next.exec(html); found; found = next.exec(html)) {
    const [, end, name, double, single, bare] = found;
    if (end) return { attributes, end: next.lastIndex };
    if (name && !attributes.has(name.toLowerCase()))
      attributes.set(name.toLowerCase(), decodeEntities(double ?? single ?? bare ?? ""));
  }
  return { attributes, end: html.length };
}
