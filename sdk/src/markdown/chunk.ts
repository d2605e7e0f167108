// Markdown to messages of a platform: rendered, cut where it hurts least, each within the limit.
// Sizes are those of the finished text, signs and escapes included.

import type { Dialect, Piece } from "./dialect.ts";
import type { Document } from "./document.ts";
import { layout } from "./layout.ts";
import { type Cut, Page, type Position, type Want } from "./page.ts";
import { parseMarkdown } from "./parse.ts";
import { type Grain, type Unit, unitAt } from "./units.ts";

export type ChunkOptions = {
  /**
   * Size of a text in the platform's own unit; UTF-16 units unless told. A text must not measure
   * more than its parts together.
   */
  readonly measure?: (text: string) => number;
};

/**
 * Renders Markdown and cuts it into chunks that are valid by themselves and measure at most `limit`.
 * Cuts at block ends, else lines, sentences, words; within a grapheme cluster only where one does
 * not fit whole, never within a surrogate pair. Only white space is dropped, and only at cuts.
 * Text that shows nothing gives no chunk. Signs that would fill half of a chunk are left out.
 * @throws RangeError where one escaped character does not fit into `limit`.
 */
export function renderChunks(text: string, dialect: Dialect, limit: number, options: ChunkOptions = {}): string[] {
  return chunkDocument(parseMarkdown(text), dialect, { limit, ...options });
}

/** The whole text in a dialect, uncut. */
export function render(text: string, dialect: Dialect): string {
  return renderChunks(text, dialect, Number.POSITIVE_INFINITY)[0] ?? "";
}

/** As `renderChunks`, for a text that is parsed already. */
export function chunkDocument(
  document: Document,
  dialect: Dialect,
  options: ChunkOptions & { readonly limit: number },
): string[] {
  if (!(options.limit >= 1)) throw new RangeError(`A chunk's limit must be 1 or more, not ${options.limit}.`);
  const cutter = new Cutter(layout(document, dialect), dialect, { measure: (text) => text.length, ...options });
  return cutter.cut();
}

type Room = { readonly limit: number; readonly measure: (text: string) => number };

/** What is tried, in this order, when the next text does not fit into an empty chunk. */
const LAST_RESORTS: readonly { readonly grain: Grain; readonly bare: boolean }[] = [
  { grain: "word", bare: false },
  { grain: "grapheme", bare: false },
  { grain: "grapheme", bare: true },
  { grain: "code-point", bare: true },
];

class Cutter {
  readonly #pieces: readonly Piece[];
  readonly #dialect: Dialect;
  readonly #room: Room;
  #page: Page;
  #at: Position = { piece: 0, offset: 0, want: undefined };
  #resort = 0;
  readonly #segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

  constructor(pieces: readonly Piece[], dialect: Dialect, room: Room) {
    this.#pieces = pieces;
    this.#dialect = dialect;
    this.#room = room;
    this.#page = this.#newPage(undefined);
  }

  cut(): string[] {
    const chunks: string[] = [];
    while (this.#at.piece < this.#pieces.length) {
      if (this.#advance()) continue;
      const cut = this.#page.bestCut();
      if (cut === undefined) this.#takeFiner();
      else {
        chunks.push(this.#page.text(cut));
        this.#turnPage(cut);
      }
    }
    chunks.push(this.#page.text());
    return chunks.filter((chunk) => chunk !== "");
  }

  /** Takes the next step through the pieces; false where the chunk is full. */
  #advance(): boolean {
    const { piece: index, want } = this.#at;
    const piece = this.#pieces[index];
    switch (piece?.type) {
      case "open":
        this.#at = { piece: index + 1, offset: 0, want: { wrap: piece.wrap, parent: want } };
        return true;
      case "close":
        if (want !== undefined) this.#page.close(want);
        this.#at = { piece: index + 1, offset: 0, want: want?.parent };
        return true;
      case "break":
        this.#at = { piece: index + 1, offset: 0, want };
        this.#page.mayCut(piece.strength, this.#at);
        this.#page.break(piece.text);
        return true;
      case "instead":
        if (this.#isTooLong(piece)) return this.#text({ type: "text", text: piece.text, form: "prose" });
        this.#at = { piece: index + 1, offset: 0, want };
        return true;
      case "text":
        return this.#text(piece);
      default:
        return true;
    }
  }

  #text(piece: Piece & { type: "text" }): boolean {
    while (this.#at.offset < piece.text.length) {
      const verbatim = piece.verbatim === true;
      const grain = LAST_RESORTS[this.#resort]?.grain ?? "word";
      const unit = unitAt(piece.text, this.#at.offset, { grain, verbatim, segmenter: this.#segmenter });
      const space = unit.kind === "space" && !verbatim;
      const taken = space ? this.#space(piece.text, unit) : this.#unit(piece, unit);
      if (!taken) return false;
    }
    this.#at = { piece: this.#at.piece + 1, offset: 0, want: this.#at.want };
    return true;
  }

  #space(text: string, unit: Unit): boolean {
    const next = { ...this.#at, offset: unit.end };
    this.#page.mayCut(this.#lastEnds === "sentence" ? "sentence" : "word", next);
    this.#page.space(text.slice(this.#at.offset, unit.end));
    this.#at = next;
    return true;
  }

  #lastEnds: Unit["ends"];

  #unit(piece: Piece & { type: "text" }, unit: Unit): boolean {
    if (unit.kind === "part") this.#page.mayCut("grapheme", this.#at);
    if (unit.kind === "space") this.#page.mayCut("word", this.#at);
    const text = piece.text.slice(this.#at.offset, unit.end);
    const written = this.#page.write((atLineStart) => this.#escaped(piece.form, text, atLineStart), this.#at.want);
    if (!written) return false;
    this.#lastEnds = unit.ends;
    this.#at = { ...this.#at, offset: unit.end };
    if (unit.ends === "clause") this.#page.mayCut("word", this.#at);
    if (unit.ends === "sentence" && this.#at.offset < piece.text.length) this.#mayCutAfterSentence(piece.text);
    return true;
  }

  /** Behind "。" there need be no space; behind "." there must, for "3.5" is one word. */
  #mayCutAfterSentence(text: string): void {
    if (/[。！？]/.test(text[this.#at.offset - 1] ?? "")) this.#page.mayCut("sentence", this.#at);
  }

  #escaped(form: "prose" | "code" | "raw", text: string, atLineStart: boolean): string {
    if (form === "raw") return text;
    return form === "code" ? this.#dialect.escapeCode(text) : this.#dialect.escape(text, atLineStart);
  }

  #isTooLong({ wrap }: Piece & { type: "instead" }): boolean {
    const { measure, limit } = this.#room;
    return measure((wrap.open ?? "") + (wrap.close ?? "")) > limit / 2;
  }

  #turnPage(cut: Cut): void {
    this.#at = cut.next;
    this.#resort = 0;
    this.#lastEnds = undefined;
    this.#page = this.#newPage(cut);
  }

  #takeFiner(): void {
    this.#resort++;
    const resort = LAST_RESORTS[this.#resort];
    if (resort === undefined) {
      throw new RangeError(
        `A limit of ${this.#room.limit} is too small: one character of the text does not fit into it.`,
      );
    }
    if (resort.bare && this.#page.isEmpty) this.#page = this.#newPage(undefined);
  }

  #newPage(cut: Cut | undefined): Page {
    const begun = new Set<Want>();
    for (let open = cut?.top; open !== undefined; open = open.parent) begun.add(open.want);
    const bare = LAST_RESORTS[this.#resort]?.bare ?? false;
    return new Page({ ...this.#room, begun, bare });
  }
}
