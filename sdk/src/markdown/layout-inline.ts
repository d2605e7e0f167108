// Spans to pieces: which signs open and close where, and which styles their place does not allow.

import type { Dialect, LinkForm, MarkName, Piece, Wrap } from "./dialect.ts";
import type { Span } from "./document.ts";
import { MARKS, understoodSpans } from "./flanking.ts";
import { addressAfter } from "./links.ts";

type Enclosed = { readonly key: string; readonly wrap: Wrap; readonly mark?: MarkName };

export function layoutSpans(spans: readonly Span[], dialect: Dialect): Piece[] {
  const pieces: Piece[] = [];
  const shown = understoodSpans(
    spans.map((span) => supported(span, dialect)),
    dialect.flanking,
  );
  let open: readonly Enclosed[] = [];
  shown.forEach((span, index) => {
    const link = linkForm(shown, index, dialect);
    const wanted = enclosing(span, link, dialect);
    const kept = open.slice(0, stillWanted(open, wanted));
    const begun = longestFirst(
      wanted.filter(({ key }) => !kept.some((one) => one.key === key)),
      shown,
      index,
    );
    for (let depth = open.length; depth > kept.length; depth--) pieces.push({ type: "close" });
    if (begun[0]?.wrap === link.wrap) guardBang(pieces, link);
    for (const { wrap } of begun) pieces.push({ type: "open", wrap });
    open = [...kept, ...begun];
    pieces.push(...textPieces(span, link, dialect));
    if (span.style.link !== undefined && shown[index + 1]?.style.link !== span.style.link) {
      pieces.push(...tailPieces(span, link));
    }
  });
  for (const _ of open) pieces.push({ type: "close" });
  return pieces;
}

function stillWanted(open: readonly Enclosed[], wanted: readonly Enclosed[]): number {
  const keys = new Set(wanted.map(({ key }) => key));
  const ended = open.findIndex(({ key }) => !keys.has(key));
  return ended === -1 ? open.length : ended;
}

/** Styles that last longer stand outside, so that none must close in the middle of another. */
function longestFirst(begun: readonly Enclosed[], spans: readonly Span[], index: number): readonly Enclosed[] {
  if (begun.length < 2) return begun;
  const lasts = ({ mark }: Enclosed) => {
    if (mark === undefined) return 0;
    let end = index;
    while (spans[end]?.style[mark] === true) end++;
    return end;
  };
  const [link, marks, code] = [
    begun.filter(({ key }) => key.startsWith("link")),
    begun.filter(({ mark }) => mark !== undefined),
    begun.filter(({ key }) => key.startsWith("code")),
  ];
  return [...link, ...marks.toSorted((one, other) => lasts(other) - lasts(one)), ...code];
}

/** Escapes a "!" right before a link, where the two together would be an image. */
function guardBang(pieces: Piece[], link: LinkForm): void {
  const last = pieces.at(-1);
  if (link.bang === undefined || last?.type !== "text" || last.form !== "prose" || !last.text.endsWith("!")) return;
  pieces.pop();
  pieces.push({ ...last, text: last.text.slice(0, -1) }, { type: "text", text: link.bang, form: "raw" });
}

function linkForm(spans: readonly Span[], index: number, dialect: Dialect): LinkForm {
  const span = spans[index];
  const href = span?.style.link;
  if (span === undefined || href === undefined) return {};
  return dialect.link({ href, text: linkText(spans, index), image: span.style.image === true });
}

/** More spans than this in one link are not looked through for its text. */
const LINK_SPANS = 50;

/** A link's whole text, which may be several spans. */
function linkText(spans: readonly Span[], index: number): string {
  const href = spans[index]?.style.link;
  let from = index;
  let to = index;
  while (spans[from - 1]?.style.link === href && index - from < LINK_SPANS) from--;
  while (spans[to]?.style.link === href && to - index < LINK_SPANS) to++;
  return spans
    .slice(from, to)
    .map((span) => span.text)
    .join("");
}

function enclosing(span: Span, link: LinkForm, dialect: Dialect): Enclosed[] {
  const result: Enclosed[] = [];
  if (link.wrap !== undefined) result.push({ key: `link ${span.style.link}`, wrap: link.wrap });
  for (const name of MARKS) {
    const wrap = span.style[name] === true ? dialect.marks[name] : undefined;
    if (wrap !== undefined) result.push({ key: name, wrap, mark: name });
  }
  const code = span.style.code === true ? dialect.codeSpan(span.text) : undefined;
  if (code !== undefined) result.push({ key: `code ${code.open}`, wrap: code });
  return result;
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
