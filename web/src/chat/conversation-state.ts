// Everything a conversation is made of, and how each happening changes it: the log, the runs that are told live, what
// the person sent, and the house's answers that no log keeps. Pure; the conversation store does the talking.
import { type AgentEvent, beginRun, hearAgent, type LiveRun, type RunEnd } from "./live.ts";
import { fieldsOf, joinLogs, type Log, lastSeq, textOf } from "./log.ts";
import { type Known, matchOutbox, matchRuns } from "./match.ts";
import type { Outgoing } from "./outbox.ts";

/** An answer of the house that stands in no log: to a command, or to a message it refused. */
export interface Note {
  readonly key: string;
  readonly afterSeq: number;
  readonly text: string;
  readonly isProblem: boolean;
}

export interface ConversationState {
  readonly log: Log | undefined;
  readonly runs: readonly LiveRun[];
  readonly outbox: readonly Outgoing[];
  readonly notes: readonly Note[];
  /** By id of the log's message. */
  readonly known: ReadonlyMap<string, Known>;
  /** The gateway says that a run is going, of which nothing was heard yet. */
  readonly isActive: boolean;
}

export const emptyConversation: ConversationState = {
  ...{ log: undefined, runs: [], outbox: [], notes: [], known: new Map(), isActive: false },
};

/** Something goes on: a run is told, or the gateway took a message and owes its answer. */
export function isRunning(state: ConversationState): boolean {
  const isOwed = (item: Outgoing) => item.state === "accepted" && !item.isSettled;
  return state.isActive || state.runs.some(isGoing) || state.outbox.some(isOwed);
}

export function isGoing(run: LiveRun): boolean {
  return run.hasBegun && !run.end && !run.isStale;
}

export function added(state: ConversationState, outgoing: Outgoing): ConversationState {
  return { ...state, outbox: [...state.outbox, outgoing] };
}

export function changed(state: ConversationState, key: string, change: Partial<Outgoing>): ConversationState {
  return { ...state, outbox: state.outbox.map((item) => (item.key === key ? { ...item, ...change } : item)) };
}

export function discarded(state: ConversationState, key: string): ConversationState {
  return { ...state, outbox: state.outbox.filter((item) => item.key !== key) };
}

export function noted(state: ConversationState, note: Omit<Note, "afterSeq">): ConversationState {
  if (state.notes.some((item) => item.key === note.key)) return state;
  return { ...state, notes: [...state.notes, { ...note, afterSeq: lastSeq(state.log) }] };
}

export function heardAgent(state: ConversationState, event: AgentEvent): ConversationState {
  const run = state.runs.find((item) => item.runId === event.runId) ?? beginRun(event.runId, lastSeq(state.log));
  return withRun(state, hearAgent(run, event));
}

function withRun(state: ConversationState, run: LiveRun): ConversationState {
  const isNew = !state.runs.some((item) => item.runId === run.runId);
  const runs = isNew ? [...state.runs, run] : state.runs.map((item) => (item.runId === run.runId ? run : item));
  return { ...state, runs };
}

/** How a `chat` event says that a run ended; undefined for all other states. */
export function endIn(payload: unknown): (RunEnd & { readonly runId: string; readonly text: string }) | undefined {
  const { runId, state, message, errorMessage } = fieldsOf(payload);
  if (typeof runId !== "string" || (state !== "final" && state !== "aborted" && state !== "error")) return undefined;
  const { content } = fieldsOf(message);
  const blocks = Array.isArray(content) ? content.map((block) => textOf(fieldsOf(block).text) ?? "") : [];
  return { runId, state, problem: textOf(errorMessage), text: blocks.join("") };
}

/** A run that had begun is now in the log; of one that had not, the answer is all there is. */
export function ended(state: ConversationState, end: NonNullable<ReturnType<typeof endIn>>): ConversationState {
  const { runId, text, problem } = end;
  // A note that a program put into the session stands in the log.
  if (runId.startsWith("inject-")) return state;
  const settled = { ...changed(state, runId, { isSettled: true, state: "accepted" }), isActive: false };
  const run = state.runs.find((item) => item.runId === runId);
  if (run?.hasBegun) return withRun(settled, { ...run, end: { state: end.state, problem } });
  const words = problem ?? text;
  if (words === "") return settled;
  return noted(settled, { key: `note:${runId}`, text: words, isProblem: end.state === "error" });
}

/** The connection is gone: what goes on meanwhile is not heard, and what was being sent may not have arrived. */
export function dropped(state: ConversationState): ConversationState {
  return {
    ...state,
    isActive: false,
    runs: state.runs.map((run) => (run.end ? run : { ...run, isStale: true })),
    outbox: state.outbox.map((item) =>
      item.isSettled || item.state === "failed" ? item : { ...item, state: "waiting" as const },
    ),
  };
}

/** The gateway says whether a run is going. Runs of which nothing was heard since the drop are over if none is. */
export function toldActive(state: ConversationState, isActive: boolean): ConversationState {
  const runs = isActive ? state.runs : state.runs.filter((run) => !run.isStale);
  return { ...state, isActive: isActive && !runs.some(isGoing), runs };
}

export interface Loaded {
  readonly newest: Log;
  readonly limit: number;
  /** Runs whose end was known before the log was asked for: it has all of them. */
  readonly over: ReadonlySet<string>;
}

/** The log came: what it has is taken out of all that was kept beside it. */
export function loaded(state: ConversationState, { newest, limit, over }: Loaded): ConversationState {
  const log = joinLogs(state.log, newest, limit);
  const fresh = state.log === undefined ? anchored(state, log) : ofSession(state, log);
  const users = matchOutbox(fresh.outbox, log, fresh.known);
  const steps = matchRuns(fresh.runs, log, over);
  const known = new Map([...fresh.known, ...users.known, ...steps.known]);
  return { ...fresh, log, outbox: users.outbox, runs: steps.runs, known };
}

/** What was written before the log was known stands behind it; what an earlier page left may stand in it. */
function anchored(state: ConversationState, log: Log): ConversationState {
  const last = lastSeq(log);
  const anchor = ({ afterSeq }: Outgoing) => (afterSeq === undefined ? last : afterSeq > last ? 0 : afterSeq);
  return { ...state, outbox: state.outbox.map((item) => ({ ...item, afterSeq: anchor(item) })) };
}

function ofSession(state: ConversationState, log: Log): ConversationState {
  const former = state.log?.sessionId;
  return former === undefined || former === log.sessionId ? state : afterReset(state);
}

/** Of what was said before a reset only the last word stays, which tells of the reset. */
function afterReset(state: ConversationState): ConversationState {
  const last = state.notes.at(-1);
  const reborn = (item: Outgoing) => ({ ...item, afterSeq: 0 });
  return {
    ...state,
    notes: last ? [{ ...last, afterSeq: 0 }] : [],
    outbox: state.outbox.filter((item) => !item.isSettled || `note:${item.key}` === last?.key).map(reborn),
    runs: state.runs.filter((run) => !run.end).map((run) => ({ ...run, afterSeq: 0 })),
    known: new Map(),
  };
}
