// Full text over the words of all sessions. The index is made when somebody searches, of what was written since: writing
// an entry costs nothing for it.
import type { Database } from "bun:sqlite";
import type { Entry, EntryHit, SearchEntries } from "@homarus/sdk";
import { wordsOf } from "@homarus/sdk";

/** Entries indexed before the loop may do something else. */
const slice = 500;
const limitDefault = 50;

interface Behind {
  readonly session_id: string;
  readonly indexed: number;
  readonly newest: number;
}

interface Row {
  readonly key: string;
  readonly session_id: string;
  readonly seq: number;
  readonly at: number;
  readonly role: string;
  readonly snippet: string;
  readonly rank: number;
}

export function createSearch(db: Database): SearchEntries {
  let indexing: Promise<void> | undefined;
  return async (query, options = {}) => {
    if (matchOf(query) === "") return [];
    const keys = options.keys === undefined ? null : JSON.stringify(options.keys);
    // One after the other: two that index the same entries would find their words twice.
    indexing = (indexing ?? Promise.resolve()).catch(() => undefined).then(() => index(db, keys));
    await indexing;
    const { match, by } = options.any ? anyOf(query, db) : { match: matchOf(query), by: "rank" as const };
    if (match === "") return [];
    const found = db
      .query<Row, [string, string | null, string | null, number]>(statement(by))
      .all(match, options.agent ?? null, keys, options.limit ?? limitDefault);
    return found.map(hitOf);
  };
}

type Order = "rank" | "newest";

/** The words around a find are looked up for those that are given back alone: it costs more than finding them. */
function statement(by: Order): string {
  const [rank, order] = by === "rank" ? ["i.rank", "i.rank, i.at DESC"] : ["0", "i.rowid DESC"];
  return `SELECT f.key, w.session_id, w.seq, w.at, w.role, snippet(entry_words, 4, '', '', '…', 24) AS snippet, f.rank
    FROM (
      SELECT i.rowid AS id, s.key AS key, ${rank} AS rank, i.at AS at
      FROM entry_words i JOIN sessions s ON s.id = i.session_id
      WHERE entry_words MATCH ?1 AND (?2 IS NULL OR s.agent = ?2)
        AND (?3 IS NULL OR s.key IN (SELECT value FROM json_each(?3)))
      ORDER BY ${order} LIMIT ?4) f
    JOIN entry_words w ON w.rowid = f.id
    WHERE w.entry_words MATCH ?1
    ORDER BY f.rank, f.at DESC`;
}

function hitOf(row: Row): EntryHit {
  const role = row.role === "user" || row.role === "tool" ? row.role : "agent";
  // SQLite's rank is better the smaller it is.
  return {
    sessionKey: row.key,
    sessionId: row.session_id,
    seq: row.seq,
    at: row.at,
    role,
    snippet: row.snippet,
    score: -row.rank,
  };
}

/** Each word must occur, the last one may go on; nothing the person typed is taken as a query language. */
function matchOf(query: string): string {
  const words = query.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.map((word, index) => `"${word}"${index === words.length - 1 ? "*" : ""}`).join(" ");
}

/** A word that is in more than this part of all entries, and in more than so many, says nothing beside a rarer one. */
const commonShare = 0.05;
const commonLeast = 50;
/** Ranking costs by every place where a word stands. */
const mostWords = 12;
const fallbackWords = 2;

/**
 * One of the words must occur; SQLite's rank counts the rare ones more. Those that are everywhere are left out, and where
 * there are no others the newest entries are as good as any.
 */
function anyOf(query: string, db: Database): { readonly match: string; readonly by: Order } {
  db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.entry_vocabulary USING fts5vocab ('main', 'entry_words', 'row')");
  const holders = db.query<{ doc: number }, [string]>("SELECT doc FROM temp.entry_vocabulary WHERE term = ?");
  const all = db.query<{ all: number | null }, []>('SELECT max(rowid) AS "all" FROM entry_words').get()?.all ?? 0;
  const words = [...new Set(plainWords(query))]
    .map((word) => ({ word, count: holders.get(word)?.doc ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  const rare = words.filter(({ count }) => count <= Math.max(commonLeast, all * commonShare));
  const taken = rare.length > 0 ? rare.slice(0, mostWords) : words.slice(0, fallbackWords);
  return { match: taken.map(({ word }) => `"${word}"`).join(" OR "), by: rare.length > 0 ? "rank" : "newest" };
}

/** As the index has them: in lower case and without accents. */
function plainWords(text: string): string[] {
  return (
    text
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}_]+/gu) ?? []
  );
}

/** Reads only the sessions that are searched, and of them only what is new: the newest seq is one look at an index. */
async function index(db: Database, keys: string | null): Promise<void> {
  const behind = db
    .query<Behind, [string | null]>(
      `SELECT session_id, indexed, newest FROM (
         SELECT s.id AS session_id, coalesce(i.seq, 0) AS indexed,
           coalesce((SELECT max(e.seq) FROM entries e WHERE e.session_id = s.id), 0) AS newest
         FROM sessions s LEFT JOIN entry_words_until i ON i.session_id = s.id
         WHERE ?1 IS NULL OR s.key IN (SELECT value FROM json_each(?1)))
       WHERE newest > indexed`,
    )
    .all(keys);
  for (const { session_id: id, indexed, newest } of behind) {
    for (let seq = indexed; seq < newest; seq += slice) {
      indexSlice(db, id, seq);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function indexSlice(db: Database, id: string, after: number): void {
  const rows = db
    .query<{ seq: number; at: number; body: string }, [string, number, number]>(
      "SELECT seq, at, body FROM entries WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?",
    )
    .all(id, after, slice);
  const add = db.query("INSERT INTO entry_words (session_id, seq, at, role, words) VALUES (?, ?, ?, ?, ?)");
  db.transaction(() => {
    for (const { seq, at, body } of rows) {
      const said = wordsOf(JSON.parse(body) as Entry["body"]);
      if (said) add.run(id, seq, at, said.role, said.text);
    }
    db.query(
      `INSERT INTO entry_words_until (session_id, seq) VALUES (?1, ?2)
       ON CONFLICT (session_id) DO UPDATE SET seq = max(seq, excluded.seq)`,
    ).run(id, rows.at(-1)?.seq ?? after);
  })();
}
