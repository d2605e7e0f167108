// chat.history and chat.message.get: what was said, and what a client missed since it looked last.
// A cursor names the last entry that a client has; with it only what came after is given, and what is in the making.
import type { Session } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import type { RunRecord } from "../../runs/run-book.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { contextTokens, sessionRow } from "../sessions/session-rows.ts";
import { type HistoryMessage, historyMessages, shortened, withinBytes } from "./history.ts";
import type * as params from "./shapes.ts";

const historyDefault = 200;

type HistoryParams = ParamsOf<typeof params.chatHistory>;

export async function history(input: HistoryParams, { door, caller }: Call): Promise<unknown> {
  const { store, sessions } = door.house;
  const key = sessions.resolveKey(input.sessionKey, input.agentId);
  const session = await store.session(key);
  if (input.cursor !== undefined && input.messageId === undefined) return since(door, input, session);
  const head = { sessionKey: input.sessionKey };
  if (input.messageId !== undefined) return around(door, input, session);
  if (!session) return { ...head, messages: [], thinkingLevel: "off", ...inFlight(door, key) };
  const { limit = historyDefault, offset = 0 } = input;
  // Each tool result has a start that is no message of its own, hence twice as many entries.
  const last = (limit + offset) * 2 + 10;
  const reading = store.entries(session.id, { last });
  const going = inFlight(door, key);
  const entries = await reading;
  const all = historyMessages(session.id, entries);
  const end = Math.max(0, all.length - offset);
  const messages = withinBytes(cut(all.slice(Math.max(0, end - limit), end), input.maxChars));
  const isMore = messages.length < end || entries.length === last;
  return {
    ...head,
    sessionId: session.id,
    messages,
    thinkingLevel: session.thinking ?? "off",
    ...(caller.protocol === 4 ? { hasMore: isMore, ...(isMore && { nextOffset: offset + messages.length }) } : {}),
    // An older page is no state that one could go on from.
    ...(offset > 0 ? {} : { deltaCursor: cursorOf(session.id, entries.at(-1)?.seq ?? 0), ...going }),
  };
}

/** The page round one message, for whoever comes from a search; with `offset` to go on to older ones from. */
async function around(door: Door, input: HistoryParams, session: Session | undefined): Promise<unknown> {
  if (input.offset !== undefined || input.cursor !== undefined)
    throw invalid("invalid chat.history params: messageId goes with neither offset nor cursor");
  const all = session ? historyMessages(session.id, await door.house.store.entries(session.id)) : [];
  const at = all.findIndex((message) => message.__openclaw.id === input.messageId);
  if (!session || at < 0)
    throw invalid(`no message ${input.messageId} in this session (chat.history without messageId has the newest)`);
  const { limit = historyDefault } = input;
  const end = Math.min(all.length, Math.max(at + 1 + Math.floor((limit - 1) / 2), limit));
  const messages = withinBytes(cut(all.slice(Math.max(0, end - limit), end), input.maxChars));
  const isMore = messages.length < end;
  return {
    ...{ sessionKey: input.sessionKey, sessionId: session.id, messages, thinkingLevel: session.thinking ?? "off" },
    ...{ hasMore: isMore, ...(isMore && { nextOffset: all.length - end + messages.length }) },
  };
}

/** Nothing that is asked for may be left out here: a client that has a cursor counts on a whole. */
async function since(door: Door, input: HistoryParams, session: Session | undefined): Promise<unknown> {
  const from = readCursor(input.cursor ?? "");
  if (!session || from?.sessionId !== session.id) return { kind: "reset" };
  const models = await door.house.models();
  // Both are looked at in one moment: what is told between them would be missed or doubled.
  const reading = door.house.store.entries(session.id, { after: from.seq });
  const state = inFlight(door, session.key);
  const entries = await reading;
  const model = session.model ?? defaultAgent(door.house.agents())?.model ?? "";
  const going = door.runs.going(session.key);
  const facts = { model, contextTokens: contextTokens(model, models), runIds: going.map((run) => run.runId) };
  return {
    kind: "delta",
    messages: cut(historyMessages(session.id, entries), input.maxChars),
    deltaCursor: cursorOf(session.id, entries.at(-1)?.seq ?? from.seq),
    sessionInfo: sessionRow(session, facts),
    ...state,
  };
}

function cut(messages: readonly HistoryMessage[], maxChars: number | undefined): readonly HistoryMessage[] {
  return maxChars === undefined ? messages : messages.map((message) => shortened(message, maxChars));
}

/**
 * The run that goes on: its text as the last chat event showed it, so that the next event's `deltaText` continues it,
 * and the calls of the step that no entry holds yet. Chat events of the run up to `seq` are in this already; what
 * `agent` events tell after it is told whole, and does no harm twice. The text of a step that is over is an entry.
 */
function inFlight(door: Door, sessionKey: string): { inFlightRun?: unknown } {
  const record = door.runs.going(sessionKey).at(-1);
  return record === undefined ? {} : { inFlightRun: stateOf(record) };
}

function stateOf(record: RunRecord) {
  const { runId, shownSeq: seq, startedAt, isStepOver, calls } = record;
  const words = isStepOver ? none : { text: record.text.slice(0, record.shown), thinking: record.thinking };
  return { runId, seq, startedAt, ...words, tools: [...calls.values()] };
}

const none = { text: "", thinking: "" };

function cursorOf(sessionId: string, seq: number): string {
  return Buffer.from(JSON.stringify({ sessionId, seq })).toString("base64url");
}

function readCursor(cursor: string): { readonly sessionId: string; readonly seq: number } | undefined {
  try {
    const { sessionId, seq } = JSON.parse(Buffer.from(cursor, "base64url").toString()) as Record<string, unknown>;
    return typeof sessionId === "string" && Number.isInteger(seq) ? { sessionId, seq: Number(seq) } : undefined;
  } catch {
    // No cursor of ours: the client begins anew.
    return undefined;
  }
}

async function messageGet(input: ParamsOf<typeof params.chatMessageGet>, { door }: Call): Promise<unknown> {
  const { store, sessions } = door.house;
  const session = await store.session(sessions.resolveKey(input.sessionKey, input.agentId));
  const seq = Number(/:(\d+)$/.exec(input.messageId)?.[1] ?? Number.NaN);
  if (!session || Number.isNaN(seq)) return { ok: false, unavailableReason: "not_found" };
  const [entry] = await store.entries(session.id, { after: seq - 1 });
  const [message] = entry?.seq === seq ? cut(historyMessages(session.id, [entry]), input.maxChars) : [];
  return message === undefined ? { ok: false, unavailableReason: "not_found" } : { ok: true, message };
}

export const handlers: Group["handlers"] = { "chat.history": history, "chat.message.get": messageGet };
