// The one intermediate form between Markdown and every platform's dialect.
// Plain data: blocks that hold flat runs of styled text ("spans"). Flat, not nested,
// so that a text may be cut anywhere and each part still knows its whole style.

/** How a span looks. Absent means no. `link` is the destination as written, not checked for safety. */
export type Style = {
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly spoiler?: true;
  readonly code?: true;
  readonly link?: string;
  /** The span is an image's description, and `link` its address. */
  readonly image?: true;
};

/** A run of text in one style. A line break within a paragraph is "\n" in `text`. */
export type Span = { readonly text: string; readonly style: Style };

export type Paragraph = { readonly type: "paragraph"; readonly spans: readonly Span[] };

/** `level` is 1 to 6. */
export type Heading = {
  readonly type: "heading";
  readonly level: number;
  readonly spans: readonly Span[];
};

/** `language` is the first word of the fence's info string, or "" where there is none. */
export type Code = { readonly type: "code"; readonly language: string; readonly text: string };

export type Quote = { readonly type: "quote"; readonly blocks: readonly Block[] };

/** `number` is set in ordered lists, `checked` in task lists. */
export type ListItem = {
  readonly number?: number;
  readonly checked?: boolean;
  readonly blocks: readonly Block[];
};

/** `loose` lists have a blank line between their items. */
export type List = {
  readonly type: "list";
  readonly loose: boolean;
  readonly items: readonly ListItem[];
};

export type Align = "left" | "center" | "right" | null;

/** Every row has as many cells as `header`. */
export type Table = {
  readonly type: "table";
  readonly align: readonly Align[];
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
};

export type Cell = readonly Span[];

export type Rule = { readonly type: "rule" };

export type Block = Paragraph | Heading | Code | Quote | List | Table | Rule;

/** A whole text. No block in it is empty: what would show nothing is left out. */
export type Document = { readonly blocks: readonly Block[] };
