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
    const match = matchOf(query);
    if (match === "") return [];
    indexing ??= index(db).finally(() => {
      indexing = undefined;
    });
    await indexing;
    const keys = options.keys === undefined ? null : JSON.stringify(options.keys);
    const found = db
      .query<Row, [string, string | null, string | null, number]>(
        `SELECT s.key, w.session_id, w.seq, w.at, w.role, snippet(entry_words, 4, '', '', '…', 24) AS snippet, w.rank
         FROM entry_words w JOIN sessions s ON s.id = w.session_id
         WHERE entry_words MATCH ?1 AND (?2 IS NULL OR s.agent = ?2)
           AND (?3 IS NULL OR s.key IN (SELECT value FROM json_each(?3)))
         ORDER BY w.rank, w.at DESC LIMIT ?4`,
      )
      .all(match, options.agent ?? null, keys, options.limit ?? limitDefault);
    return found.map(hitOf);
  };
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

async function index(db: Database): Promise<void> {
  const behind = db
    .query<Behind, []>(
      `SELECT e.session_id, coalesce(i.seq, 0) AS indexed, max(e.seq) AS newest
       FROM entries e LEFT JOIN entry_words_until i ON i.session_id = e.session_id
       GROUP BY e.session_id HAVING newest > indexed`,
    )
    .all();
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
