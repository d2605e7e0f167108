// Lists of the block parser: which lines belong to which item.
// Kinder than CommonMark in one point: two columns are enough to nest below "1.", as models write it.

import {
  closesFence,
  type Fence,
  fenceOf,
  indentOf,
  interruptsParagraph,
  isBlank,
  type Marker,
  markerOf,
} from "./lines.ts";
import type { RawBlock, RawItem, Reader } from "./raw.ts";

type ReadBlocks = (lines: readonly string[], depth: number) => RawBlock[];

type ItemLines = { readonly lines: readonly string[]; readonly endsBlank: boolean };

const TASK = /^\[([ xX])\](?:[ \t]+|$)/;

export function readList(reader: Reader, readBlocks: ReadBlocks): RawBlock {
  const first = markerOf(reader.lines[reader.at] ?? "");
  const items: RawItem[] = [];
  let loose = false;
  let marker = first;
  while (marker !== undefined) {
    const { lines, endsBlank } = itemLines(reader, marker);
    const item = toItem(lines, (rest) => readBlocks(rest, reader.depth + 1));
    const next = nextMarker(reader, marker);
    loose ||= (endsBlank && next !== undefined) || hasGap(lines, item);
    items.push(item);
    marker = next;
  }
  return { type: "list", loose, items: numbered(items, first) };
}

/**
 * Items count on from the first, whatever numbers follow (CommonMark 5.3).
 * One without anything in it is never shown, so it takes no number either: a gap would not last a second reading.
 */
function numbered(items: readonly RawItem[], first: Marker | undefined): RawItem[] {
  const start = first?.number;
  const shown = items.filter(({ blocks }) => blocks.length > 0);
  if (start === undefined) return shown;
  return shown.map((item, index) => ({ ...item, number: start + index }));
}

function nextMarker(reader: Reader, current: Marker): Marker | undefined {
  const line = reader.lines[reader.at];
  const marker = line === undefined ? undefined : markerOf(line);
  const same = marker?.kind === current.kind && (marker.indent < 4 || marker.indent <= current.indent + 1);
  return same ? marker : undefined;
}

function toItem(lines: readonly string[], read: (lines: readonly string[]) => RawBlock[]): RawItem {
  const task = TASK.exec(lines[0] ?? "");
  if (task === null) return { blocks: read(lines) };
  const rest = [(lines[0] ?? "").slice(task[0].length), ...lines.slice(1)];
  return { checked: task[1] !== " ", blocks: read(rest) };
}

/** Two paragraphs with a blank line between make a list loose; a nested list does not. */
function hasGap(lines: readonly string[], item: RawItem): boolean {
  const paragraphs = item.blocks.filter((block) => block.type === "paragraph");
  return paragraphs.length > 1 && lines.some(isBlank);
}

/** Reads the lines of one item, freed of its indentation; trailing blank lines are passed over. */
function itemLines(reader: Reader, marker: Marker): ItemLines {
  const lines = [marker.text];
  let fence = fenceOf(marker.text);
  let open = isOpen(marker.text);
  let { content } = marker;
  let blanks = 0;
  reader.at++;
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at] ?? "";
    if (isBlank(line)) {
      blanks++;
      continue;
    }
    content = Math.min(content, nestedColumn(line, marker));
    const part = itemPart(line, content, blanks === 0 && open);
    if (part === undefined) break;
    for (; blanks > 0; blanks--) lines.push("");
    lines.push(part);
    fence = nextFence(fence, part);
    open = fence === undefined && isOpen(part);
  }
  return { lines, endsBlank: blanks > 0 };
}

function itemPart(line: string, content: number, mayBeLazy: boolean): string | undefined {
  if (indentOf(line) >= content) return line.slice(content);
  return mayBeLazy && isLazy(line) ? line : undefined;
}

/** From where on a list below "1." counts as nested, if this line begins one. */
function nestedColumn(line: string, marker: Marker): number {
  const indent = indentOf(line);
  const nested = marker.number !== undefined && indent >= marker.indent + 2 && markerOf(line) !== undefined;
  return nested ? indent : Number.POSITIVE_INFINITY;
}

function isLazy(line: string): boolean {
  return !interruptsParagraph(line) && markerOf(line) === undefined;
}

/** Whether a paragraph may go on below this line without indentation. */
function isOpen(line: string): boolean {
  if (isBlank(line)) return false;
  const text = markerOf(line)?.text ?? line;
  return text !== "" && (markerOf(line) !== undefined || !interruptsParagraph(text));
}

function nextFence(fence: Fence | undefined, line: string): Fence | undefined {
  if (fence === undefined) return fenceOf(line);
  return closesFence(line, fence) ? undefined : fence;
}
