// HTML tags inside Markdown: which give a style, which vanish, which are shown as text.
// Only tags whose partner stands beside them count, so that a text about "<b>" keeps its words.

import { decodeEntities } from "./entities.ts";
import type { Style } from "./document.ts";

/** What happens to the text between two tags; undefined keeps the tags as text. */
type Effect = (tag: string) => Style;

const EFFECTS: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ...(["b", "strong"].map((name) => [name, () => ({ bold: true })]) as [string, Effect][]),
  ...(["i", "em", "cite"].map((name) => [name, () => ({ italic: true })]) as [string, Effect][]),
  ...(["u", "ins"].map((name) => [name, () => ({ underline: true })]) as [string, Effect][]),
  ...(["s", "strike", "del"].map((name) => [name, () => ({ strike: true })]) as [string, Effect][]),
  ...(["code", "kbd", "samp", "tt"].map((name) => [name, () => ({ code: true })]) as [string, Effect][]),
  ...(["tg-spoiler", "spoiler"].map((name) => [name, () => ({ spoiler: true })]) as [string, Effect][]),
  ...(["sub", "sup", "small", "span", "font", "mark", "div", "p", "center", "details", "abbr"].map((name) => [
    name,
    () => ({}),
  ]) as [string, Effect][]),
  ["summary", () => ({ bold: true })],
  ["a", linkOf],
]);

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

/** The style of an opening tag that we know. */
export function styleOfTag(source: string): Style | undefined {
  const tag = tagOf(source);
  return tag === undefined ? undefined : EFFECTS.get(tag.name)?.(source);
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
  const open: { name: string; index: number }[] = [];
  const waiting = new Map<string, number>();
  sources.forEach((source, index) => {
    const tag = source === undefined ? undefined : tagOf(source);
    if (tag === undefined || !EFFECTS.has(tag.name)) return;
    if (!tag.closes) {
      open.push({ name: tag.name, index });
      waiting.set(tag.name, (waiting.get(tag.name) ?? 0) + 1);
      return;
    }
    if ((waiting.get(tag.name) ?? 0) === 0) return;
    for (let top = open.pop(); top !== undefined; top = open.pop()) {
      waiting.set(top.name, (waiting.get(top.name) ?? 1) - 1);
      if (top.name !== tag.name) continue;
      pairs.set(top.index, index);
      return;
    }
  });
  return pairs;
}
