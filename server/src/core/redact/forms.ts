// The forms in which a secret turns up: as it is, in JSON, in base64 wherever it begins there, in hexadecimal, in an
// address, in markup. Only those parts of a form that do not depend on what stands around it.

/** A shorter secret, or form of one, would blank out ordinary words. */
export const shortest = 8;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function formsOf(secret: string): readonly string[] {
  if (secret.length < shortest) return [];
  const bytes = new TextEncoder().encode(secret);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const based = [0, 1, 2].map((filling) => base64Of(bytes, filling));
  const all = [
    ...[secret, ...inJson(secret), ...inAddresses(secret, hex), ...inMarkup(secret)],
    ...[hex.join(""), hex.join("").toUpperCase()],
    ...based,
    ...based.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...new Set(all)].filter((form) => form.length >= shortest);
}

/** The characters that are the same whatever stands before and behind, with so many bytes before. */
function base64Of(bytes: Uint8Array, filling: number): string {
  const bits = [...new Array<number>(filling).fill(0), ...bytes];
  const whole = Math.floor((bits.length * 8) / 6);
  let text = "";
  for (let index = Math.ceil((filling * 8) / 6); index < whole; index += 1) {
    const at = index * 6;
    const pair = ((bits[at >> 3] ?? 0) << 8) | (bits[(at >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (10 - (at & 7))) & 63];
  }
  return text;
}

/** As JSON has it, within JSON within JSON too, and with everything beyond ASCII written by number. */
function inJson(secret: string): readonly string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const ascii = once.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [once, JSON.stringify(once).slice(1, -1), ascii, once.replaceAll("/", "\\/")];
}

function inAddresses(secret: string, hex: readonly string[]): readonly string[] {
  // Half of a pair of UTF-16 has no form in an address.
  const encoded = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  const strict = encoded.replace(/[!'()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
  const each = `%${hex.join("%")}`;
  // As forms are sent; of a field without a name the equals sign is left.
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const written = [encoded, strict, form, encoded.replaceAll("%20", "+"), strict.replaceAll("%20", "+")];
  const small = written.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...written, ...small, each, each.toUpperCase()];
}

function inMarkup(secret: string): readonly string[] {
  const some = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = some.replaceAll('"', "&quot;");
  return [some, quoted, quoted.replaceAll("'", "&#39;"), quoted.replaceAll("'", "&#x27;")];
}
