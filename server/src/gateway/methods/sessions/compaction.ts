// sessions.compact and what it leaves: notes on the beginning of the log, or a plain cut of it, with a way back.
// Nothing is lost by a cut, so each one is a checkpoint: the log as it was can be branched off or read again.
import type { Entry, Session } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

async function compact(input: ParamsOf<typeof params.sessionsCompact>, { door }: Call): Promise<unknown> {
  const { sessions, store } = door.house;
  const key = sessions.resolveKey(input.key, input.agentId);
  const session = await store.session(key);
  if (!session) return { ok: true, key, compacted: false, reason: "no transcript" };
  if (input.maxLines === undefined) return withNotes(key, session, door);
  const kept = await sessions.cut(key, input.maxLines);
  if (kept === undefined) return { ok: true, key, compacted: false, kept: await store.lastSeq(session.id) };
  return { ok: true, key, compacted: true, kept: (await store.lastSeq(session.id)) - kept };
}

/** Without a number of lines the beginning becomes notes, as it would by itself when the window is full. */
async function withNotes(key: string, session: Session, { house }: Door): Promise<unknown> {
  const done = await house.sessions.shorten(key);
  const newest = await house.store.lastSeq(session.id);
  if (!done) return { ok: true, key, compacted: false, kept: newest };
  const { before: tokensBefore, after: tokensAfter, keptFrom } = done;
  const result = { tokensBefore, tokensAfter, firstKeptEntryId: `${session.id}:${keptFrom}` };
  return { ok: true, key, compacted: true, kept: newest - keptFrom, result };
}

type CheckpointParams = ParamsOf<typeof params.sessionsCheckpoint>;

async function list(input: ParamsOf<typeof params.sessionsCheckpoints>, { door }: Call): Promise<unknown> {
  const session = await sessionOf(door, input);
  const cuts = (await door.house.store.entries(session.id)).filter(isCut);
  return { ok: true, key: session.key, checkpoints: cuts.map((entry) => checkpoint(session, entry)).reverse() };
}

async function get(input: CheckpointParams, { door }: Call): Promise<unknown> {
  const session = await sessionOf(door, input);
  return { ok: true, key: session.key, checkpoint: checkpoint(session, await cutOf(door, session, input)) };
}

async function branch(input: CheckpointParams, { door }: Call): Promise<unknown> {
  const session = await sessionOf(door, input);
  const cut = await cutOf(door, session, input);
  const to = `${session.key}:branch:${crypto.randomUUID().slice(0, 8)}`;
  const copy = await door.house.sessions.copy(session.key, to, cut.seq - 1);
  return { ok: true, sourceKey: session.key, key: to, ...told(copy), checkpoint: checkpoint(session, cut) };
}

async function restore(input: CheckpointParams, { door }: Call): Promise<unknown> {
  const session = await sessionOf(door, input);
  const cut = await cutOf(door, session, input);
  await door.house.sessions.uncut(session.key);
  return { ok: true, key: session.key, ...told(session), checkpoint: checkpoint(session, cut) };
}

function told(session: Session) {
  return { sessionId: session.id, entry: { sessionId: session.id, updatedAt: session.updatedAt } };
}

async function sessionOf(door: Door, input: ParamsOf<typeof params.sessionsCheckpoints>): Promise<Session> {
  const session = await door.house.store.session(door.house.sessions.resolveKey(input.key, input.agentId));
  if (!session) throw invalid(`session not found: ${input.key}`);
  return session;
}

async function cutOf(door: Door, session: Session, { checkpointId }: CheckpointParams): Promise<Entry> {
  const cuts = (await door.house.store.entries(session.id)).filter(isCut);
  const found = cuts.find((entry) => `${session.id}:${entry.seq}` === checkpointId);
  if (!found) throw invalid(`checkpoint not found: ${checkpointId}`);
  return found;
}

function isCut({ body }: Entry): boolean {
  return body.type === "event" && (body.event === "cut" || body.event === "compaction") && body.keptFrom !== undefined;
}

function checkpoint(session: Session, { seq, at, body }: Entry) {
  const place = { sessionId: session.id };
  const { keptFrom = 1, summary, event } = body.type === "event" ? body : { event: "" };
  return {
    ...{ checkpointId: `${session.id}:${seq}`, sessionKey: session.key, sessionId: session.id, createdAt: at },
    ...{ reason: event === "cut" ? "manual" : "auto-threshold", ...(summary && { summary }) },
    ...{ firstKeptEntryId: `${session.id}:${keptFrom}` },
    preCompaction: { ...place, entryId: `${session.id}:${seq - 1}` },
    postCompaction: { ...place, entryId: `${session.id}:${seq}` },
  };
}

export const handlers: Group["handlers"] = {
  "sessions.compact": compact,
  "sessions.compaction.list": list,
  "sessions.compaction.get": get,
  "sessions.compaction.branch": branch,
  "sessions.compaction.restore": restore,
};
