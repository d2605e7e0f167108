// The replacement itself, on text. Pure. Line breaks and a byte order mark stay as the file has them.
import { Fault } from "@homarus/sdk";

export interface Change {
  readonly old: string;
  readonly new: string;
  readonly all: boolean;
}

export interface Changed {
  readonly text: string;
  /** Lines, from 1, at which the replaced pieces began. */
  readonly lines: readonly number[];
}

const mostLinesNamed = 10;

/** Throws an `invalid` Fault that says how often the old text was found. */
export function replaceIn(text: string, change: Change): Changed {
  if (change.old === change.new)
    throw new Fault("invalid", "edit.same", "old_text and new_text are the same, so there is nothing to change.");
  const { old, fresh } = asTheFile(text, change);
  const places = placesOf(text, old);
  if (places.length === 0) throw notFound(text, old);
  const lines = lineNumbers(text, places);
  if (places.length > 1 && !change.all) throw tooMany(lines);
  const parts = text.split(old);
  return { text: parts.join(fresh), lines: change.all ? lineNumbers(text, withoutOverlap(places, old.length)) : lines };
}

/** A model writes `\n`; in a file with `\r\n` that means the same break. */
function asTheFile(text: string, change: Change): { readonly old: string; readonly fresh: string } {
  const isWindows = text.includes("\r\n") && !/(^|[^\r])\n/.test(text);
  const isFoundWithBreaks = !isWindows && !text.includes(change.old) && text.includes("\r\n");
  if (!isWindows && !isFoundWithBreaks) return { old: change.old, fresh: change.new };
  return { old: windowsBreaks(change.old), fresh: windowsBreaks(change.new) };
}

function windowsBreaks(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

/** Also places that overlap: a piece that fits in two ways is not there exactly once. */
function placesOf(text: string, piece: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) places.push(at);
  return places;
}

function withoutOverlap(places: readonly number[], length: number): number[] {
  const kept: number[] = [];
  for (const place of places) if (place >= (kept.at(-1) ?? -length) + length) kept.push(place);
  return kept;
}

function lineNumbers(text: string, places: readonly number[]): number[] {
  let line = 1;
  let at = 0;
  return places.map((place) => {
    for (; at < place; at++) if (text.charCodeAt(at) === 10) line += 1;
    return line;
  });
}

function tooMany(lines: readonly number[]): Fault {
  const named = lines.slice(0, mostLinesNamed).join(", ");
  return new Fault(
    "invalid",
    "edit.ambiguous",
    `old_text was found ${lines.length} times (at the lines ${named}${lines.length > mostLinesNamed ? ", ..." : ""}), and should be there once.`,
    {
      hint: "Take in more of the text around it, or set replace_all.",
    },
  );
}

function notFound(text: string, old: string): Fault {
  const line = looseLine(text, old);
  return new Fault(
    "invalid",
    "edit.not-found",
    `old_text was found 0 times.${line === undefined ? "" : ` Something that differs only in spaces stands at line ${line}.`}`,
    {
      hint: "Read the file again and copy the text exactly, without the line numbers.",
    },
  );
}

/** Where the lines of the old text stand when leading and trailing spaces are left out of account. */
function looseLine(text: string, old: string): number | undefined {
  const wanted = old
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const lines = text.split("\n").map((line) => line.trim());
  const found = lines.findIndex((_, index) => wanted.every((line, offset) => lines[index + offset] === line));
  return found < 0 ? undefined : found + 1;
}
