// What the page draws, in order: the log, the runs that are going, what was sent and is not in the log yet, and the
// house's notes. Pure but for a memory of what was made, so that what did not change is the same object and not redrawn.
import { type ConversationState, isGoing, type Note } from "./conversation-state.ts";
import type { LiveCall, LiveRun, LiveStep } from "./live.ts";
import type { LogCall, LogMedia, LogMessage } from "./log.ts";
import type { Known } from "./match.ts";
import type { Outgoing, Picture } from "./outbox.ts";

export interface SaidItem {
  readonly type: "said";
  readonly key: string;
  readonly text: string;
  readonly pictures: readonly Picture[];
  readonly media: readonly LogMedia[];
  /** Unix ms. */
  readonly at: number;
  /** `joining`: the gateway has it, and the run that is going will take it up. */
  readonly state: "said" | "waiting" | "sending" | "joining" | "failed";
  readonly problem: string | undefined;
}

export interface CallView {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly progress: string;
  readonly result: string | undefined;
  /** `cut`: there is no result, and none will come. */
  readonly state: "running" | "done" | "failed" | "cut";
}

export interface AnswerItem {
  readonly type: "answer";
  readonly key: string;
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly CallView[];
  readonly isStreaming: boolean;
  readonly wasStopped: boolean;
  readonly problem: string | undefined;
  readonly model: string | undefined;
}

export interface NoteItem extends Note {
  readonly type: "note";
}

export type Item = SaidItem | AnswerItem | NoteItem;

type Sources = readonly unknown[];

/** Remembers what it made from what, by key. */
export class ItemMaker {
  #made = new Map<string, { readonly sources: Sources; readonly item: Item }>();

  itemsOf(state: ConversationState, isBusy: boolean): readonly Item[] {
    const before = this.#made;
    const now: typeof before = new Map();
    const make = (key: string, sources: Sources, item: () => Item): Item => {
      const earlier = before.get(key);
      const isSame =
        earlier?.sources.length === sources.length && earlier.sources.every((it, at) => it === sources[at]);
      const made = isSame && earlier ? earlier : { sources, item: item() };
      now.set(key, made);
      return made.item;
    };
    const items = [...placed(state, isBusy, make), ...underWay(state, isBusy, make)];
    this.#made = now;
    return items;
  }
}

type Make = (key: string, sources: Sources, item: () => Item) => Item;

/** The log, with what stands between its messages and will never be in it. */
function placed(state: ConversationState, isBusy: boolean, make: Make): Item[] {
  const asides = [
    ...state.outbox
      .filter(isAside)
      .map((item) => ({ afterSeq: item.afterSeq ?? 0, item: () => saidLive(item, false, make) })),
    ...state.notes.map((note) => ({ afterSeq: note.afterSeq, item: () => noteItem(note, make) })),
  ].sort((one, other) => one.afterSeq - other.afterSeq);
  const drawn = logItems(state, isBusy, make);
  const items: Item[] = [];
  let at = 0;
  for (const { seq, item } of drawn) {
    for (; at < asides.length && (asides[at]?.afterSeq ?? 0) < seq; at += 1) items.push(...toList(asides[at]?.item()));
    items.push(item);
  }
  return [...items, ...asides.slice(at).map((aside) => aside.item())];
}

function toList<Thing>(thing: Thing | undefined): Thing[] {
  return thing === undefined ? [] : [thing];
}

function isAside(item: Outgoing): boolean {
  return item.isSettled && !item.isInLog;
}

function logItems(state: ConversationState, isBusy: boolean, make: Make): { seq: number; item: Item }[] {
  const messages = state.log?.messages ?? [];
  const results = new Map(messages.flatMap((message) => (message.callId ? [[message.callId, message] as const] : [])));
  const live = new Map(state.runs.flatMap((run) => [...run.calls]));
  const newest = messages.findLast((message) => message.role === "assistant");
  return messages.flatMap((message) => {
    const known = state.known.get(message.id);
    if (message.role === "user") return [{ seq: message.seq, item: saidLogged(message, known, make) }];
    if (message.role === "toolResult") return [];
    const mayRun = isBusy && message === newest;
    const calls = message.calls.map((call) => ({
      call,
      result: results.get(call.id),
      live: live.get(call.id),
      mayRun,
    }));
    return [{ seq: message.seq, item: answerLogged(message, known, { calls, make }) }];
  });
}

