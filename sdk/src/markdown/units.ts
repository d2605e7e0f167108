// A text in the units it may be cut between: words and spaces, or grapheme clusters, or code points.
// Every look goes a bounded way ahead, so that a text without spaces costs no more than another.

/** How finely a text is taken: coarser is tried first. */
export type Grain = "word" | "grapheme" | "code-point";

export type Unit = {
  readonly end: number;
  readonly kind: "space" | "word" | "part";
  /** A sentence, or in scripts without spaces a clause, may end here. */
  readonly ends: "sentence" | "clause" | undefined;
};

/** A longer word is taken apart at once. In UTF-16 units. */
const LONGEST_WORD = 256;
/** Taken at once of such a word; a chunk may end this much below its limit. */
const LONGEST_BITE = 32;
/** No grapheme cluster of living text is longer; a longer one is taken in such parts. */
const LONGEST_GRAPHEME = 512;

// A space that carries a combining mark is a letter to the reader, hence the look ahead.
const SPACE = /[ \t\u2000-\u2006\u2008-\u200a\u3000]+(?![\p{M}\u200d])/uy;
const WORD =
  /(?:[^ \t\u2000-\u2006\u2008-\u200a\u3000。！？，、；：]|[ \t\u2000-\u2006\u2008-\u200a\u3000](?=[\p{M}\u200d])){0,256}/uy;
const CLAUSE_END = /[。！？，、；：]+(?![\p{M}\u200d])/uy;
const SENTENCE_END = /[.!?…][)\]"'”’»]*$/u;

export type Reading = {
  readonly grain: Grain;
  /** White space counts: it is cut like text and not taken in one. */
  readonly verbatim: boolean;
  readonly segmenter: Intl.Segmenter;
};

/** The unit of `text` that begins at `from`, which must be less than the text's length. */
export function unitAt(text: string, from: number, reading: Reading): Unit {
  const { grain, verbatim } = reading;
  const space = verbatim && grain !== "word" ? from : matchEnd(SPACE, text, from);
  if (space > from) {
    const end = verbatim ? Math.min(space, from + LONGEST_WORD) : space;
    return { end, kind: "space", ends: undefined };
  }
  const word = grain === "word" ? wordAt(text, from) : undefined;
  if (word !== undefined) return word;
  return { end: partEnd(text, from, reading), kind: "part", ends: undefined };
}

function partEnd(text: string, from: number, { grain, segmenter }: Reading): number {
  if (grain === "code-point") return codePointEnd(text, from);
  const bite = grain === "word" ? biteEnd(text, from) : from;
  return bite > from ? bite : graphemeEnd(text, from, segmenter);
}

/** Some of a word without end, in scripts where every sign is a cluster: faster than one by one. */
function biteEnd(text: string, from: number): number {
  let end = from;
  while (end - from < LONGEST_BITE && isWordSign(text.charCodeAt(end))) end++;
  return joins(text.charCodeAt(end)) ? end - 1 : end;
}

function isWordSign(code: number): boolean {
  return code > 0x20 && standsAlone(code);
}

/** A word with the clause's end behind it; undefined where it is too long to be one. */
function wordAt(text: string, from: number): Unit | undefined {
  const word = matchEnd(WORD, text, from);
  if (word - from >= LONGEST_WORD) return undefined;
  const clause = matchEnd(CLAUSE_END, text, word);
  if (clause > word) {
    const full = /[。！？]/.test(text.slice(word, clause));
    return { end: clause, kind: "word", ends: full ? "sentence" : "clause" };
  }
  const sentence = SENTENCE_END.test(text.slice(Math.max(from, word - 4), word));
  return word > from ? { end: word, kind: "word", ends: sentence ? "sentence" : undefined } : undefined;
}

function matchEnd(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function codePointEnd(text: string, from: number): number {
  return from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
}

function graphemeEnd(text: string, from: number, segmenter: Intl.Segmenter): number {
  if (standsAlone(text.charCodeAt(from)) && !joins(text.charCodeAt(from + 1))) return from + 1;
  for (const window of [32, LONGEST_GRAPHEME]) {
    const part = text.slice(from, from + window);
    const length = firstGrapheme(part, segmenter);
    if (length < part.length || from + window >= text.length) return from + length;
  }
  const end = from + LONGEST_GRAPHEME;
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}

function firstGrapheme(text: string, segmenter: Intl.Segmenter): number {
  return segmenter.segment(text).containing(0)?.segment.length ?? text.length;
}

/** Latin letters, and Han and Hangul signs: the scripts in which long rows without spaces are usual. */
function standsAlone(code: number): boolean {
  return (code >= 0x20 && code < 0x300) || (code >= 0x3400 && code < 0xa000) || (code >= 0xac00 && code < 0xd7a4);
}

function joins(code: number): boolean {
  return !(Number.isNaN(code) || code === 0x0a || standsAlone(code));
}
