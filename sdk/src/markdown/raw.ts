// What the block parser hands on: the structure of a text whose inline parts are still Markdown source.

import type { Align } from "./document.ts";

/** A block whose inline parts are still Markdown source. */
export type RawBlock =
  | { readonly type: "paragraph"; readonly source: string }
  | { readonly type: "heading"; readonly level: number; readonly source: string }
  | { readonly type: "code"; readonly language: string; readonly text: string }
  | { readonly type: "quote"; readonly blocks: readonly RawBlock[] }
  | { readonly type: "list"; readonly loose: boolean; readonly items: readonly RawItem[] }
  | RawTable
  | { readonly type: "definition"; readonly label: string; readonly href: string; readonly source: string }
  | { readonly type: "rule" };

export type RawItem = {
  readonly number?: number;
  readonly checked?: boolean;
  readonly blocks: readonly RawBlock[];
};

export type RawTable = {
  readonly type: "table";
  readonly align: readonly Align[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Lines of one container, read from the front. */
export type Reader = { readonly lines: readonly string[]; at: number; readonly depth: number };