function saidLogged(message: LogMessage, known: Known | undefined, make: Make): Item {
  const key = known?.key ?? message.id;
  return make(key, [message, known], () => ({
    ...{ type: "said", key, text: message.text, pictures: known?.pictures ?? [], at: message.at, state: "said" },
    media: known?.pictures.length ? [] : message.media,
    problem: undefined,
  }));
}

interface CallSources {
  readonly call: LogCall;
  readonly result: LogMessage | undefined;
  readonly live: LiveCall | undefined;
  readonly mayRun: boolean;
}

function answerLogged(
  message: LogMessage,
  known: Known | undefined,
  { calls, make }: { readonly calls: readonly CallSources[]; readonly make: Make },
): Item {
  const key = known?.key ?? message.id;
  const sources = calls.flatMap(({ result, live, mayRun }) => [result, live, result ? false : mayRun]);
  return make(key, [message, ...sources], () => ({
    ...{ type: "answer", key, thinking: message.thinking, text: message.text, isStreaming: false },
    calls: calls.map(callLogged),
    wasStopped: message.stopReason === "aborted" && message.problem !== undefined,
    problem: message.stopReason === "aborted" ? undefined : message.problem,
    model: message.model,
  }));
}

function callLogged({ call, result, live, mayRun }: CallSources): CallView {
  const progress = live?.progress ?? "";
  if (result) return { ...call, progress, result: result.text, state: result.isError ? "failed" : "done" };
  if (live) return { ...call, progress, result: live.result, state: live.state };
  return { ...call, progress, result: undefined, state: mayRun ? "running" : "cut" };
}

/** Runs in the order they were heard of, each behind the message it answers; then what is still to be answered. */
function underWay(state: ConversationState, isBusy: boolean, make: Make): Item[] {
  const pending = state.outbox.filter((item) => !item.isInLog && !item.isSettled);
  const logged = new Set((state.log?.messages ?? []).flatMap((message) => message.calls.map((call) => call.id)));
  const runs = state.runs.filter((run) => run.hasBegun);
  const isOfRun = (item: Outgoing) => runs.some((run) => run.runId === item.key);
  return [
    ...runs.flatMap((run) => [
      ...pending.filter((item) => item.key === run.runId).map((item) => saidLive(item, false, make)),
      ...run.steps.flatMap((step, at) => toList(stepItem({ run, step, at, logged }, make))),
    ]),
    ...pending.filter((item) => !isOfRun(item)).map((item) => saidLive(item, isBusy, make)),
  ];
}

function saidLive(item: Outgoing, isJoining: boolean, make: Make): Item {
  const state = item.state === "accepted" ? (isJoining ? "joining" : "said") : item.state;
  const { key, text, pictures, at, problem } = item;
  return make(key, [item, state], () => ({ type: "said", key, text, pictures, media: [], at, state, problem }));
}

interface StepSources {
  readonly run: LiveRun;
  readonly step: LiveStep;
  readonly at: number;
  readonly logged: ReadonlySet<string>;
}

function stepItem({ run, step, at, logged }: StepSources, make: Make): Item | undefined {
  const calls = step.callIds.filter((id) => !logged.has(id)).flatMap((id) => toList(run.calls.get(id)));
  if (calls.length === 0 && step.callIds.length > 0) return undefined;
  const isStreaming = isGoing(run) && at === run.steps.length - 1 && calls.length === 0;
  return make(step.key, [step, isStreaming, ...calls], () => ({
    ...{ type: "answer", key: step.key, thinking: step.thinking, text: step.text, calls, isStreaming },
    ...{ wasStopped: false, problem: undefined, model: undefined },
  }));
}

function noteItem(note: Note, make: Make): Item {
  return make(note.key, [note], () => ({ type: "note", ...note }));
}
