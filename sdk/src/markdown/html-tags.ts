// HTML tags inside Markdown: which give a style, which vanish, which are shown as text.
// Only tags whose partner stands beside them count, so that a text about "<b>" keeps its words.

import type { Style } from "./document.ts";
import { decodeEntities } from "./entities.ts";

const STYLES: Readonly<Record<string, Style>> = {
  b: { bold: true },
  strong: { bold: true },
  summary: { bold: true },
  i: { italic: true },
  em: { italic: true },
  cite: { italic: true },
  u: { underline: true },
  ins: { underline: true },
  s: { strike: true },
  strike: { strike: true },
  del: { strike: true },
  code: { code: true },
  kbd: { code: true },
  samp: { code: true },
  tt: { code: true },
  "tg-spoiler": { spoiler: true },
  spoiler: { spoiler: true },
};

/** Tags that vanish and leave their text as it is; "a" gives it its link. */
const BARE = new Set(["a", "sub", "sup", "small", "span", "font", "mark", "div", "p", "center", "details", "abbr"]);

const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])/;
const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

export type Tag = { readonly name: string; readonly closes: boolean };

export function tagOf(source: string): Tag | undefined {
  const match = TAG.exec(source);
  if (match === null) return undefined;
  return { name: (match[2] ?? "").toLowerCase(), closes: match[1] === "/" };
}

export function isLineBreak(source: string): boolean {
  return tagOf(source)?.name === "br";
}

/** The style an opening tag gives; undefined where it gives none. */
export function styleOfTag(source: string): Style | undefined {
  const tag = tagOf(source);
  if (tag === undefined) return undefined;
  return tag.name === "a" ? linkOf(source) : STYLES[tag.name];
}

function linkOf(tag: string): Style {
  const match = HREF.exec(tag);
  const href = match?.[1] ?? match?.[2] ?? match?.[3];
  return href === undefined ? {} : { link: decodeEntities(href) };
}

/**
 * Pairs known opening tags with their closing ones among siblings, innermost first.
 * `sources` has undefined where the sibling is no tag. Returns opening index to closing index.
 */
export function pairTags(sources: readonly (string | undefined)[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: { readonly name: string; readonly index: number }[] = [];
  const waiting = new Map<string, number>();
  sources.forEach((source, index) => {
    const tag = source === undefined ? undefined : tagOf(source);
    if (tag === undefined || !isKnown(tag.name)) return;
    const count = waiting.get(tag.name) ?? 0;
    if (!tag.closes) {
      open.push({ name: tag.name, index });
      waiting.set(tag.name, count + 1);
    } else if (count > 0) pairs.set(popTo(tag.name, { open, waiting }), index);
  });
  return pairs;
}

function isKnown(name: string): boolean {
  return BARE.has(name) || Object.hasOwn(STYLES, name);
}

type Opened = {
  readonly open: { readonly name: string; readonly index: number }[];
  readonly waiting: Map<string, number>;
};

/** Forgets what was opened inside the last `name`, and it; gives its index. */
function popTo(name: string, { open, waiting }: Opened): number {
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    waiting.set(top.name, (waiting.get(top.name) ?? 1) - 1);
    if (top.name === name) return top.index;
  }
  return -1;
}
