// Full text over a Store in memory: reads all words at each search. It keeps what the port promises, not how fast.
import type { EntryHit, SearchEntries } from "../ports/store.ts";
import { type Entry, type Session, wordsOf } from "../session.ts";

export function createMemorySearch(
  sessions: () => Iterable<Session>,
  entries: (sessionId: string) => readonly Entry[],
): SearchEntries {
  return async (query, { limit = 50, agent, keys } = {}) => {
    const wanted = plainWords(query);
    if (wanted.length === 0) return [];
    const searched = [...sessions()].filter(
      (session) => (agent === undefined || session.agent === agent) && (keys?.includes(session.key) ?? true),
    );
    const hits = searched.flatMap((session) =>
      entries(session.id).flatMap((entry) => hitOf(session, entry, wanted) ?? []),
    );
    return hits.sort((a, b) => b.score - a.score || b.at - a.at).slice(0, limit);
  };
}

function hitOf(session: Session, { seq, at, body }: Entry, wanted: readonly string[]): EntryHit | undefined {
  const said = wordsOf(body);
  if (!said) return undefined;
  const words = plainWords(said.text);
  const isLast = (index: number) => index === wanted.length - 1;
  const fits = wanted.every((word, index) =>
    words.some((found) => found === word || (isLast(index) && found.startsWith(word))),
  );
  if (!fits) return undefined;
  const { key: sessionKey, id: sessionId } = session;
  return { sessionKey, sessionId, seq, at, role: said.role, snippet: said.text.slice(0, 200), score: 1 / words.length };
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
