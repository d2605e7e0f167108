// The block structure of Markdown, line by line: which lines are a list, a quote, a table.
// Own work and not the lexer's, because that one needs minutes for some texts of ten kilobytes;
// here each line is read once per level, and levels are bounded. Inline text stays source.

import {
  closesFence,
  expandIndent,
  fenceOf,
  headingOf,
  indentOf,
  interruptsParagraph,
  isBlank,
  isRule,
  markerOf,
  quotedPart,
  underlineLevel,
} from "./lines.ts";
import { readList } from "./lists.ts";
import type { RawBlock, Reader } from "./raw.ts";
import { isTableStart, readTable } from "./tables.ts";

/** Deeper quotes and lists are shown as the text they are written in. */
const DEEPEST = 12;

export function readBlocks(lines: readonly string[], depth = 0): RawBlock[] {
  const reader: Reader = { lines, at: 0, depth };
  const blocks: RawBlock[] = [];
  while (reader.at < lines.length) {
    if (isBlank(lines[reader.at] ?? "")) reader.at++;
    else blocks.push(readBlock(reader));
  }
  return blocks;
}

function readBlock(reader: Reader): RawBlock {
  const line = reader.lines[reader.at] ?? "";
  if (indentOf(line) > 3) return readIndentedCode(reader);
  const leaf = readLeaf(reader, line);
  if (leaf !== undefined) return leaf;
  if (reader.depth < DEEPEST) {
    if (quotedPart(line) !== undefined) return readQuote(reader);
    if (markerOf(line) !== undefined) return readList(reader, readBlocks);
  }
  return readParagraph(reader);
}

function readLeaf(reader: Reader, line: string): RawBlock | undefined {
  if (fenceOf(line) !== undefined) return readFence(reader);
  const heading = headingOf(line);
  if (heading !== undefined) {
    reader.at++;
    return { type: "heading", level: heading.level, source: heading.text };
  }
  if (isRule(line)) {
    reader.at++;
    return { type: "rule" };
  }
  if (isTableStart(line, reader.lines[reader.at + 1])) return readTable(reader);
  return readDefinition(reader, line);
}

function readFence(reader: Reader): RawBlock {
  const fence = fenceOf(reader.lines[reader.at] ?? "") ?? { mark: "```", indent: 0, info: "" };
  const text: string[] = [];
  reader.at++;
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at++] ?? "";
    if (closesFence(line, fence)) break;
    text.push(line.slice(Math.min(fence.indent, indentOf(line))));
  }
  return { type: "code", language: fence.info.split(/\s/, 1)[0] ?? "", text: text.join("\n") };
}

function readIndentedCode(reader: Reader): RawBlock {
  const text: string[] = [];
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at] ?? "";
    if (!isBlank(line) && indentOf(line) < 4) break;
    text.push(line.slice(Math.min(4, indentOf(line))));
    reader.at++;
  }
  while (isBlank(text.at(-1) ?? "x")) text.pop();
  return { type: "code", language: "", text: text.join("\n") };
}

function readQuote(reader: Reader): RawBlock {
  const inner: string[] = [];
  let mayContinue = false;
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at] ?? "";
    const quoted = quotedPart(line);
    if (quoted === undefined && !(mayContinue && !isBlank(line) && !interruptsParagraph(line))) break;
    inner.push(quoted ?? line);
    if (quoted !== undefined) mayContinue = !isBlank(quoted) && !interruptsParagraph(quoted);
  }
  return { type: "quote", blocks: readBlocks(inner, reader.depth + 1) };
}

const DEFINITION =
  /^ {0,3}\[([^\]\\[]{1,200})\]:[ \t]*<?([a-z][a-z0-9+.-]{1,20}:[^\s>]+|[#/.][^\s>]*)>?[ \t]*(?:"[^"]*"|'[^']*'|\([^)]*\))?[ \t]*$/i;

/** A link's address given apart. Only what looks like an address: "[Anna]: hello" is speech. */
function readDefinition(reader: Reader, line: string): RawBlock | undefined {
  const match = reader.depth === 0 ? DEFINITION.exec(line) : null;
  if (match === null) return undefined;
  reader.at++;
  return { type: "definition", label: match[1] ?? "", href: match[2] ?? "", source: line.trim() };
}

function readParagraph(reader: Reader): RawBlock {
  const text: string[] = [];
  const { lines } = reader;
  while (reader.at < lines.length) {
    const line = lines[reader.at] ?? "";
    if (isBlank(line)) break;
    const level = text.length > 0 ? underlineLevel(line) : undefined;
    if (level !== undefined) {
      reader.at++;
      return { type: "heading", level, source: text.join(" ") };
    }
    if (text.length > 0 && endsParagraph(reader, line)) break;
    text.push(line.trim());
    reader.at++;
  }
  return { type: "paragraph", source: text.join("\n") };
}

function endsParagraph(reader: Reader, line: string): boolean {
  if (isTableStart(line, reader.lines[reader.at + 1])) return true;
  if (!interruptsParagraph(line)) return false;
  const container = quotedPart(line) !== undefined || markerOf(line) !== undefined;
  return !container || reader.depth < DEEPEST;
}

/** Splits a text into lines as the block parser wants them. */
export function toLines(text: string): string[] {
  const lines = text.replaceAll("\0", "\ufffd").split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map(expandIndent);
}
