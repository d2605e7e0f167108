// Markdown of an answer as safe DOM: parsed by marked, cleaned by DOMPurify, then given what the page adds: links that
// open beside the page, code that can be copied, tables that scroll by themselves. Pictures from elsewhere are links,
// since the page loads nothing from outside.
import DOMPurify, { type Config } from "dompurify";
import { Marked, Parser, type Token, type Tokens } from "marked";

/** Markup that models like to write and that can do no harm; all other is shown as the text it is. */
const plainTags: ReadonlySet<string> = new Set(
  ["b", "br", "del", "em", "i", "kbd", "mark", "q", "s", "small", "strong", "sub", "sup", "u"].flatMap((name) => [
    `<${name}>`,
    `<${name}/>`,
    `<${name} />`,
    `</${name}>`,
  ]),
);

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    heading({ tokens, depth }) {
      // The page itself has the first two levels.
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    image({ href, text }) {
      return `<a href="${escaped(href)}">${escaped(text || href)}</a>`;
    },
    html({ text, block }) {
      const shown = text.replace(/<\/?\w+\s*\/?>|[&<>"]/g, (part) => (plainTags.has(part) ? part : escaped(part)));
      return block ? `<p>${shown}</p>` : shown;
    },
    checkbox({ checked }) {
      return checked ? "☑ " : "☐ ";
    },
  },
});

const allowed: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    ...["p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "a"],
    ...["strong", "b", "em", "i", "del", "s", "u", "sub", "sup", "kbd", "mark", "small", "abbr", "q"],
    ...["table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"],
  ],
  ALLOWED_ATTR: ["href", "title", "start", "align", "class"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  RETURN_DOM_FRAGMENT: true,
};

/** Blocks of a text, in order. Each has its source in `raw`: what did not change need not be drawn again. */
export function blocksOf(text: string): Token[] {
  return marked.lexer(text).filter((token) => token.type !== "space" && token.type !== "def");
}

export function renderBlock(token: Token): DocumentFragment {
  const fragment = cleanBlock(token);
  for (const link of fragment.querySelectorAll("a")) openBeside(link);
  for (const code of fragment.querySelectorAll<HTMLElement>("pre")) makeCopyable(code, languageOf(token));
  for (const table of fragment.querySelectorAll("table")) makeScrollable(table);
  return fragment;
}

/** The words of a text without its marks, to be read aloud. */
export function wordsOf(text: string): string {
  return blocksOf(text)
    .map((token) => cleanBlock(token).textContent?.trim() ?? "")
    .join("\n");
}

function cleanBlock(token: Token): DocumentFragment {
  return DOMPurify.sanitize(Parser.parse([token], marked.defaults), allowed);
}

function openBeside(link: HTMLAnchorElement): void {
  if (!link.hasAttribute("href")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function languageOf(token: Token): string {
  return token.type === "code" ? (((token as Tokens.Code).lang ?? "").split(/\s/)[0] ?? "") : "";
}

function makeCopyable(code: HTMLElement, language: string): void {
  const frame = document.createElement("div");
  frame.className = "code";
  const head = document.createElement("div");
  head.className = "code-head";
  const name = document.createElement("span");
  name.textContent = language || "text";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy this code");
  head.append(name, button);
  code.replaceWith(frame);
  // Long lines scroll, and whoever has no mouse scrolls too.
  code.tabIndex = 0;
  frame.append(head, code);
}

function makeScrollable(table: HTMLTableElement): void {
  const frame = document.createElement("div");
  frame.className = "table";
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
