// Full text over a Store in memory: looks at all words at each search. It keeps what the port promises, not how fast.
import type { EntryHit, SearchEntries } from "../ports/store.ts";
import { type Entry, type Session, wordsOf } from "../session.ts";

/** The words of an entry, kept with it: the same entries are searched again and again. */
type Words = {
  readonly text: string;
  readonly role: EntryHit["role"];
  readonly all: ReadonlySet<string>;
  count: number;
};

export function createMemorySearch(
  sessions: () => Iterable<Session>,
  entries: (sessionId: string) => readonly Entry[],
): SearchEntries {
  const known = new WeakMap<Entry, Words | "none">();
  const wordsIn = (entry: Entry): Words | undefined => {
    const found = known.get(entry) ?? readWords(entry) ?? "none";
    known.set(entry, found);
    return found === "none" ? undefined : found;
  };
  return async (query, options = {}) => {
    const { limit = 50, agent, keys } = options;
    const wanted = plainWords(query);
    if (wanted.length === 0) return [];
    const searched = [...sessions()].filter(
      (session) => (agent === undefined || session.agent === agent) && (keys?.includes(session.key) ?? true),
    );
    const candidates = searched.flatMap((session) =>
      entries(session.id).flatMap((entry) => {
        const words = wordsIn(entry);
        return words ? [{ session, entry, words }] : [];
      }),
    );
    const score = options.any
      ? rarity(wanted, candidates)
      : (words: Words) => (holdsAll(words, wanted) ? 1 / words.count : 0);
    return candidates
      .flatMap(({ session, entry, words }) => {
        const found = score(words);
        return found > 0 ? [hitOf(session, entry, words, found)] : [];
      })
      .sort((a, b) => b.score - a.score || b.at - a.at)
      .slice(0, limit);
  };
}

function readWords(entry: Entry): Words | undefined {
  const said = wordsOf(entry.body);
  if (!said) return undefined;
  const words = plainWords(said.text);
  return { text: said.text, role: said.role, all: new Set(words), count: Math.max(1, words.length) };
}

function holdsAll({ all }: Words, wanted: readonly string[]): boolean {
  const last = wanted.at(-1) ?? "";
  const begins = (): boolean => [...all].some((word) => word.startsWith(last));
  return wanted.slice(0, -1).every((word) => all.has(word)) && (all.has(last) || begins());
}

/** What a word is worth is how few entries hold it. */
function rarity(wanted: readonly string[], candidates: readonly { readonly words: Words }[]): (words: Words) => number {
  const worth = [...new Set(wanted)].map((word) => {
    const holders = candidates.filter(({ words }) => words.all.has(word)).length;
    return { word, weight: Math.log(1 + candidates.length / Math.max(1, holders)) };
  });
  return ({ all, count }) => {
    const sum = worth.reduce((total, { word, weight }) => total + (all.has(word) ? weight : 0), 0);
    return sum / (1 + Math.log(1 + count / 100));
  };
}

function hitOf(session: Session, { seq, at }: Entry, words: Words, score: number): EntryHit {
  const { key: sessionKey, id: sessionId } = session;
  return { sessionKey, sessionId, seq, at, role: words.role, snippet: words.text.slice(0, 200), score };
}

/** Words in lower case and without accents. */
function plainWords(text: string): string[] {
  return (
    text
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}_]+/gu) ?? []
  );
}
