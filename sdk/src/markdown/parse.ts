// Markdown (CommonMark and GFM, as models write it) to the intermediate form.
// Never throws and never loses text: what is not understood is shown as it is written.

import { readBlocks, toLines } from "./blocks.ts";
import type { Block, Document, ListItem, Span } from "./document.ts";
import { createInlineParser, type ParseInline } from "./inline.ts";
import type { RawBlock, RawItem } from "./raw.ts";

/**
 * Reads a Markdown text of any size and content, lone surrogates included.
 * Source: CommonMark 0.31 and GitHub Flavored Markdown; in addition `||spoiler||` and the
 * HTML tags chat platforms know (`<u>`, `<tg-spoiler>`, `<br>`, ...).
 */
export function parseMarkdown(text: string): Document {
  const raw = readBlocks(toLines(text));
  const definitions = raw.filter((block) => block.type === "definition");
  const inline = createInlineParser(definitions);
  const blocks = raw.map((block) => (block.type === "definition" ? undefined : convert(block, inline.parse)));
  const shown = raw.map((block, index) => {
    if (block.type !== "definition") return blocks[index];
    return inline.used(block.href) ? undefined : paragraph([{ text: block.source, style: {} }]);
  });
  return { blocks: shown.filter((block) => block !== undefined) };
}

function convert(block: RawBlock, inline: ParseInline): Block | undefined {
  switch (block.type) {
    case "paragraph":
      return paragraph(inline(block.source));
    case "heading":
      return heading(block.level, inline(block.source));
    case "code":
      return block.text.trim() === "" ? undefined : block;
    case "quote": {
      const blocks = convertAll(block.blocks, inline);
      return blocks.length === 0 ? undefined : { type: "quote", blocks };
    }
    case "list": {
      const items = block.items.map((item) => convertItem(item, inline));
      const filled = items.filter((item) => item.blocks.length > 0);
      return filled.length === 0 ? undefined : { type: "list", loose: block.loose, items: filled };
    }
    case "table": {
      const header = block.header.map(cell(inline));
      const rows = block.rows.map((row) => row.map(cell(inline)));
      return [header, ...rows].some((row) => row.some(hasInk)) ? { ...block, header, rows } : undefined;
    }
    case "definition":
      return paragraph([{ text: block.source, style: {} }]);
    case "rule":
      return block;
  }
}

function convertAll(blocks: readonly RawBlock[], inline: ParseInline): Block[] {
  return blocks.map((block) => convert(block, inline)).filter((block) => block !== undefined);
}

function convertItem(item: RawItem, inline: ParseInline): ListItem {
  return { ...item, blocks: convertAll(item.blocks, inline) };
}

function cell(inline: ParseInline): (source: string) => readonly Span[] {
  return (source) => inline(source).map((span) => ({ ...span, text: span.text.replaceAll("\n", " ") }));
}

function paragraph(spans: readonly Span[]): Block | undefined {
  return hasInk(spans) ? { type: "paragraph", spans } : undefined;
}

function heading(level: number, spans: readonly Span[]): Block | undefined {
  return hasInk(spans) ? { type: "heading", level, spans } : undefined;
}

function hasInk(spans: readonly Span[]): boolean {
  return spans.some((span) => span.text.trim() !== "");
}
