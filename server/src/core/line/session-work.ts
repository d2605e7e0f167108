// What clients may do to sessions: each waits until no run of that session goes.
import { type Entry, type EntryBody, Fault, noUsage, type Session, type ThinkingLevel } from "@homarus/sdk";
import { carriedOver, takenIn } from "../audit/proofs.ts";
import { standingOf } from "../context/standing.ts";
import { resolveKey } from "../route/route.ts";
import { openLog } from "../sessions/log.ts";
import { openSession, resetSession } from "../sessions/session.ts";
import { transcriptLines } from "../sessions/transcript.ts";
import { parseTranscript } from "../sessions/transcript-reading.ts";
import type { Shortened } from "./context.ts";
import type { LineParts } from "./parts.ts";

export interface SessionWork {
  /** `main` and unknown short names become full keys (`agent:main:main`). */
  resolveKey(name: string, agent?: string): string;
  /** Changes settings of a session, making it if it is new; null clears. Rejects `invalid` for an unknown model. */
  patch(
    key: string,
    changes: {
      readonly label?: string | null;
      readonly model?: string | null;
      readonly thinking?: ThinkingLevel | null;
      readonly persona?: string | null;
      readonly parent?: string | null;
    },
  ): Promise<Session>;
  /** Starts a fresh log under the same key; the old log stays in the store. */
  reset(key: string): Promise<Session>;
  /** False when there was none. Rejects `denied` for the main session. */
  remove(key: string): Promise<boolean>;
  /** Appends a note as the agent's own words, without a run. */
  inject(key: string, text: string, label?: string): Promise<void>;
  /** Leaves words of the house for the next run of the session to read; no run is started. */
  note(key: string, text: string): Promise<void>;
  /** A new session with the same words and settings, up to and with the entry `upTo`; all of them without it. */
  copy(key: string, to: string, upTo?: number): Promise<Session>;
  /**
   * Lets the model read only about the newest `keep` entries from now on, beginning where somebody speaks. The log
   * stays whole. Gives the seq of the first entry kept; undefined when there was nothing to cut.
   */
  cut(key: string, keep: number): Promise<number | undefined>;
  /** Makes notes of all but the newest part, and lets the model read those; undefined when there was nothing to do. */
  shorten(key: string, focus?: string): Promise<Shortened | undefined>;
  /** Lets the model read all of the log again. */
  uncut(key: string): Promise<void>;
  /** The log as JSON lines in the peer's transcript layout. Rejects `invalid` for an unknown session. */
  exportLines(key: string): Promise<string>;
  /** Makes a session of such lines. Rejects `invalid` when the key has a log already or a line is broken. */
  importLines(key: string, text: string): Promise<{ readonly entries: number }>;
}

export interface SessionWorkParts
  extends Pick<LineParts, "store" | "clock" | "tap" | "newId" | "routeRules" | "chooseModel" | "signer"> {
  /** Works on a session while no run of it goes. */
  exclusive<Result>(sessionKey: string, work: () => Promise<Result>): Promise<Result>;
  readonly shorten: (sessionKey: string, agent: string, focus?: string) => Promise<Shortened | undefined>;
}

export function createSessionWork(parts: SessionWorkParts): SessionWork {
  return {
    resolveKey: (name, agent) => resolveKey(name, agent ?? parts.routeRules().defaultAgent),
    ...changing(parts),
    ...transcripts(parts),
    copy: (key, to, upTo) => copySession({ key, to, upTo }, parts),
    shorten: (key, focus) => parts.shorten(key, agentOf(key, parts), focus),
  };
}

function agentOf(key: string, parts: SessionWorkParts): string {
  return key.split(":")[1] ?? parts.routeRules().defaultAgent;
}

/** From where on the entries are read, as the session's row says it. */
function cutOf(entries: readonly Entry[]): Pick<Session, "readFrom"> {
  const { keptFrom } = standingOf(entries);
  return keptFrom > 1 ? { readFrom: keptFrom } : {};
}

interface Copying {
  readonly key: string;
  readonly to: string;
  readonly upTo: number | undefined;
}

function copySession({ key, to, upTo }: Copying, parts: SessionWorkParts): Promise<Session> {
  const { store, tap, exclusive, signer } = parts;
  return exclusive(to, async () => {
    const source = await store.session(key);
    if (!source) throw new Fault("invalid", "session.unknown", `There is no session ${key}.`);
    const fresh = await openSession(to, agentOf(to, parts), parts);
    if ((await store.lastSeq(fresh.id)) > 0)
      throw new Fault("invalid", "session.taken", `The session ${to} has a log already.`, {
        hint: "Copy under another key, or reset it first.",
      });
    const entries = (await store.entries(source.id)).filter((entry) => upTo === undefined || entry.seq <= upTo);
    const { label: _label, last: _last, readFrom: _from, ...settings } = source;
    const { id, agent, createdAt, updatedAt } = fresh;
    const session: Session = { ...settings, key: to, id, agent, createdAt, updatedAt, ...cutOf(entries) };
    await store.commit([
      { type: "session-put", session },
      ...carriedOver(source.id, id, entries, signer).map((entry) => ({ type: "entry" as const, sessionId: id, entry })),
    ]);
    tap.emit({ type: "session-changed", session });
    return session;
  });
}

