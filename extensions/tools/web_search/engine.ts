// What every engine is to the tool: how to ask it, and how to read its answer. Both pure.
import { oneLine, readHtml, textOf } from "@homarus/sdk/html";

export interface Search {
  readonly query: string;
  readonly count: number;
  readonly freshness?: "day" | "week" | "month" | "year";
  readonly language?: string;
  /** Upper case. */
  readonly country?: string;
  readonly site?: string;
}

export interface SearchRequest {
  readonly url: string;
  readonly init: {
    readonly method?: "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

export interface Found {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
  readonly age?: string;
}

/** What a refusal of this engine means, where it is not what the status says. */
export type Refusal = "auth" | "limited" | "format" | "blocked" | "request" | undefined;

export interface Engine {
  readonly name: string;
  /** Where the owner gets a key, or what is to be set. */
  readonly help: string;
  request(search: Search): SearchRequest;
  /** Undefined where the answer is not what this engine answers with. */
  read(text: string): readonly Found[] | undefined;
  refusal?(status: number, text: string): Refusal;
}

/** The words with the host, for engines that know no field for it. */
export function withSite({ query, site }: Search): string {
  return site ? `${query} site:${site}` : query;
}

/** Results out of JSON of any shape. `list` says where they stand. */
export function foundIn(
  text: string,
  list: (answer: Record<string, unknown>) => unknown,
  read: (item: Readonly<Record<string, unknown>>) => Record<keyof Found, unknown>,
): readonly Found[] | undefined {
  const answer = parsed(text);
  const items = isRecord(answer) ? list(answer) : undefined;
  if (!Array.isArray(items)) return undefined;
  return items.filter(isRecord).map((item) => {
    const { title, url, snippet, age } = read(item);
    return { title: plain(title), url: word(url), snippet: plain(snippet), ...(word(age) && { age: plain(age) }) };
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no answer of the engine; the caller says so.
    return undefined;
  }
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Engines mark words with tags and write characters by name. */
function plain(value: unknown): string {
  const text = word(value).slice(0, 5_000);
  return oneLine(/[<&]/.test(text) ? textOf(readHtml(text)) : text);
}
