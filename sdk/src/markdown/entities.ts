// Character references (`&amp;`, `&#8212;`) to the characters they stand for; an unknown name stays as it is written.
import { characterNamed, characterNumbered } from "../character-references.ts";

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,30}));/g;

/** Resolves character references once. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return characterNamed(name) ?? whole;
    return characterNumbered(decimal === undefined ? Number.parseInt(hexadecimal ?? "0", 16) : Number(decimal));
  });
}
