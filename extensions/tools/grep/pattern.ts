// Reads a regular expression into a tree. Its single characters are left to the runtime's own engine, which cannot be
// slow on one character; what needs memory of the text (lookaround, back references) is refused. Pure.
import { Fault } from "@homarus/sdk";

export type Pattern =
  | { readonly type: "one"; readonly test: (character: string) => boolean }
  | { readonly type: "place"; readonly place: Place }
  | { readonly type: "sequence"; readonly items: readonly Pattern[] }
  | { readonly type: "choice"; readonly items: readonly Pattern[] }
  | { readonly type: "repeat"; readonly item: Pattern; readonly min: number; readonly max: number };

export type Place = "begin" | "end" | "word-edge" | "inside-word";

/** Throws an `invalid` Fault that says what cannot be read. */
export function readPattern(written: string, ignoreCase: boolean): Pattern {
  const isInsensitive = written.startsWith("(?i)");
  const source = isInsensitive ? written.slice(4) : written;
  const flags = `${flagFor(source)}${ignoreCase || isInsensitive ? "i" : ""}`;
  const reader = new Reader(source, flags);
  return reader.choice();
}

/** Unicode mode where the pattern is right in it; else the older, more lenient syntax. Throws when it is in neither. */
function flagFor(source: string): "u" | "" {
  if (trouble(source, "u") === undefined) return "u";
  const message = trouble(source, "");
  if (message === undefined) return "";
  throw new Fault("invalid", "grep.pattern", `The pattern is not a regular expression: ${message}.`, {
    hint: "Escape special characters with a backslash, or set literal.",
  });
}

function trouble(source: string, flags: string): string | undefined {
  try {
    new RegExp(source, flags);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message.replace(/^Invalid regular expression: /, "");
  }
}

function refused(what: string): Fault {
  return new Fault("invalid", "grep.unsupported", `The pattern uses ${what}, which this search does not know.`, {
    hint: "Write it without, or search in two steps.",
  });
}

/** Walks a pattern that is known to be well-formed. */
class Reader {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  choice(): Pattern {
    const items = [this.#sequence()];
    while (this.#takes("|")) items.push(this.#sequence());
    return items.length === 1 && items[0] ? items[0] : { type: "choice", items };
  }

  #sequence(): Pattern {
    const items: Pattern[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? "")) items.push(this.#repeated());
    return { type: "sequence", items };
  }

  #repeated(): Pattern {
    let item = this.#atom();
    for (let count = this.#count(); count; count = this.#count()) item = { type: "repeat", item, ...count };
    return item;
  }

  #count(): { readonly min: number; readonly max: number } | undefined {
    const [text, sign, min, comma, max] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at)) ?? [];
    if (text === undefined) return undefined;
    this.#at += text.length;
    if (sign) return { min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Number.POSITIVE_INFINITY };
    return { min: Number(min), max: max ? Number(max) : comma ? Number.POSITIVE_INFINITY : Number(min) };
  }

  #atom(): Pattern {
    if (this.#takes("(")) return this.#group();
    if (this.#takes("^")) return { type: "place", place: "begin" };
    if (this.#takes("$")) return { type: "place", place: "end" };
    if (this.#takes(".")) return { type: "one", test: () => true };
    if (this.#source[this.#at] === "[") return this.#one(/^\[(?:\\[\s\S]|[^\]\\])*\]/);
    if (this.#source[this.#at] === "\\") return this.#escape();
    return this.#one(/^[\s\S]/u);
  }

  #group(): Pattern {
    const kind = /^\?(?::|<(?![=!])[^>]*>)/.exec(this.#source.slice(this.#at))?.[0];
    if (kind === undefined && this.#source[this.#at] === "?") throw refused("lookaround or inline flags");
    this.#at += kind?.length ?? 0;
    const inside = this.choice();
    this.#takes(")");
    return inside;
  }

  #escape(): Pattern {
    if (this.#takes("\\b")) return { type: "place", place: "word-edge" };
    if (this.#takes("\\B")) return { type: "place", place: "inside-word" };
    if (/^\\(?:[1-9]|k<)/.test(this.#source.slice(this.#at))) throw refused("a back reference");
    return this.#one(/^\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\}|[pP]\{[^}]*\}|c[a-z]|[\s\S])/iu);
  }

  /** Something that fits one character. */
  #one(extent: RegExp): Pattern {
    const text = extent.exec(this.#source.slice(this.#at))?.[0] ?? "";
    this.#at += text.length;
    const test = new RegExp(`^(?:${text})$`, this.#flags);
    return { type: "one", test: remembered((character) => test.test(character)) };
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

/** Answers for the first 128 characters are kept: nearly all text is made of them. */
function remembered(test: (character: string) => boolean): (character: string) => boolean {
  const known = new Map<string, boolean>();
  return (character) => {
    const answer = known.get(character);
    if (answer !== undefined) return answer;
    const found = test(character);
    if (character < "\x80") known.set(character, found);
    return found;
  };
}
