// The spellings in which a secret may leave: as it is, backwards, turned by thirteen letters, in hexadecimal, base64,
// base32, numbers, and two of these one on top of the other. Each is squeezed to lower-case letters and digits, as the
// watcher squeezes what it watches, so that case and whatever is put between do not matter.

/** A spelling that is shorter says nothing: too many texts hold it by chance. */
export const shortestSpelling = 8;
/** A shorter secret may be a word, so that as it is it counts only letter by letter. */
const shortestLoose = 12;

export interface Spellings {
  /** Squeezed codes, 0 to 35. */
  readonly loose: readonly Uint8Array[];
  /** The same of the plainest forms alone, for finding a secret piece by piece. */
  readonly plain: readonly Uint8Array[];
  /** Bytes to be found as they are; present where squeezing would say nothing. */
  readonly exact: Uint8Array | undefined;
}

/** Codes of a byte: 0 to 35 for digits and letters, 255 for what is squeezed out. */
export const codes: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = "0123456789abcdefghijklmnopqrstuvwxyz".indexOf(String.fromCharCode(byte).toLowerCase());
  return byte < 128 && digit >= 0 ? digit : 255;
});

export function squeeze(text: string): Uint8Array {
  return bytesOf(text)
    .map((byte) => codes[byte] ?? 255)
    .filter((code) => code !== 255);
}

export function spellingsOf(secret: string): Spellings {
  const bytes = bytesOf(secret);
  if (bytes.length < shortestSpelling) return { loose: [], plain: [], exact: undefined };
  const turned = [reversed(secret), rot13(secret)];
  const coded = [...base64(bytes), hex(bytes)];
  const more = [...base32(bytes), numbers(bytes), hex(bytes, "x"), hex(bytes, "0x"), hex(bytes, "u00")];
  const twice = [
    ...coded.flatMap((text) => [...base64(bytesOf(text)), hex(bytesOf(text)), reversed(text), rot13(text)]),
    ...base64(bytesOf(hex(bytes).toUpperCase())),
    ...turned.flatMap((text) => [...base64(bytesOf(text)), hex(bytesOf(text))]),
    reversed(rot13(secret)),
  ];
  const isLoose = squeeze(secret).length >= shortestLoose;
  const plain = distinct([...(isLoose ? [secret] : []), ...coded]);
  return {
    loose: distinct([...(isLoose ? [secret, ...turned] : []), ...coded, ...more, ...twice]),
    plain,
    exact: isLoose ? undefined : bytes,
  };
}

function distinct(texts: readonly string[]): Uint8Array[] {
  const squeezed = new Map(texts.map((text) => [String(squeeze(text)), squeeze(text)]));
  return [...squeezed.values()].filter((codes) => codes.length >= shortestSpelling);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });
}

function hex(bytes: Uint8Array, before = ""): string {
  return Array.from(bytes, (byte) => `${before}${byte.toString(16).padStart(2, "0")}`).join("");
}

function numbers(bytes: Uint8Array): string {
  return Array.from(bytes, String).join("");
}

/** The letters that are the secret's alone, for each place at which it may begin among others. */
function base64(bytes: Uint8Array): readonly string[] {
  // `+` and `/`, or `-` and `_`, are squeezed out, so that both alphabets are one.
  return shifted(bytes, 6, 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

function base32(bytes: Uint8Array): readonly string[] {
  return shifted(bytes, 5, 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

function shifted(bytes: Uint8Array, width: number, places: number, alphabet: string): readonly string[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: places }, (_, place) => {
    const skipped = (width - ((place * 8) % width)) % width;
    const own = bits.slice(skipped);
    const letters = Math.floor(own.length / width);
    return Array.from({ length: letters }, (_, at) =>
      alphabet.charAt(Number.parseInt(own.slice(at * width, (at + 1) * width), 2)),
    ).join("");
  });
}
