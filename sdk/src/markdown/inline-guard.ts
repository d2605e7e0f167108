// Keeps the cost of reading inline Markdown near to its length: long texts are read in pieces,
// and pieces whose marks nest without end are shown as they are written.

/** Longest piece read at once, in UTF-16 units. Paragraphs people write are shorter. */
const PIECE = 2500;
/** More nested marks than this is no text somebody meant. */
const DEEPEST = 10;
/** More opening brackets, backticks and such than this in one piece, likewise. */
const MOST_BRACKETS = 600;

/** Cuts a long inline source at line ends, sentence ends or spaces; joined it is the source again. */
export function inlinePieces(source: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (source.length - from > PIECE) {
    const end = from + cutWithin(source.slice(from, from + PIECE));
    pieces.push(source.slice(from, end));
    from = end;
  }
  pieces.push(source.slice(from));
  return pieces;
}

function cutWithin(window: string): number {
  const half = window.length / 2;
  for (const end of ["\n", ". ", " "]) {
    const at = window.lastIndexOf(end);
    if (at >= half) return at + end.length;
  }
  const last = window.charCodeAt(window.length - 1);
  const cutsPair = last >= 0xd800 && last <= 0xdbff;
  return cutsPair ? window.length - 1 : window.length;
}

const MARKS = /[*_~]+/g;

/** Whether a piece may be read as Markdown; otherwise it is plain text. */
export function isReadable(piece: string): boolean {
  if (countOf(piece, "[") + countOf(piece, "<") > MOST_BRACKETS) return false;
  const open = new Map<string, number>();
  let depth = 0;
  for (const match of piece.matchAll(MARKS)) {
    const mark = match[0][0] ?? "*";
    const levels = Math.ceil(match[0].length / 2);
    const closes = isInk(piece[match.index - 1]) && (open.get(mark) ?? 0) > 0;
    const opens = !closes && isInk(piece[match.index + match[0].length]);
    const change = closes ? -Math.min(levels, open.get(mark) ?? 0) : opens ? levels : 0;
    open.set(mark, (open.get(mark) ?? 0) + change);
    depth += change;
    if (depth > DEEPEST) return false;
  }
  return true;
}

function isInk(character: string | undefined): boolean {
  return character !== undefined && character.trim() !== "";
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}
