// Blanks out comments, regular expressions and the insides of strings, so that a plain pattern finds code only.
// Length and line breaks stay, so a place in the masked text is the same place in the source. Not a parser: text
// between JSX tags is left as it is.

/** The source with everything that is not code turned into spaces; quotes and `${}` parts stay. */
export function mask(source: string): string {
  const masker = new Masker(source);
  // A brace too many, as in the text of a page, ends a walk early: go on behind it.
  for (let at = 0; at < source.length; at++) at = masker.code(at);
  return masker.text();
}

const wordBeforePattern = /\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/;

class Masker {
  readonly #source: string;
  readonly #out: string[];

  constructor(source: string) {
    this.#source = source;
    this.#out = source.split("");
  }

  text(): string {
    return this.#out.join("");
  }

  /** Walks code from `at` to the end, or to the brace that closes a template's part. Returns where it stopped. */
  code(at: number): number {
    let depth = 0;
    while (at < this.#source.length) {
      const char = this.#source[at];
      if (char === "{") depth++;
      if (char === "}" && depth-- === 0) return at;
      at = this.#skip(at) ?? at + 1;
    }
    return at;
  }

  /** Where the comment, string, template or pattern that starts at `at` ends; undefined if none starts there. */
  #skip(at: number): number | undefined {
    const source = this.#source;
    const char = source[at];
    if (char === "'" || char === '"') return this.#string(at, char);
    if (char === "`") return this.#template(at + 1);
    if (char !== "/") return undefined;
    if (source[at + 1] === "/") return this.#blank(at, endOr(source.indexOf("\n", at), source));
    if (source[at + 1] === "*") return this.#blank(at, endOr(source.indexOf("*/", at + 2) + 2, source, 2));
    return this.#pattern(at);
  }

  #string(at: number, quote: string): number | undefined {
    const end = this.#closing(at + 1, quote);
    return end === undefined ? undefined : this.#blank(at + 1, end) + 1;
  }

  #template(at: number): number {
    let begin = at;
    while (at < this.#source.length && this.#source[at] !== "`") {
      if (this.#source[at] === "\\") at++;
      else if (this.#source.startsWith("${", at)) {
        this.#blank(begin, at);
        at = this.code(at + 2);
        begin = at + 1;
      }
      at++;
    }
    return this.#blank(begin, Math.min(at, this.#source.length)) + 1;
  }

  #pattern(at: number): number | undefined {
    const before = this.#source.slice(Math.max(0, at - 12), at).trimEnd();
    const mayStart = before === "" || /(?:[(,=:[!&|?{;+\-~]|=>)$/.test(before) || wordBeforePattern.test(before);
    if (!mayStart) return undefined;
    const end = this.#closing(at + 1, "/");
    return end === undefined ? undefined : this.#blank(at + 1, end) + 1;
  }

  /** Where the given mark ends on this line, passing over escapes and, in a pattern, over character classes. */
  #closing(at: number, mark: string): number | undefined {
    let inClass = false;
    for (; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\n") return undefined;
      if (char === "\\") at++;
      else if (mark === "/" && char === "[") inClass = true;
      else if (mark === "/" && char === "]") inClass = false;
      else if (char === mark && !inClass) return at;
    }
    return undefined;
  }

  #blank(from: number, to: number): number {
    for (let at = from; at < to; at++) if (this.#out[at] !== "\n") this.#out[at] = " ";
    return to;
  }
}

function endOr(found: number, source: string, missing = 0): number {
  return found < missing ? source.length : found;
}
