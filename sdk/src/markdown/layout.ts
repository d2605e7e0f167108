// A document in one dialect as a flat row of pieces: texts, signs that open and close, breaks.
// Flat, so that the cutting in `chunk.ts` needs one pass and no tree.

import type { Dialect, ItemMark, Piece, TableTags, Wrap } from "./dialect.ts";
import type { Block, Document, List, Span, Table } from "./document.ts";
import { layoutSpans } from "./layout-inline.ts";
import { lineUp } from "./table-text.ts";

type Place = { readonly quotes: number; readonly lists: number; readonly tight: boolean };

export function layout(document: Document, dialect: Dialect): Piece[] {
  const walk = new Walk(dialect);
  walk.blocks(document.blocks, { quotes: 0, lists: 0, tight: false });
  return walk.pieces;
}

class Walk {
  readonly pieces: Piece[] = [];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  blocks(blocks: readonly Block[], place: Place): void {
    blocks.forEach((block, index) => {
      if (index > 0) this.#break(place.tight ? "line" : "block");
      this.#block(block, place);
    });
  }

  #block(block: Block, place: Place): void {
    const dialect = this.#dialect;
    switch (block.type) {
      case "paragraph":
        this.#within(place.tight ? {} : dialect.paragraph, () => this.#spans(block.spans));
        break;
      case "heading":
        this.#heading(block.level, block.spans);
        break;
      case "code":
        this.#code(block.language, block.text);
        break;
      case "quote":
        this.#quote(block.blocks, place);
        break;
      case "list":
        this.#list(block, place);
        break;
      case "table":
        if (dialect.table === "text") this.#code("", lineUp(block));
        else this.#table(block, dialect.table);
        break;
      case "rule":
        this.pieces.push({ type: "text", text: dialect.rule, form: "raw" });
        break;
    }
  }

  #quote(blocks: readonly Block[], place: Place): void {
    const inner = { ...place, quotes: place.quotes + 1, tight: false };
    this.#within(this.#dialect.quote(place.quotes), () => this.blocks(blocks, inner));
  }

  #heading(level: number, spans: readonly Span[]): void {
    const { wrap, style } = this.#dialect.heading(level);
    const styled = style === undefined ? spans : spans.map((span) => ({ ...span, style: { ...span.style, ...style } }));
    this.#within(wrap ?? {}, () => this.#spans(styled));
  }

  #code(language: string, text: string): void {
    this.#within(this.#dialect.codeBlock(language, text), () => {
      text.split("\n").forEach((line, index) => {
        if (index > 0) this.pieces.push({ type: "break", text: "\n", strength: "line" });
        if (line !== "") this.pieces.push({ type: "text", text: line, form: "code", verbatim: true });
      });
    });
  }

  #list(list: List, place: Place): void {
    const inner = { ...place, lists: place.lists + 1, tight: !list.loose };
    const marks = list.items.map((item): ItemMark => {
      const number = item.number === undefined ? {} : { number: item.number };
      const checked = item.checked === undefined ? {} : { checked: item.checked };
      return { depth: place.lists, ...number, ...checked };
    });
    this.#within(this.#dialect.list(marks[0] ?? { depth: place.lists }), () => {
      list.items.forEach((item, index) => {
        if (index > 0) this.#break(list.loose ? "block" : "line");
        const mark = marks[index] ?? { depth: place.lists };
        this.#within(this.#dialect.item(mark), () => this.blocks(item.blocks, inner));
      });
    });
  }

  #table(table: Table, tags: TableTags): void {
    this.#within(tags.table, () => {
      [table.header, ...table.rows].forEach((row, index) => {
        if (index > 0) this.pieces.push({ type: "break", text: this.#dialect.tightGap, strength: "line" });
        this.#within(tags.row, () => {
          for (const cell of row) this.#within(index === 0 ? tags.head : tags.cell, () => this.#cell(cell));
        });
      });
    });
  }

  /** An empty cell holds its place with a space that does not vanish. */
  #cell(cell: readonly Span[]): void {
    const filled = cell.some((span) => span.text.trim() !== "");
    if (filled) this.#spans(cell);
    else this.pieces.push({ type: "text", text: "\u00a0", form: "raw" });
  }

  #spans(spans: readonly Span[]): void {
    for (const piece of layoutSpans(spans, this.#dialect)) this.pieces.push(piece);
  }

  #within(wrap: Wrap, inner: () => void): void {
    this.pieces.push({ type: "open", wrap });
    inner();
    this.pieces.push({ type: "close" });
  }

  #break(strength: "block" | "line"): void {
    const text = strength === "block" ? this.#dialect.gap : this.#dialect.tightGap;
    this.pieces.push({ type: "break", text, strength });
  }
}
