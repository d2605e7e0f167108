// A table as lines of plain text, its columns lined up for a font of fixed width.

import type { Align, Cell, Table } from "./document.ts";

/** A cell wider than this does not push the others: its line is just longer. */
const WIDEST = 40;

export function lineUp(table: Table): string {
  const rows = [table.header, ...table.rows].map((row) => row.map(cellText));
  const widths = table.header.map((_cell, column) => {
    const wanted = rows.reduce((most, row) => Math.max(most, displayWidth(row[column] ?? "")), 3);
    return Math.min(wanted, WIDEST);
  });
  const lines = rows.map((row) => joinRow(row, widths, table.align));
  const ruler = widths.map((width) => "-".repeat(width)).join("-+-");
  return [lines[0], ruler, ...lines.slice(1)].join("\n");
}

function joinRow(cells: readonly string[], widths: readonly number[], align: readonly Align[]): string {
  return cells
    .map((cell, column) => padded(cell, widths[column] ?? 0, align[column] ?? null))
    .join(" | ")
    .trimEnd();
}

function cellText(cell: Cell): string {
  return cell.map((span) => span.text).join("");
}

function padded(text: string, width: number, align: Align): string {
  const free = Math.max(0, width - displayWidth(text));
  const left = align === "right" ? free : align === "center" ? Math.floor(free / 2) : 0;
  return " ".repeat(left) + text + " ".repeat(free - left);
}

const NARROW = /^[\u0020-\u02ff]*$/;
const INVISIBLE = /\p{M}|[\u200b-\u200f\u2060]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;

/** Columns a text takes in a font of fixed width: two for East Asian wide characters and emoji. */
function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (!INVISIBLE.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
