// `||hidden||`, as Discord and Telegram write spoilers and models copy it, found in finished spans.

import type { Span } from "./document.ts";

type Bars = { readonly index: number; readonly at: number };

const OPENING = /\|\|(?=[^\s|]|$)/;

/** Text between two `||` that touch it becomes a spoiler, also across other styles; never in code. */
export function withSpoilers(spans: readonly Span[]): readonly Span[] {
  if (!spans.some((span) => OPENING.test(span.text))) return spans;
  const bars = pairsOf(spans);
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
function pairsOf(spans: readonly Span[]): Map<number, number[]> {
  const found: Bars[] = [];
  spans.forEach((span, index) => {
    if (span.style.code === true) return;
    for (const { index: at } of span.text.matchAll(/\|\|/g)) {
      if (touchesText(spans, { index, at }, found.length % 2 === 0)) found.push({ index, at });
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

/** Opening bars have text behind them, closing ones before them; it may be in the next span. */
function touchesText(spans: readonly Span[], { index, at }: Bars, opening: boolean): boolean {
  const text = spans[index]?.text ?? "";
  const beside = opening ? text[at + 2] : text[at - 1];
  if (beside === undefined) return spans[opening ? index + 1 : index - 1] !== undefined;
  return beside.trim() !== "" && beside !== "|";
}
