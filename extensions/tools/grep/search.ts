// Searches the lines of one text, with context. Pure.

export interface Find {
  /** Ready to show: `12:text` for a line that fits, `11-text` for one around it. */
  readonly lines: readonly string[];
  /** Lines that fit. */
  readonly count: number;
}

/** Longer lines are searched and shown up to here. */
const longestSearched = 10_000;
const longestShown = 500;

export interface TextSearch {
  readonly matches: (line: string) => boolean;
  readonly context: number;
  readonly most: number;
  /** Called between lines; throws to end the search. */
  readonly pause: () => Promise<void>;
}

export async function searchText(text: string, { matches, context, most, pause }: TextSearch): Promise<Find> {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.at(-1) === "") lines.pop();
  const found: number[] = [];
  for (const [index, line] of lines.entries()) {
    await pause();
    if (matches(line.slice(0, longestSearched))) found.push(index);
    if (found.length === most) break;
  }
  return { lines: shown(lines, found, context), count: found.length };
}

function shown(lines: readonly string[], found: readonly number[], context: number): string[] {
  const fits = new Set(found);
  const result: string[] = [];
  let last = -1;
  for (const index of found) {
    const begin = Math.max(last + 1, index - context);
    if (context > 0 && last >= 0 && begin > last + 1) result.push("--");
    const end = Math.min(lines.length - 1, index + context);
    for (let at = begin; at <= end; at++) result.push(`${at + 1}${fits.has(at) ? ":" : "-"}${cut(lines[at] ?? "")}`);
    last = Math.max(last, end);
  }
  return result;
}

function cut(line: string): string {
  return line.length <= longestShown ? line : `${line.slice(0, longestShown)} [...]`;
}
