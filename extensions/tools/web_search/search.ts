// What a search is and what it finds, the same for every engine.

export interface Search {
  readonly query: string;
  readonly count: number;
  readonly freshness?: "day" | "week" | "month" | "year" | undefined;
}

export interface Found {
  readonly title: string;
  readonly url: string;
  readonly text: string;
  /** As the engine says it. */
  readonly age?: string;
}

/** How an engine is asked, and what its answer says; both pure. */
export interface Engine {
  readonly name: string;
  request(search: Search): { readonly url: string; readonly init: RequestInit };
  /** Throws where the answer is not one of a search. */
  read(body: string): readonly Found[];
}

type Row = Readonly<Record<string, unknown>>;

export function rowsIn(value: unknown, ...path: readonly string[]): readonly Row[] {
  const found = path.reduce<unknown>((at, name) => (at as Row | undefined)?.[name], value);
  if (!Array.isArray(found)) throw new Error("there is no list of results in it");
  return found.filter((item): item is Row => typeof item === "object" && item !== null);
}

/** Rows that have an address of the web; texts without markup, and not longer than is of use. */
export function foundIn(
  rows: readonly Row[],
  names: { readonly text: string; readonly age?: string },
): readonly Found[] {
  return rows.flatMap((row): Found[] => {
    const url = plain(row.url, 2_000);
    if (!/^https?:\/\//i.test(url)) return [];
    const age = names.age === undefined ? "" : plain(row[names.age], 60);
    return [{ title: plain(row.title, 200) || url, url, text: plain(row[names.text], 500), ...(age && { age }) }];
  });
}

export function plain(value: unknown, most: number): string {
  if (typeof value !== "string") return "";
  const text = value
    .replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}
