// Closes what a text that is still streaming has left open, so that every preview renders well.
// Works on the last block only; a finished text comes back as it was.

import { closesFence, type Fence, fenceOf, isBlank } from "./lines.ts";

/**
 * Completes unfinished Markdown: an open fence gets its end, half bold its other half, a half link
 * becomes its words, a table's half row of dashes is filled up. Signs without text yet are taken away.
 */
export function heal(partial: string): string {
  const lines = partial.split("\n");
  const { open, after } = findFences(lines);
  if (open !== undefined) return closeFence(lines, open);
  let start = Math.max(after, lines.length - 1);
  while (start > after && !isBlank(lines[start - 1] ?? "")) start--;
  if (start >= lines.length) return partial;
  const healed = healBlock(lines.slice(start));
  return [...lines.slice(0, start), healed].join("\n");
}

/** A line without the signs of the quotes and lists around it. */
function bare(line: string): string {
  return line.replace(/^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*/, "");
}

type OpenFence = Fence & { readonly prefix: string };

/** The fence that is still open, and the line after the last one that was closed. */
function findFences(lines: readonly string[]): { open: OpenFence | undefined; after: number } {
  let open: OpenFence | undefined;
  let after = 0;
  lines.forEach((line, index) => {
    const text = bare(line);
    const fence = fenceOf(text);
    if (open === undefined && fence !== undefined) {
      open = { ...fence, prefix: line.slice(0, line.length - text.length).replace(/[^>\s]/g, " ") };
    } else if (open !== undefined && closesFence(text, open)) {
      open = undefined;
      after = index + 1;
    }
  });
  return { open, after };
}

function closeFence(lines: readonly string[], fence: OpenFence): string {
  const last = bare(lines.at(-1) ?? "").trim();
  const half = last !== "" && last.length < fence.mark.length && fence.mark.startsWith(last);
  const kept = half || last === "" ? lines.slice(0, -1) : lines;
  return [...kept, fence.prefix + fence.mark].join("\n");
}

function healBlock(lines: readonly string[]): string {
  const last = lines.at(-1) ?? "";
  if (lines.length === 2 && isHalfRuler(lines[0] ?? "", last)) return `${lines[0]}\n${rulerFor(lines[0] ?? "")}`;
  const underline = lines.length > 1 && /^ {0,3}(?:-{1,2}|=)$/.test(last);
  return closeMarks((underline ? lines.slice(0, -1) : lines).join("\n"));
}

function isHalfRuler(header: string, line: string): boolean {
  return header.trim().startsWith("|") && /^ {0,3}\|[\s:|-]*$/.test(line);
}

function rulerFor(header: string): string {
  const columns = header
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/).length;
  return `|${" --- |".repeat(columns)}`;
}

type Scan = {
  /** Text so far, half links already replaced. */
  text: string;
  /** Opened and not yet closed, outermost first. */
  open: { mark: string; at: number }[];
  /** Where an unfinished "[" or "![" stands. */
  brackets: number[];
};

const TOKEN = /\\[\s\S]|`+|\*{1,3}|_{1,3}|~~|~$|!?\[|\](?:\([^()\s]*(?:\([^()]*\)[^()]*)*(?:\s+"[^"]*")?\))?/g;

function closeMarks(block: string): string {
  const scan: Scan = { text: block, open: [], brackets: [] };
  TOKEN.lastIndex = 0;
  const code = scanMarks(scan);
  if (code !== undefined) return closeCode(scan, code);
  return closeOpen(withoutHalfLink(scan));
}

/** Walks over the signs; gives the place of a code span that does not end. */
function scanMarks(scan: Scan): number | undefined {
  const { text } = scan;
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const sign = match[0];
    if (sign.startsWith("`")) {
      const end = codeEnd(text, match.index, sign.length);
      if (end === undefined) return match.index;
      token.lastIndex = end;
    } else if (sign.endsWith("[")) scan.brackets.push(match.index);
    else if (sign.startsWith("]")) scan.brackets.pop();
    else if (!sign.startsWith("\\")) toggle(scan, sign, match.index);
  }
  return undefined;
}

function codeEnd(text: string, at: number, length: number): number | undefined {
  const fence = new RegExp(`(?<!\`)\`{${length}}(?!\`)`, "g");
  fence.lastIndex = at + length;
  return fence.test(text) ? fence.lastIndex : undefined;
}

const WORD = /[\p{L}\p{N}]/u;

function toggle(scan: Scan, sign: string, at: number): void {
  const before = scan.text[at - 1] ?? " ";
  const after = scan.text[at + sign.length] ?? "";
  if (sign.startsWith("_") && WORD.test(before) && WORD.test(after)) return;
  const index = scan.open.findLastIndex((one) => one.mark === sign);
  if (index !== -1 && before.trim() !== "") scan.open.length = index;
  else if (after.trim() !== "" || after === "") scan.open.push({ mark: sign, at });
}

function closeCode(scan: Scan, at: number): string {
  const fence = /^`+/.exec(scan.text.slice(at))?.[0] ?? "`";
  const inner = scan.text.slice(at + fence.length);
  const outer = { ...scan, open: scan.open.filter((one) => one.at < at) };
  if (inner.trim() === "") return closeOpen({ ...outer, text: scan.text.slice(0, at) });
  const half = /`*$/.exec(inner)?.[0] ?? "";
  const ended = scan.text.slice(0, scan.text.length - half.length) + fence;
  return closeOpen(withoutHalfLink({ ...outer, text: ended }));
}

/** Turns "[words](http://ha" and "[words" at the end into "words". */
function withoutHalfLink(scan: Scan): Scan {
  const at = scan.brackets.at(-1);
  const half = scan.text.lastIndexOf("](");
  const isHalf = half !== -1 && !/[)\s]/.test(scan.text.slice(half + 2));
  if (isHalf) return dropped(scan, { from: scan.text.lastIndexOf("[", half), to: half });
  return at === undefined ? scan : dropped(scan, { from: at, to: scan.text.length });
}

function dropped(scan: Scan, { from, to }: { from: number; to: number }): Scan {
  if (from < 0) return scan;
  const image = scan.text[from] === "!" || scan.text[from - 1] === "!";
  const start = image && scan.text[from] !== "!" ? from - 1 : from;
  const words = scan.text.slice(from, to).replace(/^!?\[/, "");
  return { ...scan, text: scan.text.slice(0, start) + words };
}

/** Adds the other halves; a sign that nothing follows is taken away. */
function closeOpen(scan: Scan): string {
  let text = scan.text.trimEnd();
  const open = [...scan.open];
  for (
    let last = open.at(-1);
    last !== undefined && text.endsWith(last.mark) && last.at >= text.length - last.mark.length;
    last = open.at(-1)
  ) {
    text = text.slice(0, -last.mark.length).trimEnd();
    open.pop();
  }
  return (
    text +
    open
      .reverse()
      .map((one) => one.mark)
      .join("")
  );
}
