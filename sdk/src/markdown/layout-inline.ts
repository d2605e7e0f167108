// Spans to pieces: which signs open and close where, and which styles their place does not allow.

import type { Span, Style } from "./document.ts";
import type { Dialect, Flanking, LinkForm, MarkName, Piece, Wrap } from "./dialect.ts";
import { addressAfter } from "./links.ts";

const MARKS: readonly MarkName[] = ["bold", "italic", "underline", "strike", "spoiler"];

type Enclosed = { readonly key: string; readonly wrap: Wrap };

export function layoutSpans(spans: readonly Span[], dialect: Dialect): Piece[] {
  const pieces: Piece[] = [];
  let open: readonly Enclosed[] = [];
  const shown = allowedStyles(spans.map((span) => supported(span, dialect)), dialect.flanking);
  shown.forEach((span, index) => {
    const link = linkForm(shown, index, dialect);
    const wanted = enclosing(span, link, dialect);
    const kept = sharedStart(open, wanted);
    for (let depth = open.length; depth > kept; depth--) pieces.push({ type: "close" });
    for (const { wrap } of wanted.slice(kept)) pieces.push({ type: "open", wrap });
    open = wanted;
    pieces.push(...textPieces(span, link, dialect));
    if (span.style.link !== undefined && shown[index + 1]?.style.link !== span.style.link) {
      pieces.push(...tailPieces(span, link));
    }
  });
  for (const _ of open) pieces.push({ type: "close" });
  return pieces;
}

function linkForm(spans: readonly Span[], index: number, dialect: Dialect): LinkForm {
  const span = spans[index];
  const href = span?.style.link;
  if (span === undefined || href === undefined) return {};
  return dialect.link({ href, text: linkText(spans, index), image: span.style.image === true });
}

/** A link's whole text, which may be several spans. */
function linkText(spans: readonly Span[], index: number): string {
  const href = spans[index]?.style.link;
  let from = index;
  let to = index;
  while (from > 0 && spans[from - 1]?.style.link === href) from--;
  while (to < spans.length && spans[to]?.style.link === href) to++;
  if (to - from > 50) return "";
  return spans.slice(from, to).map((span) => span.text).join("");
}

function enclosing(span: Span, link: LinkForm, dialect: Dialect): Enclosed[] {
  const result: Enclosed[] = [];
  if (link.wrap !== undefined) result.push({ key: `link ${span.style.link}`, wrap: link.wrap });
  for (const name of MARKS) {
    const wrap = span.style[name] === true ? dialect.marks[name] : undefined;
    if (wrap !== undefined) result.push({ key: name, wrap });
  }
  const code = span.style.code === true ? dialect.codeSpan(span.text) : undefined;
  if (code !== undefined) result.push({ key: `code ${code.open}`, wrap: code });
  return result;
}

function sharedStart(one: readonly Enclosed[], other: readonly Enclosed[]): number {
  let length = 0;
  while (length < one.length && one[length]?.key === other[length]?.key) length++;
  return length;
}

function textPieces(span: Span, link: LinkForm, dialect: Dialect): Piece[] {
  const code = span.style.code === true && dialect.codeSpan(span.text) !== undefined;
  const form = link.raw === true ? "raw" : code ? "code" : "prose";
  return span.text.split("\n").flatMap((text, index): Piece[] => {
    const piece: Piece = { type: "text", text, form };
    return index === 0 ? [piece] : [{ type: "break", text: dialect.newline, strength: "line" }, piece];
  });
}

function tailPieces(span: Span, link: LinkForm): Piece[] {
  if (link.tail !== undefined) return [{ type: "text", text: link.tail, form: "prose" }];
  if (link.wrap === undefined || span.style.link === undefined) return [];
  return [{ type: "instead", text: addressAfter(span.text, span.style.link), wrap: link.wrap }];
}

/** Leaves out what the dialect cannot combine: code within links, styles within code. */
function supported(span: Span, dialect: Dialect): Span {
  const { style } = span;
  if (dialect.nestsCode || style.code !== true) return span;
  if (style.link === undefined) return { text: span.text, style: { code: true } };
  const { code: _code, ...rest } = style;
  return { text: span.text, style: rest };
}

/** Leaves out the styles whose signs would not be understood where they stand. */
function allowedStyles(spans: readonly Span[], flanking: Flanking): Span[] {
  const result = [...spans];
  if (flanking === "anywhere") return result;
  for (const name of [...MARKS, "code"] as const) {
    if (name === "code" && flanking === "commonmark") continue;
    for (let from = 0; from < result.length; from++) {
      if (result[from]?.style[name] !== true) continue;
      let to = from;
      while (result[to]?.style[name] === true) to++;
      if (!isUnderstood(result, { from, to, name, flanking })) strip(result, { from, to, name });
      from = to;
    }
  }
  return result;
}

type Run = { readonly from: number; readonly to: number; readonly name: MarkName | "code" };

function strip(spans: Span[], { from, to, name }: Run): void {
  for (let index = from; index < to; index++) {
    const span = spans[index];
    if (span === undefined) continue;
    const { [name]: _left, ...style } = span.style;
    spans[index] = { text: span.text, style: style as Style };
  }
}

const WORD = /[\p{L}\p{N}\p{M}_]/u;

function isUnderstood(spans: readonly Span[], run: Run & { readonly flanking: Flanking }): boolean {
  const first = spans[run.from]?.text ?? "";
  const last = spans[run.to - 1]?.text ?? "";
  const before = edge(spans[run.from - 1]?.text ?? "", "end");
  const after = edge(spans[run.to]?.text ?? "", "start");
  const inkFirst = edge(first.trimStart(), "start");
  const inkLast = edge(last.trimEnd(), "end");
  if (inkFirst === "" || inkLast === "" || /\n\s*\n/.test(first)) return false;
  const openFree = first !== first.trimStart() || isFree(before);
  const closeFree = last !== last.trimEnd() || isFree(after);
  const touches = before.trim() !== "" && first === first.trimStart();
  if (touches && endsMark(spans[run.from - 1], spans[run.from])) return false;
  if (openFree && closeFree) return true;
  const touchesMarks = hasMarks(spans[run.from - 1]) || hasMarks(spans[run.to]) || run.to - run.from > 1;
  if (run.flanking === "words" || touchesMarks || markCount(spans[run.from]) > 1) return false;
  return WORD.test(inkFirst) && WORD.test(inkLast);
}

/** Whether signs close between two spans: signs that open right behind them would be read as one row. */
function endsMark(before: Span | undefined, here: Span | undefined): boolean {
  return MARKS.some((name) => before?.style[name] === true && here?.style[name] !== true);
}

/** Nothing, white space or punctuation: signs beside it are always understood. */
function isFree(character: string): boolean {
  return character.trim() === "" || /[([{"'—–,;:.!?)\]}/]/.test(character);
}

function edge(text: string, side: "start" | "end"): string {
  if (side === "start") return String.fromCodePoint(text.codePointAt(0) ?? 32).slice(0, text.length);
  const last = text.length - 1;
  const pair = last > 0 && /[\udc00-\udfff]/.test(text[last] ?? "") ? last - 1 : last;
  return text.slice(Math.max(0, pair));
}

function markCount(span: Span | undefined): number {
  if (span === undefined) return 0;
  const { image: _image, ...style } = span.style;
  return Object.keys(style).length;
}

function hasMarks(span: Span | undefined): boolean {
  return markCount(span) > 0;
}
