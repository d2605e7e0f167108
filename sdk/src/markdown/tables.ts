// Tables of the block parser (GFM 4.10): a header row, a row of dashes, rows until the block ends.

import type { Align } from "./document.ts";
import { interruptsParagraph, isBlank } from "./lines.ts";
import type { RawTable, Reader } from "./raw.ts";

/** A wider row of dashes is not taken for a table. */
const MOST_COLUMNS = 64;
/** Short rows are filled up to the header's width; a table ends where filling costs more than this. */
const FREE_CELLS = 2000;
const CELLS_PER_CHARACTER = 2;

const DELIMITERS = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

export function isTableStart(line: string, next: string | undefined): boolean {
  if (next === undefined || !line.includes("|")) return false;
  if (!next.includes("-") || next.length > 4000 || !DELIMITERS.test(next)) return false;
  const columns = splitRow(next).length;
  return columns <= MOST_COLUMNS && splitRow(line).length === columns;
}

export function readTable(reader: Reader): RawTable {
  const header = splitRow(reader.lines[reader.at] ?? "");
  const align = splitRow(reader.lines[reader.at + 1] ?? "").map(alignOf);
  const rows: string[][] = [];
  let cells = FREE_CELLS;
  reader.at += 2;
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at] ?? "";
    cells += line.length * CELLS_PER_CHARACTER - header.length;
    if (isBlank(line) || interruptsParagraph(line) || cells < 0) break;
    rows.push(fitted(splitRow(line), header.length));
  }
  return { type: "table", align, header, rows };
}

/** Cells beyond the header join the last one, so that no text is lost (GFM would drop them). */
function fitted(cells: readonly string[], columns: number): string[] {
  if (cells.length <= columns) return [...cells, ...Array<string>(columns - cells.length).fill("")];
  return [...cells.slice(0, columns - 1), cells.slice(columns - 1).join(" | ")];
}

function alignOf(cell: string): Align {
  const left = cell.startsWith(":");
  const right = cell.endsWith(":");
  if (left && right) return "center";
  if (right) return "right";
  return left ? "left" : null;
}

/** Cuts a row at its bars. A bar behind a backslash is text, also within code. */
function splitRow(line: string): string[] {
  const text = line.trim();
  const cells: string[] = [];
  let cell = "";
  let from = text.startsWith("|") ? 1 : 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") {
      if (text[at + 1] === "|") {
        cell += text.slice(from, at);
        from = at + 1;
      }
      at++;
    } else if (text[at] === "|") {
      cells.push((cell + text.slice(from, at)).trim());
      cell = "";
      from = at + 1;
    }
  }
  const last = (cell + text.slice(from)).trim();
  if (last !== "" || cells.length === 0) cells.push(last);
  return cells;
}