function changing(parts: SessionWorkParts): Pick<SessionWork, "patch" | "reset" | "remove"> {
  const { store, clock, tap, exclusive } = parts;
  return {
    patch: (key, changes) =>
      exclusive(key, async () => {
        const model = changes.model ? parts.chooseModel(changes.model) : undefined;
        const named = model ? { model: `${model.provider}/${model.model}` } : {};
        const merged = {
          ...(await openSession(key, agentOf(key, parts), parts)),
          ...changes,
          ...named,
          updatedAt: clock.now(),
        };
        const session = Object.fromEntries(
          Object.entries(merged).filter(([, value]) => value !== null),
        ) as unknown as Session;
        await store.commit([{ type: "session-put", session }]);
        tap.emit({ type: "session-changed", session });
        return session;
      }),
    reset: (key) =>
      exclusive(key, async () => {
        const session = await resetSession(key, agentOf(key, parts), parts);
        tap.emit({ type: "session-changed", session });
        return session;
      }),
    async remove(key) {
      if (key === resolveKey("main", agentOf(key, parts))) {
        throw new Fault("denied", "session.main", `Cannot delete the main session (${key}).`, {
          hint: "Reset it instead.",
        });
      }
      return exclusive(key, async () => {
        if (!(await store.session(key))) return false;
        await store.commit([{ type: "session-remove", key }]);
        tap.emit({ type: "session-removed", key });
        return true;
      });
    },
  };
}

function transcripts(
  parts: SessionWorkParts,
): Pick<SessionWork, "inject" | "note" | "cut" | "uncut" | "exportLines" | "importLines"> {
  const { store, tap, exclusive, signer } = parts;
  const write = async (key: string, body: EntryBody): Promise<void> => {
    const opened = await openLog(key, agentOf(key, parts), { ...parts, window: 1 });
    const writes = opened.append([body]);
    const readFrom = body.type === "event" ? body.keptFrom : undefined;
    await store.commit([opened.change(readFrom === undefined ? {} : { readFrom }), ...writes]);
    tap.emit({ type: "session-changed", session: opened.session });
  };
  const append = (key: string, body: EntryBody) => exclusive(key, () => write(key, body));
  return {
    inject(key, text, label) {
      const content = [{ type: "text" as const, text: label ? `[${label}]\n\n${text}` : text }];
      const usage = noUsage;
      return append(key, { type: "step", content, provider: "house", model: "injected", stopReason: "end", usage });
    },
    cut: (key, keep) =>
      exclusive(key, async () => {
        const session = await store.session(key);
        const entries = session ? await store.entries(session.id) : [];
        const kept = entries.slice(Math.max(0, entries.length - keep)).find((entry) => entry.body.type === "user");
        if (!kept || kept.seq === entries[0]?.seq) return undefined;
        // What earlier notes say of the part before still holds.
        const { summary, notes } = standingOf(entries);
        const taken = { ...(summary === undefined ? {} : { summary }), ...(notes.length > 0 ? { notes } : {}) };
        await write(key, { type: "event", event: "cut", keptFrom: kept.seq, ...taken });
        return kept.seq;
      }),
    uncut: (key) => append(key, { type: "event", event: "uncut", keptFrom: 1 }),
    note: (key, text) => append(key, { type: "user", content: [{ type: "text", text: `System: ${text}` }] }),
    async exportLines(key) {
      const session = await store.session(key);
      if (!session)
        throw new Fault("invalid", "session.unknown", `There is no session ${key}.`, {
          hint: "`homarus sessions list` shows them.",
        });
      return `${[...transcriptLines(session, await store.entries(session.id))].join("\n")}\n`;
    },
    importLines: (key, text) =>
      exclusive(key, async () => {
        const session = await openSession(key, agentOf(key, parts), parts);
        const entries = takenIn(session.id, parseTranscript(text), signer);
        if ((await store.lastSeq(session.id)) > 0) {
          throw new Fault("invalid", "session.taken", `The session ${key} has a log already.`, {
            hint: "Import under another key, or reset it first.",
          });
        }
        await store.commit([
          { type: "session-put", session: { ...session, ...cutOf(entries) } },
          ...entries.map((entry) => ({ type: "entry" as const, sessionId: session.id, entry })),
        ]);
        tap.emit({ type: "session-changed", session });
        return { entries: entries.length };
      }),
  };
}
