// Walks over a page's tree. Its depth is bounded by the reader. Pure.
import type { HtmlElement, HtmlNode } from "./read.ts";

export function isElement(node: HtmlNode): node is HtmlElement {
  return typeof node !== "string";
}

/** The outermost elements that fit. */
export function outermostOf(element: HtmlElement, fits: (element: HtmlElement) => boolean): HtmlElement[] {
  const found: HtmlElement[] = [];
  const walk = ({ children }: HtmlElement): void => {
    for (const child of children) {
      if (typeof child === "string") continue;
      if (fits(child)) found.push(child);
      else walk(child);
    }
  };
  walk(element);
  return found;
}

/** All elements that fit, in the order of the page. */
export function allOf(element: HtmlElement, fits: (element: HtmlElement) => boolean): HtmlElement[] {
  const found: HtmlElement[] = [];
  const walk = ({ children }: HtmlElement): void => {
    for (const child of children) {
      if (typeof child === "string") continue;
      if (fits(child)) found.push(child);
      walk(child);
    }
  };
  walk(element);
  return found;
}

/** All text inside, as it is written; line breaks of the page count. */
export function textOf(element: HtmlElement): string {
  const parts: string[] = [];
  const walk = ({ children }: HtmlElement): void => {
    for (const child of children) {
      if (typeof child === "string") parts.push(child);
      else if (child.name === "br") parts.push("\n");
      else walk(child);
    }
  };
  walk(element);
  return parts.join("");
}

/** An address made whole. Undefined for what leads nowhere: a place on the same page, a script, data written out. */
export function absolute(href: string | undefined, baseUrl: string): string | undefined {
  if (!href || href.startsWith("#") || !URL.canParse(href, baseUrl)) return undefined;
  const url = new URL(href, baseUrl);
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}

/** Text in one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
