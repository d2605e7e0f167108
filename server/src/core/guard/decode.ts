// Encodings a command can hide in, undone without running anything.
import { hole } from "./verdict.ts";

const plain: Readonly<Record<string, string>> = {
  ...{ n: "\n", t: "\t", r: "\r", a: "\u0007", b: "\b", e: "\u001B", E: "\u001B", f: "\f", v: "\v" },
  ...{ "\\": "\\", "'": "'", '"': '"', "?": "?" },
};

const escapes = /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|0?[0-7]{1,3}|c.|.)/gs;

/** The escapes of `$'..'`, of printf and of `echo -e`. */
export function unescapeAnsi(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (whole, body: string) => {
    const first = body[0] ?? "";
    if (/^[xuU]./.test(body)) return character(Number.parseInt(body.slice(1), 16));
    if (/[0-7]/.test(first)) return character(Number.parseInt(body, 8));
    return plain[body] ?? whole;
  });
}

function character(code: number): string {
  return code > 0x10_ff_ff ? hole : String.fromCodePoint(code);
}

/** Base64, also with line breaks and missing padding. */
export function fromBase64(text: string): string {
  const clean = text.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (clean.includes(hole) || !/^[A-Za-z0-9+/]*$/.test(clean)) return hole;
  try {
    return utf8(Uint8Array.from(atob(clean), (letter) => letter.charCodeAt(0)));
  } catch {
    // Not base64 at all: what it would come to is unknown.
    return hole;
  }
}

/** Base32 of RFC 4648. */
export function fromBase32(text: string): string {
  const bits = [...text.toUpperCase().replace(/[\s=]/g, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter))
    .map((value) => (value < 0 ? "" : value.toString(2).padStart(5, "0")))
    .join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return text.includes(hole) ? hole : utf8(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2)));
}

/** Pairs of hexadecimal digits; whatever stands between them is passed over, and so are the offsets of a dump. */
export function fromHex(text: string): string {
  if (text.includes(hole)) return hole;
  const lines = text.split("\n").map((line) => line.replace(/^[0-9a-f]{7,8}: /, "").replace(/ {2}.*$/, ""));
  const pairs =
    lines
      .join("")
      .replace(/\\x|0x|[^0-9a-fA-F]/g, "")
      .match(/../g) ?? [];
  return utf8(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What `printf FORMAT ARGUMENTS` writes; the format is used again while arguments are left. */
export function formatPrintf(format: string, args: readonly string[]): string {
  const rest = [...args];
  let out = "";
  do {
    const before = rest.length;
    out += unescapeAnsi(format).replace(/%(%|[-+ #0]*\d*(?:\.\d+)?([sbqdiouxXcfeg]))/g, (whole, _, kind?: string) => {
      if (whole === "%%") return "%";
      const value = rest.shift() ?? "";
      if (kind === "b") return unescapeAnsi(value);
      if (kind === "c") return value.slice(0, 1);
      return /^[xX]$/.test(kind ?? "") ? Number(value).toString(16) : value;
    });
    if (rest.length === before) break;
  } while (rest.length > 0);
  return out;
}

/** What `tr FROM TO` does, with ranges; sets by name only where both sides name one. */
export function translate(text: string, flags: string, from: string, to: string): string {
  const source = letterSet(from);
  if (flags.includes("d")) return [...text].filter((letter) => !source.includes(letter)).join("");
  const target = letterSet(to);
  if (target.length === 0) return flags.includes("s") ? text : hole;
  const last = target.at(-1) ?? "";
  const table = new Map(source.map((letter, index) => [letter, target[index] ?? last]));
  return [...text].map((letter) => table.get(letter) ?? letter).join("");
}

function letterSet(text: string): string[] {
  const named = unescapeAnsi(text).replaceAll("[:lower:]", "a-z").replaceAll("[:upper:]", "A-Z");
  const ranges = named.replace(/(.)-(.)/gs, (whole, first: string, last: string) => {
    const [begin, end] = [first.charCodeAt(0), last.charCodeAt(0)];
    if (end < begin || end - begin > 300) return whole;
    return Array.from({ length: end - begin + 1 }, (_, index) => String.fromCharCode(begin + index)).join("");
  });
  return [...ranges];
}
