// The append-only log of one Session while a turn holds its lane: hands out the next seq, keeps the newest entries.
import type { Entry, EntryBody, Session, Write } from "@homarus/sdk";
import type { KeptLogs } from "./kept-logs.ts";
import { openSession, type SessionParts } from "./session.ts";

export interface SessionLog {
  readonly session: Session;
  /** The newest entries, those of this turn included. */
  entries(): readonly Entry[];
  /** Writes that append these bodies in order. They must be committed, in this order, before the next are asked for. */
  append(bodies: readonly EntryBody[], runId?: string): readonly Write[];
  /** A write that changes the session's own row. */
  change(changes: Partial<Session>): Write;
  /** To be called when all that was appended is committed: the next turn may start from memory. */
  keep(): void;
}

export interface LogParts extends SessionParts {
  /** How many of the newest entries are read where no cut of the log says from where on; all that count where it does. */
  readonly window?: number;
  readonly kept?: KeptLogs;
  /** A run that goes on after a restart: its own entries are read whole, however many they are. */
  readonly runId?: string | undefined;
}

/** Opens the session of a key, or begins it; nothing is written until the first commit. */
export async function openLog(key: string, agent: string, parts: LogParts): Promise<SessionLog> {
  let session = await openSession(key, agent, parts);
  const entries = [...(await newest(session, parts))];
  let seq = entries.at(-1)?.seq ?? 0;
  return {
    get session() {
      return session;
    },
    entries: () => entries,
    append(bodies, runId) {
      const at = parts.clock.now();
      return bodies.map((body) => {
        seq += 1;
        const entry: Entry = { seq, at, ...(runId ? { runId } : {}), body };
        entries.push(entry);
        return { type: "entry", sessionId: session.id, entry };
      });
    },
    change(changes) {
      session = { ...session, ...changes, updatedAt: parts.clock.now() };
      return { type: "session-put", session };
    },
    keep: () =>
      parts.kept?.keep(
        session.id,
        entries.filter(({ seq }) => seq >= (session.readFrom ?? 1)),
      ),
  };
}

const windowDefault = 2_000;

async function newest(session: Session, parts: LogParts): Promise<readonly Entry[]> {
  const { store, window = windowDefault, kept, runId } = parts;
  const { id: sessionId, readFrom } = session;
  const known = kept?.take(sessionId);
  const isEnough = readFrom === undefined || (known?.[0]?.seq ?? 0) <= readFrom;
  if (known && isEnough && known.at(-1)?.seq === (await store.lastSeq(sessionId))) return known;
  const since = readFrom === undefined || parts.window !== undefined ? {} : { after: readFrom - 1 };
  const entries = await store.entries(sessionId, { ...since, last: window });
  const [begun] = runId === undefined ? [] : await store.entries(sessionId, { runId });
  const isWhole = begun === undefined || (entries[0]?.seq ?? 0) <= begun.seq;
  return isWhole ? entries : store.entries(sessionId, { after: begun.seq - 1 });
}
