// What a single line of Markdown can begin: the recognisers of the block parser.
// Every one looks at the line once, so that no line can cost more than its length.

export type Marker = {
  /** Columns before the marker. */
  readonly indent: number;
  /** Columns up to the item's own text: lines indented so far belong to the item. */
  readonly content: number;
  /** "-", "*", "+", "." or ")": a list goes on only with its own kind. */
  readonly kind: string;
  readonly number?: number;
  readonly text: string;
};

export type Fence = { readonly mark: string; readonly indent: number; readonly info: string };

const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const HEADING = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
const MARKER = /^( *)([-*+]|(\d{1,9})([.)]))(?=[ \t]|$)( *)/;
const QUOTE = /^ {0,3}> ?/;
const UNDERLINE = /^ {0,3}(?:(=+)|-+)[ \t]*$/;

export function isBlank(line: string): boolean {
  return line.trim() === "";
}

export function indentOf(line: string): number {
  let column = 0;
  while (line[column] === " ") column++;
  return column;
}

/** Tabs before the first character become spaces, in columns of four (CommonMark 2.2). */
export function expandIndent(line: string): string {
  if (!/^ *\t/.test(line)) return line;
  let column = 0;
  let at = 0;
  for (; line[at] === " " || line[at] === "\t"; at++) column += line[at] === "\t" ? 4 - (column % 4) : 1;
  return " ".repeat(column) + line.slice(at);
}

export function fenceOf(line: string): Fence | undefined {
  const match = FENCE.exec(line);
  if (match === null) return undefined;
  return { indent: match[1]?.length ?? 0, mark: match[2] ?? "", info: (match[3] ?? "").trim() };
}

export function closesFence(line: string, fence: Fence): boolean {
  const text = line.trim();
  const closing = text.length >= fence.mark.length && indentOf(line) < 4;
  return closing && text === (fence.mark[0] ?? "").repeat(text.length);
}

export function isRule(line: string): boolean {
  return RULE.test(line);
}

export function headingOf(line: string): { level: number; text: string } | undefined {
  const match = HEADING.exec(line);
  if (match === null) return undefined;
  return { level: match[1]?.length ?? 1, text: withoutClosing(line.slice(match[0].length).trim()) };
}

function withoutClosing(text: string): string {
  let end = text.length;
  while (text[end - 1] === "#") end--;
  const closing = end === 0 || text[end - 1] === " " || text[end - 1] === "\t";
  return closing ? text.slice(0, end).trimEnd() : text;
}

/** 1 under "===", 2 under "---", undefined where the line is no underline. */
export function underlineLevel(line: string): 1 | 2 | undefined {
  const match = UNDERLINE.exec(line);
  if (match === null) return undefined;
  return match[1] === undefined ? 2 : 1;
}

export function quotedPart(line: string): string | undefined {
  const match = QUOTE.exec(line);
  return match === null ? undefined : expandIndent(line.slice(match[0].length));
}

export function markerOf(line: string): Marker | undefined {
  const match = MARKER.exec(line);
  if (match === null || isRule(line)) return undefined;
  const indent = match[1]?.length ?? 0;
  const width = match[2]?.length ?? 1;
  const after = expandIndent(line.slice(indent + width));
  const gap = indentOf(after);
  const blank = isBlank(after);
  const used = blank || gap > 4 ? 1 : gap;
  return {
    indent,
    content: indent + width + used,
    kind: match[4] ?? match[2] ?? "-",
    ...(match[3] === undefined ? {} : { number: Number(match[3]) }),
    text: blank ? "" : after.slice(used),
  };
}

/** Whether a line ends the paragraph above it without a blank line between. */
export function interruptsParagraph(line: string): boolean {
  if (indentOf(line) > 3) return false;
  if (quotedPart(line) !== undefined || headingOf(line) !== undefined) return true;
  if (fenceOf(line) !== undefined || isRule(line)) return true;
  const marker = markerOf(line);
  return marker !== undefined && marker.text !== "" && (marker.number ?? 1) === 1;
}
