// Finds many spellings in a stream of bytes, in one pass and with memory that does not grow. Bytes are squeezed to
// letters and digits first; eight of them in a row tell by a hash which spellings may begin here.
import { codes, shortestSpelling } from "./spellings.ts";

export interface SearchIndex {
  readonly spellings: readonly Uint8Array[];
  /** Hash of the first eight codes, to the spellings that begin so. */
  readonly heads: ReadonlyMap<number, readonly number[]>;
  /** One bit for each hash, so that most bytes cost no look into the map. */
  readonly filter: Uint8Array;
}

export interface Search {
  /** The index of a spelling that is whole now. */
  push(bytes: Uint8Array): number | undefined;
  /** Whether what came last may be the beginning of one. */
  readonly isOpen: boolean;
  reset(): void;
}

const filterBits = 18;

/** Each code is shifted out of the hash by the eight that follow it. */
export function hashNext(hash: number, code: number): number {
  return ((hash << 4) ^ Math.imul(code + 1, 0x9e3779b1)) | 0;
}

/** The hash of eight codes. */
export function hashOf(window: Uint8Array, from = 0): number {
  let hash = 0;
  for (let at = from; at < from + shortestSpelling; at++) hash = hashNext(hash, window[at] ?? 0);
  return hash;
}

export function createSearchIndex(spellings: readonly Uint8Array[]): SearchIndex {
  const heads = new Map<number, number[]>();
  const filter = new Uint8Array(1 << (filterBits - 3));
  for (const [index, spelling] of spellings.entries()) {
    const hash = hashOf(spelling);
    heads.set(hash, [...(heads.get(hash) ?? []), index]);
    mark(filter, hash);
  }
  return { spellings, heads, filter };
}

export function mark(filter: Uint8Array, hash: number): void {
  const slot = Math.imul(hash, 0x85ebca6b) >>> (32 - filterBits);
  filter[slot >> 3] = (filter[slot >> 3] ?? 0) | (1 << (slot & 7));
}

export function isMarked(filter: Uint8Array, hash: number): boolean {
  const slot = Math.imul(hash, 0x85ebca6b) >>> (32 - filterBits);
  return ((filter[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0;
}

export function createSearch(index: SearchIndex): Search {
  let hash = 0;
  let seen = 0;
  let open: { spelling: number; matched: number }[] = [];
  const advance = (code: number): number | undefined => {
    const still: typeof open = [];
    for (const item of open) {
      const spelling = index.spellings[item.spelling] ?? codes;
      if (spelling[item.matched] !== code) continue;
      item.matched++;
      if (item.matched === spelling.length) return item.spelling;
      still.push(item);
    }
    open = still;
    return undefined;
  };
  const begin = (): number | undefined => {
    for (const spelling of index.heads.get(hash) ?? []) {
      if (index.spellings[spelling]?.length === shortestSpelling) return spelling;
      open.push({ spelling, matched: shortestSpelling });
    }
    return undefined;
  };
  const step = (code: number): number | undefined => {
    const whole = open.length > 0 ? advance(code) : undefined;
    if (whole !== undefined) return whole;
    hash = hashNext(hash, code);
    return ++seen >= shortestSpelling && isMarked(index.filter, hash) ? begin() : undefined;
  };
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        const code = codes[bytes[at] ?? 0] ?? 255;
        if (code === 255) continue;
        const found = step(code);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    get isOpen() {
      return open.length > 0;
    },
    reset() {
      hash = 0;
      seen = 0;
      open = [];
    },
  };
}
