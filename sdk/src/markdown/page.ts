// One chunk in the making: what is written, what is open, what closing it will cost.
// Signs are written only when text follows them, and closed wherever the chunk ends,
// so that a chunk is whole by itself at every moment. Where to cut is decided in `chunk.ts`.

import type { Strength, Wrap } from "./dialect.ts";

/** What the text asks to be open; a linked list, so that remembering a place costs nothing. */
export type Want = { readonly wrap: Wrap; readonly parent: Want | undefined };

type Open = {
  readonly want: Want;
  readonly parent: Open | undefined;
  /** With the line prefixes of what is around. */
  readonly close: string;
  /** Size of all closing signs from here outwards. */
  readonly closing: number;
  /** Size of all signs and line prefixes from here outwards. */
  readonly overhead: number;
  readonly prefix: string;
};

/** Where a text goes on after a cut. */
export type Position = { readonly piece: number; readonly offset: number; readonly want: Want | undefined };

export type Cut = {
  readonly strength: Strength;
  readonly next: Position;
  readonly size: number;
  readonly parts: number;
  readonly top: Open | undefined;
  readonly hasInk: boolean;
};

export type PageSetting = {
  readonly limit: number;
  readonly measure: (text: string) => number;
  /** Wants that began in an earlier chunk. */
  readonly begun: ReadonlySet<Want>;
  /** Leaves out all signs, where there is no room for them. */
  readonly bare: boolean;
};

export class Page {
  size = 0;
  readonly #setting: PageSetting;
  readonly #parts: string[] = [];
  readonly #cuts = new Map<Strength, Cut>();
  #top: Open | undefined;
  #space = "";
  #break: string | undefined;
  #hasInk = false;

  constructor(setting: PageSetting) {
    this.#setting = setting;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** White space between words: written when a word follows in the same line. */
  space(text: string): void {
    if (!this.isEmpty && this.#break === undefined) this.#space += text;
  }

  /** A line's or a block's end: written when something follows. */
  break(text: string): void {
    if (this.isEmpty) return;
    this.#space = "";
    this.#break = (this.#break ?? "") + text;
  }

  close(want: Want): void {
    if (this.#top?.want !== want) return;
    const { close, parent } = this.#top;
    this.#top = parent;
    this.#push(close);
  }

  /** Writes a text with all that must stand before it, or leaves all as it was and answers false. */
  write(render: (atLineStart: boolean) => string, want: Want | undefined): boolean {
    const lead = this.#lead();
    const opened = this.#opened(want);
    const signs = opened.text;
    const begins = this.isEmpty || this.#break !== undefined;
    const atLineStart = begins && !signs.inline;
    const text = render(atLineStart);
    const before = lead + signs.text;
    const added = this.#measure(before) + this.#measure(text);
    const after = this.size + added + (opened.top?.closing ?? 0);
    if (after > this.#setting.limit) return false;
    if (before !== "") this.#parts.push(before);
    this.#parts.push(text);
    this.size += added;
    this.#top = opened.top;
    this.#space = "";
    this.#break = undefined;
    this.#hasInk ||= text.trim() !== "";
    return true;
  }

  /** Remembers that the chunk may end here. The latest place of each strength is kept. */
  mayCut(strength: Strength, next: Position): void {
    if (this.isEmpty) return;
    const cut = {
      strength,
      next,
      size: this.size,
      parts: this.#parts.length,
      top: this.#top,
      hasInk: this.#hasInk,
    };
    this.#cuts.delete(strength);
    this.#cuts.set(strength, cut);
  }

  /** The firmest place that does not leave the chunk too empty, else the latest of all. */
  bestCut(): Cut | undefined {
    for (const [strength, least] of FULL_ENOUGH) {
      const cut = this.#cuts.get(strength);
      if (cut !== undefined && cut.size >= this.#setting.limit * least) return cut;
    }
    return [...this.#cuts.values()].at(-1);
  }

  /** The chunk's text up to a cut, or all of it; "" where nothing in it can be seen. */
  text(cut?: Cut): string {
    const end = cut ?? { hasInk: this.#hasInk, parts: this.#parts.length, top: this.#top };
    if (!end.hasInk) return "";
    const parts = this.#parts.slice(0, end.parts);
    for (let open = end.top; open !== undefined; open = open.parent) parts.push(open.close);
    return parts.join("");
  }

  #lead(): string {
    if (this.isEmpty) return "";
    return this.#break === undefined ? this.#space : expanded(this.#break, this.#top?.prefix ?? "");
  }

  #opened(want: Want | undefined): { top: Open | undefined; text: { text: string; inline: boolean } } {
    const missing: Want[] = [];
    for (let one = want; one !== undefined && one !== this.#top?.want; one = one.parent) missing.unshift(one);
    let top = this.#top;
    let text = "";
    let inline = false;
    for (const [index, one] of missing.entries()) {
      const { open, next } = this.#open(one, top, missing[index + 1]?.wrap.outerReopen);
      text += open;
      inline = open === "" ? inline : one.wrap.first === undefined && !open.endsWith("\n");
      top = next;
    }
    return { top, text: { text, inline } };
  }

  #open(want: Want, parent: Open | undefined, reopen: string | undefined): { open: string; next: Open } {
    const { limit, begun, bare } = this.#setting;
    const outer = { closing: parent?.closing ?? 0, overhead: parent?.overhead ?? 0, prefix: parent?.prefix ?? "" };
    const wrap = reopen === undefined ? want.wrap : { ...want.wrap, reopen };
    const signs = signsOf(wrap, outer.prefix, begun.has(want));
    const closing = this.#measure(signs.close);
    const overhead = outer.overhead + this.#measure(signs.open) + this.#measure(signs.rest) + closing;
    if (bare || overhead > limit / 2) return { open: "", next: { want, parent, close: "", ...outer } };
    const { open, close, prefix } = signs;
    return { open, next: { want, parent, close, closing: outer.closing + closing, overhead, prefix } };
  }

  #push(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.size += this.#measure(text);
  }

  #measure(text: string): number {
    return text === "" ? 0 : this.#setting.measure(text);
  }
}

/** From the firmest place to the weakest: how full the chunk must be for it, as a part of the limit. */
const FULL_ENOUGH: readonly (readonly [Strength, number])[] = [
  ["block", 0.4],
  ["line", 0.5],
  ["sentence", 0.5],
  ["word", 0.5],
];

type Signs = { readonly open: string; readonly close: string; readonly rest: string; readonly prefix: string };

/** What a wrap writes where it stands. `resumed`: it began in an earlier chunk. */
function signsOf(wrap: Wrap, outer: string, resumed: boolean): Signs {
  const begin = wrap.open ?? "";
  const rest = wrap.rest ?? "";
  const later = resumed ? (wrap.resume ?? rest) : rest;
  const prefix = wrap.flush === true ? "" : outer + later;
  const sign = resumed ? later + (wrap.reopen ?? begin) : (wrap.first ?? "") + begin;
  const close = expanded(wrap.close ?? "", wrap.flush === true ? "" : outer);
  return { open: expanded(sign, prefix), close, rest: later, prefix };
}

/** Puts the prefix at the beginning of every line but the first; empty lines get it without its spaces. */
function expanded(text: string, prefix: string): string {
  if (prefix === "" || !text.includes("\n")) return text;
  const lines = text.split("\n");
  const last = lines.length - 1;
  return lines
    .map((line, index) => (index === 0 ? line : index === last ? prefix + line : (prefix + line).trimEnd()))
    .join("\n");
}
