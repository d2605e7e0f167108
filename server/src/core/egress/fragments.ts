// A secret that leaves in parts: over several requests, in any order, with other things between. What one field brings
// is put together over its requests; and pieces of eight letters are remembered until too much of a secret has gone.
// One memory for each session, bounded.
import { createSearch, hashNext, hashOf, isMarked, mark, type SearchIndex } from "./search.ts";
import { codes, shortestSpelling } from "./spellings.ts";
import { joined } from "./views.ts";

export interface PieceIndex {
  readonly spellings: readonly { readonly codes: Uint8Array; readonly secret: number }[];
  /** Hash of eight codes, to the places where they stand: spelling * 65536 + offset. */
  readonly places: ReadonlyMap<number, readonly number[]>;
  readonly filter: Uint8Array;
}

export interface FragmentMemory {
  /** Remembers the pieces in this text; the secret of which too much has left. */
  pieces(text: Uint8Array): number | undefined;
  /** Puts the text behind what this field brought before; the index of the spelling that is whole now. */
  field(name: string, text: Uint8Array): number | undefined;
}

/** The share of a spelling that tells the secret to whoever tries the rest. */
const tellingShare = 0.7;
const leastTold = 12;
const mostFields = 256;
const keptOfField = 1024;
const mostKept = 512;

export function createPieceIndex(spellings: PieceIndex["spellings"]): PieceIndex {
  const places = new Map<number, number[]>();
  const filter = new Uint8Array(1 << 15);
  for (const [index, { codes: own }] of spellings.entries()) {
    for (let offset = 0; offset + shortestSpelling <= own.length; offset++) {
      const hash = hashOf(own, offset);
      mark(filter, hash);
      places.set(hash, [...(places.get(hash) ?? []), index * 65_536 + offset]);
    }
  }
  return { spellings, places, filter };
}

export function createFragmentMemory(index: PieceIndex, whole: SearchIndex): FragmentMemory {
  /** Of a spelling: which of its letters have left. */
  const told = new Map<number, Uint8Array>();
  const fields = new Map<string, Uint8Array>();
  const note = (place: number): number | undefined => {
    const spelling = Math.floor(place / 65_536);
    const { codes: own, secret } = index.spellings[spelling] ?? { codes, secret: 0 };
    const before = told.get(spelling) ?? new Uint8Array(own.length);
    const letters = before.slice().fill(1, place % 65_536, (place % 65_536) + shortestSpelling);
    const [count, was] = [letters, before].map((list) => list.reduce((sum, letter) => sum + letter, 0));
    // What had left before says nothing new. What is refused now has not left, and is refused again.
    if (count === was) return undefined;
    if ((count ?? 0) >= Math.max(leastTold, own.length * tellingShare)) return secret;
    told.delete(spelling);
    told.set(spelling, letters);
    if (told.size > mostKept) told.delete(told.keys().next().value ?? 0);
    return undefined;
  };
  return {
    pieces(text) {
      for (const place of placesIn(text, index)) {
        const secret = note(place);
        if (secret !== undefined) return secret;
      }
      return undefined;
    },
    field(name, text) {
      const before = fields.get(name) ?? new Uint8Array(0);
      const now = joined(
        before,
        text.subarray(0, keptOfField).filter((byte) => codes[byte] !== 255),
      );
      const found = createSearch(whole).push(now);
      fields.delete(name);
      fields.set(name, found === undefined ? now.slice(-keptOfField) : before);
      if (fields.size > mostFields) fields.delete(fields.keys().next().value ?? "");
      return found;
    },
  };
}

/** Where in spellings the pieces of this text stand. */
function* placesIn(text: Uint8Array, { filter, places, spellings }: PieceIndex): Generator<number> {
  let hash = 0;
  let seen = 0;
  const last = new Uint8Array(shortestSpelling);
  // Two pieces may have one hash.
  const isSame = (place: number): boolean => {
    const { codes: own } = spellings[Math.floor(place / 65_536)] ?? { codes: last };
    return last.every((_, at) => last[(seen + at) % shortestSpelling] === own[(place % 65_536) + at]);
  };
  for (let at = 0; at < text.length; at++) {
    const code = codes[text[at] ?? 0] ?? 255;
    if (code === 255) continue;
    hash = hashNext(hash, code);
    last[seen % shortestSpelling] = code;
    if (++seen >= shortestSpelling && isMarked(filter, hash)) yield* (places.get(hash) ?? []).filter(isSame);
  }
}
