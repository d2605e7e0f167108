// Which messages of the log are the ones that were sent from here, or seen live. The log of protocol 3 names neither
// idempotency keys nor runs, so words, tool calls and order have to tell. Pure.
import type { LiveRun, LiveStep } from "./live.ts";
import type { Log, LogMessage } from "./log.ts";
import type { Outgoing, Picture } from "./outbox.ts";

/** What a message of the log was called while it was live, so that it stays the same thing on the page. */
export interface Known {
  readonly key: string;
  readonly pictures: readonly Picture[];
}

interface MatchedOutbox {
  readonly outbox: readonly Outgoing[];
  readonly known: ReadonlyMap<string, Known>;
}

/** In order, each message of the log is taken once, and only one that is newer than the sending. */
export function matchOutbox(outbox: readonly Outgoing[], log: Log, earlier: ReadonlyMap<string, Known>): MatchedOutbox {
  const known = new Map<string, Known>();
  const free = log.messages.filter((message) => message.role === "user" && !earlier.has(message.id));
  const matched = outbox.map((item) => {
    if (item.isInLog) return item;
    const index = free.findIndex((message) => isSame(item, message));
    const [message] = index < 0 ? [] : free.splice(index, 1);
    if (message === undefined) return item;
    known.set(message.id, { key: item.key, pictures: item.pictures });
    return { ...item, isInLog: true };
  });
  return { outbox: matched.filter((item) => !(item.isInLog && item.isSettled)), known };
}

function isSame(item: Outgoing, message: LogMessage): boolean {
  if (message.seq <= (item.afterSeq ?? 0) || message.media.length !== item.pictures.length) return false;
  return message.text === item.text.replaceAll("\r\n", "\n").trim();
}

interface MatchedRuns {
  readonly runs: readonly LiveRun[];
  readonly known: ReadonlyMap<string, Known>;
}

/** Steps that the log has are taken out of their runs; runs that were over before it was asked for are all in it. */
export function matchRuns(runs: readonly LiveRun[], log: Log, over: ReadonlySet<string>): MatchedRuns {
  const known = new Map<string, Known>();
  const rest: LiveRun[] = [];
  let floor = 0;
  for (const run of runs) {
    const { steps, afterSeq } = unmatched({ ...run, afterSeq: Math.max(floor, run.afterSeq) }, log, known);
    if (over.has(run.runId) && run.hasBegun) floor = afterSeq;
    else rest.push({ ...run, steps, afterSeq });
  }
  return { runs: rest, known };
}

/** The steps that the log has not, and the place in the log up to which it has the run. Enters the others in `known`. */
function unmatched(run: LiveRun, log: Log, known: Map<string, Known>): Pick<LiveRun, "steps" | "afterSeq"> {
  const fits = run.isStale ? beginsLike : isLike;
  let { afterSeq } = run;
  const steps = run.steps.filter((step) => {
    const found = log.messages.find((message) => message.seq > afterSeq && isStep(step, message, fits));
    if (found === undefined) return true;
    known.set(found.id, { key: step.key, pictures: [] });
    afterSeq = found.seq;
    return false;
  });
  return { steps, afterSeq };
}

function isStep(step: LiveStep, message: LogMessage, fits: (whole: string, seen: string) => boolean): boolean {
  if (message.role !== "assistant") return false;
  if (step.callIds.length > 0) return message.calls.some((call) => step.callIds.includes(call.id));
  if (step.text !== "") return fits(message.text, step.text);
  return step.thinking !== "" && fits(message.thinking, step.thinking);
}

function isLike(whole: string, seen: string): boolean {
  return whole.trim() === seen.trim();
}

/** Of a step that a lost connection cut, only the beginning was seen. */
function beginsLike(whole: string, seen: string): boolean {
  return whole.trim().startsWith(seen.trim());
}
