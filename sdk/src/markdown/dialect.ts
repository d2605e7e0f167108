// What a platform's dialect is: data and small functions, no walking and no cutting.
// `layout.ts` walks a document with it, `chunk.ts` cuts the outcome. Another dialect is one file.

import type { Style } from "./document.ts";

/**
 * Something that encloses text. `open` and `close` stand around it; `first` and `rest` are put
 * before its first and its later lines. Nothing is written until there is text inside.
 */
export type Wrap = {
  readonly open?: string;
  readonly close?: string;
  /** Instead of `open`, where the text goes on in a later chunk. */
  readonly reopen?: string;
  readonly first?: string;
  readonly rest?: string;
  /** Instead of `rest`, in later chunks. */
  readonly resume?: string;
  /** Instead of `reopen` of the wrap around it, where a later chunk begins with this one. */
  readonly outerReopen?: string;
  /** Lines inside begin at the margin: prefixes of what is around are not repeated. */
  readonly flush?: true;
};

/** What an item of a list is marked with. `depth` is 0 in the outermost list. */
export type ItemMark = {
  readonly depth: number;
  readonly number?: number;
  readonly checked?: boolean;
};

/**
 * How a link is shown: enclosed in `wrap`, or followed by `tail`, its address as text. `raw` shows its text
 * unescaped. `bang` stands for a "!" right before it, in dialects where the two together would be an image.
 */
export type LinkForm = {
  readonly wrap?: Wrap;
  readonly tail?: string;
  readonly raw?: true;
  readonly bang?: string;
};

export type LinkText = { readonly href: string; readonly text: string; readonly image: boolean };

export type MarkName = "bold" | "italic" | "underline" | "strike" | "spoiler";

/**
 * Where a style's signs are understood: "anywhere" (tags), by the flanking rules of CommonMark 6.2,
 * or only around whole words. A style that its place does not allow is left out.
 */
export type Flanking = "anywhere" | "commonmark" | "words";

export type TableTags = { readonly table: Wrap; readonly row: Wrap; readonly head: Wrap; readonly cell: Wrap };

export type Dialect = {
  readonly name: string;
  readonly flanking: Flanking;
  /** Escapes a word or a part of one; must give the same for a text as for its parts. */
  readonly escape: (text: string, atLineStart: boolean) => string;
  readonly escapeCode: (text: string) => string;
  /** Signs of a style, or undefined where the platform has none. */
  readonly marks: Readonly<Partial<Record<MarkName, Wrap>>>;
  /** Signs of code within a line; undefined where this text cannot be shown as code. */
  readonly codeSpan: (text: string) => Wrap | undefined;
  readonly link: (link: LinkText) => LinkForm;
  /** Whether a link may hold code, and code other styles. */
  readonly nestsCode: boolean;
  readonly paragraph: Wrap;
  readonly heading: (level: number) => { readonly wrap?: Wrap; readonly style?: Style };
  readonly codeBlock: (language: string, text: string) => Wrap;
  /** `depth` is 0 for the outermost quote. */
  readonly quote: (depth: number) => Wrap;
  readonly list: (first: ItemMark) => Wrap;
  readonly item: (mark: ItemMark) => Wrap;
  /** Tags of a table, or "text" for columns lined up with spaces in a code block. */
  readonly table: TableTags | "text";
  /** A rule, already in the dialect. */
  readonly rule: string;
  /** Between blocks, between the parts of a tight list, and within a paragraph. */
  readonly gap: string;
  readonly tightGap: string;
  readonly newline: string;
};

/** How firm a place to cut is; the layout knows the first two, the text the others. */
export type Strength = "block" | "line" | "sentence" | "word" | "grapheme";

/** The layout of a document in a dialect, before it is cut. */
export type Piece =
  | { readonly type: "text"; readonly text: string; readonly form: "prose" | "code" | "raw"; readonly verbatim?: true }
  | { readonly type: "open"; readonly wrap: Wrap }
  | { readonly type: "close" }
  /** Text that is only shown where `wrap` is too long for the limit. */
  | { readonly type: "instead"; readonly text: string; readonly wrap: Wrap }
  | { readonly type: "break"; readonly text: string; readonly strength: "block" | "line" };
