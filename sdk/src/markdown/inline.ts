// Inline Markdown to flat spans, on the inline half of marked's lexer.
// Resolves character references, HTML tags, reference links and `||spoilers||`.

import { Lexer, type Token } from "marked";
import type { Span, Style } from "./document.ts";
import { decodeEntities } from "./entities.ts";
import { isLineBreak, pairTags, styleOfTag } from "./html-tags.ts";
import { inlinePieces, isReadable } from "./inline-guard.ts";
import { withSpoilers } from "./spoilers.ts";

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
  return inner.some((span) => span.text.trim() !== "")
    ? inner
    : [{ text: decodeEntities(href), style: { ...style, link: decodeEntities(href) } }];
}

function image(token: Token, style: Style): Span[] {
  const { href, tokens } = token as { href: string; tokens?: Token[] };
  const address = decodeEntities(href);
  const description = spansOf(tokens ?? [], {})
    .map((span) => span.text)
    .join("");
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
