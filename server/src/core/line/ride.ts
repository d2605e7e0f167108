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
import { openPreview, type Preview } from "../outbox/preview.ts";
import type { Route } from "../route/route.ts";
import type { Lane } from "../sessions/lane.ts";
import type { LineParts } from "./parts.ts";
import { type Prepared, type PrepareParts, prepare } from "./prepare.ts";
import type { Runs } from "./runs.ts";
import { settle } from "./settle.ts";

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
  let ended: { outcome: Outcome; text: string; usage: Usage } | undefined;
  try {
    const lane = rider.lane as Lane<InboxRow>;
    const { authority } = rider;
    const { signal, pause } = going;
    const prepared = await prepare({ row, route, runId, lane, signal, pause, authority }, parts);
    const { provider, model } = prepared.turn.asking.first;
    emit({ type: "run-start", messageId: row.message.id, model: `${provider}/${model}` });
    const preview = await previewOf(prepared, going.signal, parts);
    const result = await consume(prepared, preview, emit);
    const outcome = await settle(prepared, result, await preview?.end(), parts);
    ended = { outcome, text: result.text, usage: result.usage };
    return outcome;
  } catch (thrown) {
    ended = { outcome: { type: "failed", runId, fault: toFault(thrown).toJSON() }, text: "", usage: noUsage };
    throw thrown;
  } finally {
    going.end();
    if (ended) emit({ type: "run-end", ...ended });
  }
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
