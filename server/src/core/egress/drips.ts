// A secret that leaves drop by drop: in words of a few letters, over many requests, with other words between. A word says
// little; what counts is how unlikely it is that one word after the other stands in the same secret by chance. Bounded.
import { codes } from "./spellings.ts";

/** Digits and lower-case letters, each place of a spelling being one of them. */
export type Letters = string;

export interface DripMemory {
  /** What one word brings to its stream: the index of the spelling of which too much would have left with it. */
  word(stream: string, letters: Letters): number | undefined;
  /** The same where it counts only when it was not seen under this name before. */
  novel(stream: string, name: string, letters: Letters): number | undefined;
}

export interface DripIndex {
  readonly spellings: readonly Letters[];
  /** One byte for each three letters that stand in a spelling, so that most words cost no search. */
  readonly triples: Uint8Array;
}

/** Longer words are found by the pieces of eight letters in them. */
export const longestWord = 16;
/** Of evidence, in bits: two to this power of innocent words would bring one alarm. */
const alarmBits = 36;
/** A word that does not fit takes so much away, so that chance never adds up. */
const missBits = 4;
/** One word alone, however long, is no proof: it may be the beginning that a vendor gives to all his keys. */
const mostBits = 20;
const leastTold = 8;
const leastShare = 0.25;
const mostStreams = 256;
const mostStates = 64;
const mostNames = 4096;
const mostPlaces = 8;

interface State {
  bits: number;
  /** Where the next word would stand if it goes on. */
  next: readonly number[];
  readonly told: Set<number>;
  /** It has raised the alarm: until it is forgotten each further word of it does. */
  readonly isAlert: boolean;
}

interface Stream {
  last: Letters;
  /** Single letters, until there are enough of them to look for. */
  begun: Letters;
  readonly states: Map<number, State>;
}

