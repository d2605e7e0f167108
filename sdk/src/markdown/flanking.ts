// Where signs like `**` are understood, and which styles must be left out because theirs would not be.
// A style lost shows as plain text; signs misread would show as stars, or swallow words.

import type { Flanking, MarkName } from "./dialect.ts";
import type { Span, Style } from "./document.ts";

export const MARKS: readonly MarkName[] = ["bold", "italic", "underline", "strike", "spoiler"];

/** Spans `from` up to but not including `to` all have the style `name`. */
type Run = { readonly from: number; readonly to: number; readonly name: MarkName | "code" };

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const PUNCTUATION = /[([{"'—–,;:.!?)\]}/]/;

/** Leaves out the styles whose signs would not be understood where they stand (CommonMark 6.2). */
export function understoodSpans(spans: readonly Span[], flanking: Flanking): readonly Span[] {
  if (flanking === "anywhere") return spans;
  const result = [...spans];
  const names = flanking === "words" ? ([...MARKS, "code"] as const) : MARKS;
  for (const name of names) {
    for (const run of runsOf(result, name)) {
      if (!isUnderstood(result, run, flanking)) strip(result, run);
    }
  }
  return result;
}

function runsOf(spans: readonly Span[], name: Run["name"]): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < spans.length; from++) {
    if (spans[from]?.style[name] !== true) continue;
    let to = from;
    while (spans[to]?.style[name] === true) to++;
    runs.push({ from, to, name });
    from = to;
  }
  return runs;
}

function strip(spans: Span[], { from, to, name }: Run): void {
  for (let index = from; index < to; index++) {
    const span = spans[index];
    if (span === undefined) continue;
    const { [name]: _left, ...style } = span.style;
    spans[index] = { text: span.text, style: style as Style };
  }
}

function isUnderstood(spans: readonly Span[], run: Run, flanking: Flanking): boolean {
  const first = spans[run.from];
  const last = spans[run.to - 1];
  if (first === undefined || last === undefined) return false;
  const start = firstCharacter(first.text.trimStart());
  const end = lastCharacter(last.text.trimEnd());
  if (start === "" || end === "") return false;
  const before = isBlankStart(first.text) ? "" : lastCharacter(spans[run.from - 1]?.text ?? "");
  const after = isBlankStart(last.text.at(-1) ?? "") ? "" : firstCharacter(spans[run.to]?.text ?? "");
  if (before.trim() !== "" && endsMark(spans[run.from - 1], first)) return false;
  if (isFree(before) && isFree(after)) return true;
  return flanking === "commonmark" && isAlone(spans, run) && WORD.test(start) && WORD.test(end);
}

function isBlankStart(text: string): boolean {
  return text !== text.trimStart();
}

/** White space, nothing or punctuation: signs beside it are always understood. */
function isFree(character: string): boolean {
  return character.trim() === "" || PUNCTUATION.test(character);
}

/** Signs within a word are only safe where no others touch them. */
function isAlone(spans: readonly Span[], { from, to }: Run): boolean {
  const around = [spans[from - 1], spans[to]].every((span) => styleCount(span) === 0);
  return around && to - from === 1 && styleCount(spans[from]) === 1;
}

function styleCount(span: Span | undefined): number {
  return span === undefined ? 0 : Object.keys(span.style).filter((name) => name !== "image").length;
}

/** Whether signs close between two spans: those that open right behind would be read as one row with them. */
function endsMark(before: Span | undefined, here: Span): boolean {
  return MARKS.some((name) => before?.style[name] === true && here.style[name] !== true);
}

function firstCharacter(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function lastCharacter(text: string): string {
  const pair = /[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(-2));
  return text.slice(pair ? -2 : -1);
}
