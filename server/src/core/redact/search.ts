// Looks for many needles in a text at once, by Wu and Manber (A fast algorithm for multi-pattern searching, 1994): it
// reads about every sixth character, however many needles there are.
import { shortest } from "./forms.ts";

export interface Found {
  /** Places in the text: where it begins, and the first behind it. */
  readonly from: number;
  readonly to: number;
}

export interface Search {
  /** In order, not overlapping; empty for most texts. */
  find(text: string): readonly Found[];
  /** Characters at the end of a text that may be the beginning of a needle. */
  openEnd(text: string): number;
}

/** Characters looked at together. */
const block = 3;
const farthest = shortest - block + 1;

/** Needles shorter than `shortest` are left out. */
export function createSearch(all: readonly string[]): Search {
  const needles = [...new Set(all)].filter((needle) => needle.length >= shortest).sort((a, b) => b.length - a.length);
  let size = 1024;
  while (size < needles.length * farthest * 16 && size < 1 << 18) size *= 2;
  const mask = size - 1;
  const shifts = new Uint8Array(size).fill(farthest);
  const candidates = new Map<number, string[]>();
  for (const needle of needles) {
    for (let end = block - 1; end < shortest; end += 1) {
      const key = keyAt(needle, end, mask);
      shifts[key] = Math.min(shifts[key] ?? farthest, shortest - 1 - end);
    }
    const last = keyAt(needle, shortest - 1, mask);
    candidates.set(last, [...(candidates.get(last) ?? []), needle]);
  }
  let openEnd: ((text: string) => number) | undefined;
  return {
    find: (text) => (needles.length === 0 ? [] : findAll(text, { shifts, mask, candidates })),
    openEnd(text) {
      openEnd ??= startsOf(needles);
      return openEnd(text);
    },
  };
}

interface Tables {
  readonly shifts: Uint8Array;
  readonly mask: number;
  /** Needles by what stands at the end of their first `shortest` characters, the longest first. */
  readonly candidates: ReadonlyMap<number, readonly string[]>;
}

function keyAt(text: string, end: number, mask: number): number {
  const mixed = text.charCodeAt(end) * 0x9e5 + text.charCodeAt(end - 1) * 0x1f35 + text.charCodeAt(end - 2) * 0x3d49;
  return (mixed ^ (mixed >>> 7)) & mask;
}

function findAll(text: string, { shifts, mask, candidates }: Tables): readonly Found[] {
  const found: { from: number; to: number }[] = [];
  let end = shortest - 1;
  while (end < text.length) {
    const key = keyAt(text, end, mask);
    const shift = shifts[key] as number;
    if (shift > 0) {
      end += shift;
      continue;
    }
    const from = end - shortest + 1;
    const needle = candidates.get(key)?.find((one) => text.startsWith(one, from));
    // The next may begin within this one: a longer form that holds a shorter one must go whole.
    if (needle !== undefined) join(found, from, from + needle.length);
    end += 1;
  }
  return found;
}

function join(found: { from: number; to: number }[], from: number, to: number): void {
  const last = found.at(-1);
  if (last && from <= last.to) last.to = Math.max(last.to, to);
  else found.push({ from, to });
}

/** Needles by their first two characters, so that few are looked at for each place. */
function startsOf(needles: readonly string[]): (text: string) => number {
  const byTwo = new Map<string, string[]>();
  const byOne = new Set<string>();
  for (const needle of needles) {
    const two = needle.slice(0, 2);
    byOne.add(needle.charAt(0));
    byTwo.set(two, [...(byTwo.get(two) ?? []), needle]);
  }
  const longest = needles[0]?.length ?? 0;
  return (text) => {
    for (let left = Math.min(longest - 1, text.length); left > 1; left -= 1) {
      const from = text.length - left;
      const near = byTwo.get(text.slice(from, from + 2));
      if (near?.some((needle) => needle.length > left && needle.startsWith(text.slice(from)))) return left;
    }
    return byOne.has(text.charAt(text.length - 1)) ? 1 : 0;
  };
}
