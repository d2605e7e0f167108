// The shape of state.db, one step a version, forward only. A step that was released is never edited: add the next.

export const migrations: readonly string[] = [
  `
  CREATE TABLE inbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL,
    message TEXT NOT NULL, admitted_at INTEGER NOT NULL,
    run_id TEXT, session_key TEXT, outcome TEXT, ended_at INTEGER,
    UNIQUE (channel, account, id)
  );
  CREATE INDEX inbox_open ON inbox (position) WHERE outcome IS NULL;

  CREATE TABLE sessions (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, agent TEXT NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_newest ON sessions (updated_at DESC);

  CREATE TABLE entries (
    session_id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, run_id TEXT, body TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
  ) WITHOUT ROWID;

  CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, account TEXT NOT NULL,
    piece TEXT NOT NULL, edits TEXT, preview INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
    receipt TEXT, fault TEXT, known TEXT
  );
  CREATE INDEX outbox_open ON outbox (position) WHERE state IN ('queued', 'sending');

  CREATE TABLE key_values (
    space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key)
  ) WITHOUT ROWID;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, run_at INTEGER NOT NULL,
    lease_until INTEGER, attempts INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'waiting';
  `,
  // Full text over the sessions' words, filled when somebody searches. Which entries are in it stands beside it.
  `
  CREATE VIRTUAL TABLE entry_words USING fts5 (
    session_id UNINDEXED, seq UNINDEXED, at UNINDEXED, role UNINDEXED, words, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TABLE entry_words_until (session_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  CREATE TABLE job_runs (
    position INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX job_runs_of_job ON job_runs (job_id, position);
  CREATE INDEX job_runs_by_time ON job_runs (at);
  `,
  // Rows are only ever added. Which holds are open follows from them, and stands beside them to be found at once.
  `
  CREATE TABLE ledger (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ends TEXT, at INTEGER NOT NULL, run_id TEXT NOT NULL,
    agent TEXT NOT NULL, session TEXT NOT NULL, parent TEXT, job TEXT, provider TEXT NOT NULL, model TEXT NOT NULL, key TEXT,
    state TEXT NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    nano_input INTEGER, nano_output INTEGER, nano_cache_read INTEGER, nano_cache_write INTEGER,
    price_as_of TEXT, estimated INTEGER NOT NULL
  );
  CREATE INDEX ledger_by_time ON ledger (at);
  CREATE INDEX ledger_of_session ON ledger (session, at);
  CREATE INDEX ledger_of_parent ON ledger (parent, at) WHERE parent IS NOT NULL;
  CREATE INDEX ledger_of_job ON ledger (job, at) WHERE job IS NOT NULL;
  CREATE TABLE ledger_open (id TEXT PRIMARY KEY) WITHOUT ROWID;
  `,
  // A chain: rows are only ever added, and each holds the hash of the one before.
  `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL, session TEXT, run_id TEXT,
    record TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
  );
  CREATE INDEX audit_by_type ON audit (type, seq);
  CREATE INDEX audit_of_session ON audit (session, seq) WHERE session IS NOT NULL;
  CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
  CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never shortened'); END;
  `,
];
