// Character references as pages write them: the semicolon behind a number may be missing. Pure.
import { characterNamed, characterNumbered } from "../character-references.ts";

const reference = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,12}));?/gi;
/** Where a word may be broken, and which way it is written: nothing that a reader sees. */
const unseen = /[\u00ad\u200e\u200f]/;

/** What is not known stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(reference, (whole, decimal, hex, name) => {
    const found =
      name === undefined
        ? characterNumbered(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal))
        : whole.endsWith(";") && characterNamed(name);
    if (!found) return whole;
    return unseen.test(found) ? "" : found;
  });
}
