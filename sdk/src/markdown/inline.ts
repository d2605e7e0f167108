// Inline Markdown to flat spans, on the inline half of marked's lexer.
// Resolves character references, HTML tags, reference links and `||spoilers||`.

import { Lexer, type Token } from "marked";
import type { Span, Style } from "./document.ts";
import { decodeEntities } from "./entities.ts";
import { isLineBreak, pairTags, styleOfTag } from "./html-tags.ts";
import { inlinePieces, isReadable } from "./inline-guard.ts";

export type ParseInline = (source: string) => readonly Span[];

type Definition = { readonly label: string; readonly href: string };

/** `used` says whether an address given apart was used by a text parsed before. */
export type InlineParser = { readonly parse: ParseInline; readonly used: (href: string) => boolean };

export function createInlineParser(definitions: readonly Definition[]): InlineParser {
  const lexer = new Lexer({ gfm: true });
  for (const { label, href } of definitions) {
    const key = label.toLowerCase().replaceAll(/\s+/g, " ");
    lexer.tokens.links[key] ??= { href, title: null };
  }
  const hrefs = new Set<string>();
  const parse: ParseInline = (source) => {
    if (source === "") return [];
    const spans = inlinePieces(source).flatMap((piece) => parsePiece(lexer, piece));
    for (const { style } of spans) if (style.link !== undefined) hrefs.add(style.link);
    return withSpoilers(joined(spans));
  };
  return { parse, used: (href) => hrefs.has(href) };
}

function parsePiece(lexer: Lexer, piece: string): Span[] {
  if (!isReadable(piece)) return [{ text: decodeEntities(piece), style: {} }];
  return spansOf(lexer.inlineTokens(piece), {});
}

function spansOf(tokens: readonly Token[], style: Style): Span[] {
  const closing = pairTags(tokens.map((token) => (token.type === "html" ? token.raw : undefined)));
  const spans: Span[] = [];
  const open: { end: number; style: Style }[] = [];
  tokens.forEach((token, index) => {
    const inner = open.at(-1)?.style ?? style;
    const end = closing.get(index);
    if (end !== undefined) open.push({ end, style: { ...inner, ...styleOfTag(token.raw) } });
    else if (open.at(-1)?.end === index) open.pop();
    else spans.push(...spansOfToken(token, inner));
  });
  return spans;
}

function spansOfToken(token: Token, style: Style): Span[] {
  switch (token.type) {
    case "strong":
      return spansOf(token.tokens ?? [], { ...style, bold: true });
    case "em":
      return spansOf(token.tokens ?? [], { ...style, italic: true });
    case "del":
      return spansOf(token.tokens ?? [], { ...style, strike: true });
    case "codespan":
      return [{ text: token.text, style: { ...style, code: true } }];
    case "link":
      return linked(token, style);
    case "image":
      return image(token, style);
    case "br":
      return [{ text: "\n", style }];
    case "html":
      return [{ text: isLineBreak(token.raw) ? "\n" : token.raw, style }];
    case "escape":
      return [{ text: token.text, style }];
    default:
      return [{ text: decodeEntities(token.raw), style }];
  }
}

function linked(token: Token, style: Style): Span[] {
  const { href, tokens, autolink, text } = token as { href: string; tokens: Token[]; autolink?: boolean; text: string };
  if (autolink === true) return [{ text, style: { ...style, link: href } }];
  const inner = spansOf(tokens, { ...style, link: decodeEntities(href) });
  return inner.some((span) => span.text.trim() !== "") ? inner : [{ text: decodeEntities(href), style: { ...style, link: decodeEntities(href) } }];
}

function image(token: Token, style: Style): Span[] {
  const { href, tokens } = token as { href: string; tokens?: Token[] };
  const address = decodeEntities(href);
  const description = spansOf(tokens ?? [], {}).map((span) => span.text).join("");
  const { link: _outer, ...plain } = style;
  return [{ text: description.trim() === "" ? address : description, style: { ...plain, link: address, image: true } }];
}

function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last !== undefined && sameStyle(last.style, span.style)) {
      result[result.length - 1] = { text: last.text + span.text, style: last.style };
    } else if (span.text !== "") result.push(span);
  }
  return result;
}

const STYLES = ["bold", "italic", "underline", "strike", "spoiler", "code", "link", "image"] as const;

function sameStyle(one: Style, other: Style): boolean {
  return one === other || STYLES.every((name) => one[name] === other[name]);
}

const SPOILER = /\|\|(?=[^\s|])/;

/** Text between two `||` that touch it becomes a spoiler, also across other styles. */
function withSpoilers(spans: readonly Span[]): readonly Span[] {
  if (!spans.some((span) => SPOILER.test(span.text))) return spans;
  const bars = barsOf(spans);
  if (bars.size === 0) return spans;
  let inside = false;
  const parts: Span[] = [];
  spans.forEach((span, index) => {
    let from = 0;
    for (const at of bars.get(index) ?? []) {
      parts.push(spoilered(span, span.text.slice(from, at), inside));
      inside = !inside;
      from = at + 2;
    }
    parts.push(spoilered(span, span.text.slice(from), inside));
  });
  return parts.filter((part) => part.text !== "");
}

function spoilered(span: Span, text: string, inside: boolean): Span {
  return { text, style: inside ? { ...span.style, spoiler: true } : span.style };
}

/** Where the pairs of bars stand: span index to offsets in it. */
function barsOf(spans: readonly Span[]): Map<number, number[]> {
  const found: { index: number; at: number }[] = [];
  spans.forEach((span, index) => {
    if (span.style.code === true) return;
    for (const match of span.text.matchAll(/\|\|/g)) {
      const opening = found.length % 2 === 0;
      const beside = opening ? span.text[match.index + 2] : span.text[match.index - 1];
      const edge = opening ? index + 1 < spans.length : index > 0;
      if (beside === undefined ? edge : beside.trim() !== "" && beside !== "|") found.push({ index, at: match.index });
    }
  });
  if (found.length % 2 === 1) found.pop();
  const bars = new Map<number, number[]>();
  for (const { index, at } of found) {
    const places = bars.get(index);
    if (places === undefined) bars.set(index, [at]);
    else places.push(at);
  }
  return bars;
}