/** Squeezed as spellings are. */
export function lettersOf(bytes: Uint8Array): Letters {
  let letters = "";
  for (const byte of bytes) {
    const code = codes[byte] ?? 255;
    if (code !== 255) letters += alphabet.charAt(code);
  }
  return letters;
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

export function createDripIndex(spellings: readonly Uint8Array[]): DripIndex {
  const texts = spellings.map((own) => Array.from(own, (code) => alphabet.charAt(code)).join(""));
  const triples = new Uint8Array(36 ** 3);
  for (const text of texts) for (let at = 0; at + 3 <= text.length; at++) triples[tripleAt(text, at)] = 1;
  return { spellings: texts, triples };
}

function tripleAt(text: Letters, at: number): number {
  return Number.parseInt(text.slice(at, at + 3), 36);
}

export function createDripMemory(index: DripIndex): DripMemory {
  const streams = new Map<string, Stream>();
  const names = new Set<string>();
  const streamOf = (name: string): Stream => {
    const found = streams.get(name) ?? { last: "", begun: "", states: new Map() };
    streams.delete(name);
    streams.set(name, found);
    if (streams.size > mostStreams) streams.delete(streams.keys().next().value ?? "");
    return found;
  };
  const bring = (name: string, letters: Letters, isNovel: boolean): number | undefined =>
    letters === "" || letters.length > longestWord ? undefined : take(streamOf(name), letters, isNovel, index);
  return {
    word: (stream, letters) => bring(stream, letters, false),
    novel(stream, name, letters) {
      const key = `${name}=${letters}`;
      if (letters.length > longestWord || names.has(key)) return undefined;
      const alarm = bring(stream, letters, true);
      if (alarm !== undefined) return alarm;
      names.add(key);
      if (names.size > mostNames) names.delete(names.values().next().value ?? "");
      return undefined;
    },
  };
}

/** What is new under its name counts also where it is what came last. */
function take(stream: Stream, letters: Letters, isNovel: boolean, index: DripIndex): number | undefined {
  const isSame = !isNovel && stream.last === letters;
  if ([...stream.states.values()].some((state) => state.isAlert)) {
    const { alarm } = weigh(stream, letters, isSame, index);
    if (alarm === undefined) stream.last = letters;
    return alarm;
  }
  const whole = stream.begun + letters;
  if (letters.length === 1 && (isSame || whole.length < 3)) {
    if (!isSame) [stream.begun, stream.last] = [whole, letters];
    return undefined;
  }
  const isOne = letters.length === 1 || index.spellings.some((text) => text.includes(whole));
  const { alarm, isHit } = weigh(stream, isOne ? whole : letters, isSame, index);
  // What is refused has not left: sent again it is the same word at the same place.
  if (alarm === undefined) [stream.begun, stream.last] = [isOne && !isHit ? whole.slice(-2) : "", letters];
  return alarm;
}

/** A word against each spelling. Of one that raises the alarm only that is kept. */
function weigh(
  { states }: Stream,
  letters: Letters,
  isSame: boolean,
  index: DripIndex,
): { readonly alarm: number | undefined; readonly isHit: boolean } {
  const found = hits(states, letters, isSame, index);
  for (const [spelling, now] of found) {
    const enough = Math.max(leastTold, (index.spellings[spelling]?.length ?? 0) * leastShare);
    const before = states.get(spelling);
    const isNew = before?.isAlert === true && now.told.size > before.told.size;
    if (!isNew && (now.bits < alarmBits || now.told.size < enough)) continue;
    states.set(spelling, { ...(before ?? now), bits: alarmBits, isAlert: true });
    return { alarm: spelling, isHit: true };
  }
  if (!isSame) miss(states, found);
  for (const [spelling, state] of found) states.set(spelling, state);
  while (states.size > mostStates) states.delete(weakest(states));
  return { alarm: undefined, isHit: found.size > 0 };
}

function hits(
  states: ReadonlyMap<number, State>,
  letters: Letters,
  isSame: boolean,
  index: DripIndex,
): ReadonlyMap<number, State> {
  const found = new Map<number, State>();
  if (!mayStand(letters, index)) return found;
  for (const [spelling, text] of index.spellings.entries()) {
    const state = states.get(spelling);
    const hit = fitting(letters, text, { state, isSame });
    if (hit) found.set(spelling, { ...hit, bits: (state?.bits ?? 0) + hit.bits });
  }
  return found;
}

function miss(states: Map<number, State>, found: ReadonlyMap<number, State>): void {
  for (const [spelling, state] of states) {
    if (found.has(spelling)) continue;
    state.bits -= missBits;
    if (state.bits <= 0) states.delete(spelling);
  }
}

function mayStand(letters: Letters, { triples }: DripIndex): boolean {
  for (let at = 0; at + 3 <= letters.length; at++) if (triples[tripleAt(letters, at)] === 0) return false;
  return true;
}

/** What a word says for this spelling: more where it goes on from the one before, less where it may stand anywhere. */
function fitting(
  letters: Letters,
  text: Letters,
  { state, isSame }: { readonly state: State | undefined; readonly isSame: boolean },
): State | undefined {
  const told = state?.told ?? new Set<number>();
  const going = (state?.next ?? []).filter((place) => text.startsWith(letters, place));
  const places = going.length > 0 || isSame ? going : placesOf(letters, text);
  const [first] = places.filter((place) => !told.has(place) || !told.has(place + letters.length - 1));
  if (first === undefined) return places.length > 0 && state ? { ...state, bits: 0 } : undefined;
  const bits = letters.length * bitsOfLetter(letters) - (going.length > 0 ? 0 : Math.log2(text.length));
  return {
    bits: Math.min(mostBits, Math.max(0, bits)),
    next: places.map((place) => place + letters.length),
    told: new Set([...told, ...Array.from(letters, (_, at) => first + at)]),
    isAlert: state?.isAlert ?? false,
  };
}

function placesOf(letters: Letters, text: Letters): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(letters); at >= 0 && places.length < mostPlaces; at = text.indexOf(letters, at + 1))
    places.push(at);
  return places;
}

/** Less than dice would have it, since the words of honest programs are no dice: ids, counters, words of a language. */
function bitsOfLetter(letters: Letters): number {
  return Math.log2(/^\d+$/.test(letters) ? 8 : /^[0-9a-f]+$/.test(letters) ? 12 : 20);
}

function weakest(states: ReadonlyMap<number, State>): number {
  let [found, bits] = [-1, Number.POSITIVE_INFINITY];
  for (const [spelling, state] of states) if (state.bits < bits) [found, bits] = [spelling, state.bits];
  return found;
}
