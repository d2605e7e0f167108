// Takes every known secret out of what leaves the house or is kept: texts, and values of JSON with texts in them.
import { formsOf, shortest } from "./forms.ts";
import { createSearch, type Found, type Search } from "./search.ts";

export interface KnownSecret {
  /** Where it is from, in words for a person. */
  readonly name: string;
  readonly value: string;
}

export interface Redactor {
  /** The text with each secret as `***`; the same text where there is none. */
  text(text: string): string;
  /** The value with its texts so, names of fields too; the same object where nothing changes. Never fails. */
  json<T>(value: T): T;
  /** For words that come in pieces, of which a secret may have a part in each. */
  words(): Words;
  /** Looks at what is known anew, at the next text. */
  refresh(): void;
  /** What it looks for: the same list as long as nothing has changed. */
  known(): readonly KnownSecret[];
}

export interface Words {
  /** What may be shown by now: what may be the beginning of a secret is held back. */
  next(piece: string): string;
  /** The rest. */
  end(): string;
}

export const mask = "***";

/** Longer texts are not looked at without their white space: folded lines of a mebibyte are no answer of a tool. */
const longestFolded = 1024 * 1024;
/** A form that is looked for across lines and spaces must be long enough never to be words. */
const shortestFolded = 16;

/** Of tokens of leases only hashes are kept, so that after a restart they are known by their shape alone. */
const leaseToken = /(?<![\w-])hl_[\w-]{43}(?![\w-])/g;

interface Tables {
  /** What they were made of. */
  readonly from: readonly KnownSecret[];
  readonly plain: Search;
  /** For encoded forms that a program broke into lines or groups. */
  readonly folded: Search;
  readonly known: readonly KnownSecret[];
}

/** `secrets` is asked once after each `refresh`; where it gives the same list again, nothing is made anew. */
export function createRedactor(secrets: () => readonly KnownSecret[]): Redactor {
  let made: Tables | undefined;
  let isStale = true;
  const tables = (): Tables => {
    if (made !== undefined && !isStale) return made;
    const now = secrets();
    if (made?.from !== now) made = tablesOf(now);
    isStale = false;
    return made;
  };
  const text = (given: string): string => {
    // The shortest form has as many characters as the shortest secret.
    if (given.length < shortest) return given;
    const { plain, folded, known } = tables();
    const open = given.includes("hl_") ? given.replace(leaseToken, mask) : given;
    if (known.length === 0) return open;
    return foldedIn(without(open, plain.find(open)), folded);
  };
  return {
    text,
    json: (value) => within(value, text, 0) as typeof value,
    words: () => wordsOf(text, (open) => tables().plain.openEnd(open)),
    refresh() {
      isStale = true;
    },
    known: () => tables().known,
  };
}

function tablesOf(secrets: readonly KnownSecret[]): Tables {
  const known = secrets.filter(({ value }) => value.length >= shortest);
  const forms = known.map(({ value }) => [value, formsOf(value)] as const);
  // Of a key of many lines each line is one: a program may show it with something before each.
  const lines = known.flatMap(({ value }) => (value.includes("\n") ? value.split(/\r?\n/).filter(isTelling) : []));
  const encoded = forms.flatMap(([value, all]) => all.filter((form) => form !== value && isCode(form)));
  return {
    plain: createSearch([...new Set([...forms.flatMap(([, all]) => all), ...lines])]),
    folded: createSearch(encoded.filter((form) => form.length >= shortestFolded)),
    ...{ known, from: secrets },
  };
}

/** Not the lines that all keys have (RFC 7468). */
function isTelling(line: string): boolean {
  return line.length >= 16 && !line.startsWith("-----");
}

function isCode(form: string): boolean {
  return /^[\w+/-]+$/.test(form);
}

function without(text: string, found: readonly Found[]): string {
  if (found.length === 0) return text;
  let [kept, at] = ["", 0];
  for (const { from, to } of found) {
    kept += text.slice(at, from) + mask;
    at = to;
  }
  return kept + text.slice(at);
}

/** Encoded forms with line ends or spaces in them, as `base64` and `hexdump` write. */
function foldedIn(text: string, search: Search): string {
  if (text.length > longestFolded) return text;
  const close = text.replace(/[\s:]+/g, "");
  if (close.length === text.length) return text;
  const found = search.find(close);
  if (found.length === 0) return text;
  const places: number[] = [];
  for (let index = 0; index < text.length; index += 1) if (!/[\s:]/.test(text[index] as string)) places.push(index);
  return without(
    text,
    found.map(({ from, to }) => ({ from: places[from] as number, to: (places[to - 1] as number) + 1 })),
  );
}

function wordsOf(text: Redactor["text"], openEnd: (text: string) => number): Words {
  let held = "";
  return {
    next(piece) {
      held = text(held + piece);
      const open = openEnd(held);
      const shown = held.slice(0, held.length - open);
      held = held.slice(held.length - open);
      return shown;
    },
    end() {
      const rest = text(held);
      held = "";
      return rest;
    },
  };
}

const deepest = 64;

function within(value: unknown, text: Redactor["text"], depth: number): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => within(item, text, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return isPlain(value) ? withinFields(value as Fields, text, depth) : value;
}

type Fields = Readonly<Record<string, unknown>>;

function withinFields(fields: Fields, text: Redactor["text"], depth: number): Fields {
  let changed: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(fields)) {
    const name = text(key);
    const item = isMedia(key, fields) ? media(fields, text) : within(value, text, depth + 1);
    if (name === key && item === value) continue;
    changed ??= { ...fields };
    if (name !== key) delete changed[key];
    changed[name] = item;
  }
  return changed ?? fields;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isMedia(key: string, fields: Fields): boolean {
  return key === "data" && typeof fields.data === "string" && typeof fields.mediaType === "string";
}

/** A picture is passed by: its bytes are not for a text to change. A file of text is read, and written anew. */
function media({ data, mediaType }: Fields, text: Redactor["text"]): unknown {
  if (!/^(text\/|application\/(json|xml|x-yaml|x-sh))/.test(String(mediaType))) return data;
  try {
    const before = new TextDecoder().decode(Uint8Array.from(atob(String(data)), (unit) => unit.charCodeAt(0)));
    const after = text(before);
    if (after === before) return data;
    return btoa(Array.from(new TextEncoder().encode(after), (byte) => String.fromCharCode(byte)).join(""));
  } catch {
    // No base64: looked at as it is.
    return text(String(data));
  }
}
