// Stations 4 to 7 for a message that has its lane: prepare, run, and settle, with the watchers told on the way.
import {
  type Authority,
  type InboxRow,
  noUsage,
  type Outcome,
  type RunEventBody,
  toFault,
  type Usage,
} from "@homarus/sdk";
import { type RunResult, run } from "../agent/run.ts";
import { resumeHint } from "../halt/halt.ts";
import { mostRetries, retryMs } from "../limits/backoff.ts";
import type { Pass } from "../limits/limits.ts";
import { once } from "../once.ts";
import { openPreview, type Preview } from "../outbox/preview.ts";
import type { Route } from "../route/route.ts";
import type { Lane } from "../sessions/lane.ts";
import type { LineParts } from "./parts.ts";
import { type Prepared, type PrepareParts, prepare } from "./prepare.ts";
import type { Going, Runs } from "./runs.ts";
import { conclude, settle } from "./settle.ts";

export interface Rider {
  readonly authority: Authority;
  readonly row: InboxRow;
  readonly route: Route;
  readonly lane: Lane<InboxRow | undefined>;
}

/** A run that had begun goes on by itself, and what another session says waits for an answer of its own. */
export function steers(row: InboxRow): boolean {
  return !row.runId && row.message.hops === undefined;
}

export async function ride(rider: Rider, runs: Runs, parts: PrepareParts): Promise<Outcome> {
  const { row, route } = rider;
  const runId = row.runId ?? row.message.options?.runId ?? parts.newId();
  const agent = parts.agent(route.agent);
  const going = runs.begin(runId, route.sessionKey, row.message.options?.timeoutMs ?? agent.timeoutMs);
  const emit = emitter(runId, route.sessionKey, parts);
  let pass: Pass | undefined;
  let ended: { outcome: Outcome; text: string; usage: Usage } | undefined;
  try {
    const lane = rider.lane as Lane<InboxRow>;
    const { authority } = rider;
    const { signal } = going;
    const entry = await entered(rider, going, emit, parts);
    if (entry.type === "refused") {
      const { type, ...refusal } = entry;
      return await conclude(row, { type, ...refusal }, entry.reply, parts);
    }
    pass = entry.pass;
    const pause = pausing(going, pass);
    const prepared = await prepare({ row, route, runId, lane, signal, pause, authority }, parts);
    const { provider, model } = prepared.turn.asking.first;
    emit({ type: "run-start", messageId: row.message.id, model: `${provider}/${model}` });
    const preview = await previewOf(prepared, going.signal, parts);
    const result = await persistently(rider, () => consume(prepared, preview, emit), { emit, signal }, parts);
    const outcome = await settle(prepared, result, await preview?.end(), parts);
    ended = { outcome, text: result.text, usage: result.usage };
    return outcome;
  } catch (thrown) {
    ended = { outcome: { type: "failed", runId, fault: toFault(thrown).toJSON() }, text: "", usage: noUsage };
    throw thrown;
  } finally {
    going.end();
    pass?.leave();
    if (ended) emit({ type: "run-end", ...ended });
  }
}

/** Where nobody waits who could ask again, it is tried again; what was done stands in the log and is not repeated. */
async function persistently(
  { authority }: Rider,
  work: () => Promise<RunResult>,
  { emit, signal }: { readonly emit: (event: RunEventBody) => void; readonly signal: AbortSignal },
  { clock }: PrepareParts,
): Promise<RunResult> {
  for (let failures = 1; ; failures += 1) {
    const result = await work();
    const isOut = result.type === "failed" && result.fault.kind === "unavailable" && result.text === "";
    if (!isOut || signal.aborted || !authority.isUnattended || failures > mostRetries) return result;
    const until = clock.now() + retryMs(failures);
    emit({ type: "progress", about: "waiting", text: `${result.fault.message} I try again.`, until });
    // Stopped meanwhile: then the next try ends at once, with the reason.
    await clock.sleep(until, signal).catch(() => undefined);
  }
}

type Entered =
  | { readonly type: "refused"; readonly reason: "too-many" | "stopped"; readonly reply: string }
  | { readonly type: "in"; readonly pass: Pass };

/** Waits for a place. Its own time does not pass meanwhile. */
async function entered(
  { row, route }: Rider,
  { signal, pause }: Going,
  emit: (event: RunEventBody) => void,
  parts: PrepareParts,
): Promise<Entered> {
  await parts.halt.load();
  const halted = parts.halt.state();
  if (halted) return { type: "refused", reason: "stopped", reply: haltedText };
  const resume = pause();
  const onWait = once(() =>
    emit({ type: "progress", about: "queue", text: "Others come first; I begin as soon as I can." }),
  );
  try {
    const entry = await parts.limits.enter(row.message, route.agent, {
      signal,
      isResumed: row.runId !== undefined,
      onWait,
    });
    return entry.type === "refused" ? { ...entry, reason: "too-many" } : entry;
  } finally {
    resume();
  }
}

const haltedText = `Everything is stopped. ${resumeHint}`;

/** While a person is waited for, the run's clock stands still and its place is another's. */
function pausing(going: Going, pass: Pass): () => () => Promise<void> {
  return () => {
    const resume = going.pause();
    const enter = pass.pause();
    return async () => {
      await enter();
      resume();
    };
  };
}

async function consume(
  prepared: Prepared,
  preview: Preview | undefined,
  emit: (event: RunEventBody) => void,
): Promise<RunResult> {
  const events = run(prepared.turn);
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
      emit(next.value);
      preview?.see(next.value);
    }
  } catch (thrown) {
    await preview?.end();
    throw thrown;
  }
}

async function previewOf(prepared: Prepared, signal: AbortSignal, parts: LineParts): Promise<Preview | undefined> {
  const out = parts.channel(prepared.row.message);
  if (!out) return undefined;
  const earlier = await parts.store.outboxRow(`${prepared.runId}:preview`);
  return openPreview({
    channel: out.channel,
    message: prepared.row.message,
    runId: prepared.runId,
    store: parts.store,
    clock: parts.clock,
    log: parts.log,
    signal,
    editEveryMs: out.channel.edit ? out.editEveryMs : undefined,
    shown: earlier?.receipt?.id,
  });
}

function emitter(runId: string, sessionKey: string, parts: LineParts): (event: RunEventBody) => void {
  let seq = 0;
  return (event) => {
    seq += 1;
    parts.tap.emit({ runId, sessionKey, seq, at: parts.clock.now(), ...event });
  };
}
