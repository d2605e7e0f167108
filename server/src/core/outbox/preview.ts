// While a run streams: shows that an answer is in the making, and where the channel can edit, the answer so far.
// It never stands in the way: it drops what it cannot keep up with, and its faults end nothing but itself.
import {
  type Channel,
  type Clock,
  type InboundMessage,
  type Log,
  type OutboxRow,
  type Piece,
  type RunEventBody,
  type Store,
  toFault,
} from "@homarus/sdk";
import { replyTo, silentReply } from "./compose.ts";
import { knownOf, leavesDoubt } from "./deliver.ts";

export interface PreviewParts {
  readonly channel: Channel;
  readonly message: InboundMessage;
  readonly runId: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Least ms between two edits; undefined shows no text before it is whole. */
  readonly editEveryMs: number | undefined;
  /** Platform id of a preview that an earlier process of the same run sent. */
  readonly shown: string | undefined;
}

export interface Preview {
  see(event: RunEventBody): void;
  /** Ends it; resolves with the platform id that the reply should take the place of. */
  end(): Promise<string | undefined>;
}

/** Platforms show "typing" for five seconds or so. */
const typingEveryMs = 4_500;
const longWaitMs = 10_000;
/** A reply that is done by then needs no preview. */
const patienceMs = 1_200;

export function openPreview(parts: PreviewParts): Preview {
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  let text = "";
  let hint = "";
  let { shown } = parts;
  const typing = keepTyping(parts, signal);
  const showing = parts.editEveryMs === undefined ? Promise.resolve() : keepShowing();

  async function keepShowing(): Promise<void> {
    try {
      let last = "";
      let wait = patienceMs;
      for (;;) {
        await parts.clock.sleep(parts.clock.now() + wait, signal);
        wait = betweenEdits(parts);
        const piece = firstPiece(parts, text || hint);
        if (!piece || piece.text === last) continue;
        shown = shown === undefined ? await begin(parts, piece) : await change(parts, shown, piece);
        last = piece.text;
      }
    } catch (thrown) {
      const fault = toFault(thrown);
      if (!signal.aborted) parts.log.info("preview.ended", { runId: parts.runId, fault: fault.toJSON() });
    }
  }

  return {
    see(event) {
      if (event.type === "text-delta") text += event.text;
      if (event.type === "progress") hint = worthTelling(event, parts.clock.now()) ? `_${event.text}_` : "";
      if (event.type === "fault" || event.type === "step-end") text = "";
    },
    async end() {
      stop.abort();
      await Promise.all([typing, showing]);
      return shown ?? (await found(parts));
    },
  };
}

function betweenEdits({ editEveryMs }: PreviewParts): number {
  return Math.max(editEveryMs ?? 0, 250);
}

/** A short wait passes faster than its notice is read. */
function worthTelling({ about, until }: Extract<RunEventBody, { type: "progress" }>, now: number): boolean {
  return about === "compaction" || (about === "waiting" && (until ?? now) - now >= longWaitMs);
}

function firstPiece(parts: PreviewParts, text: string): Piece | undefined {
  // No words yet, or those that mean that there will be none.
  if (silentReply.startsWith(text.trim())) return undefined;
  const message = replyTo(parts.message, text);
  return parts.channel.compose ? parts.channel.compose(message)[0] : { place: message.place, text };
}

/** The first sight of a reply is a row of the outbox, so that a restart finds it and does not leave it orphaned. */
async function begin(parts: PreviewParts, piece: Piece): Promise<string> {
  const { channel, account } = parts.message;
  const id = `${parts.runId}:preview`;
  const row: OutboxRow = { id, channel, account, piece, preview: true, state: "sending", attempts: 1, nextAt: 0 };
  await parts.store.commit([
    { type: "outbox-put", row: { ...row, ...(await knownOf(row, parts.channel, parts.store)) } },
  ]);
  try {
    const receipt = await parts.channel.send(piece, parts.signal);
    await parts.store.commit([{ type: "outbox-state", id, state: "sent", attempts: 1, nextAt: 0, receipt }]);
    return receipt.id;
  } catch (thrown) {
    const fault = toFault(thrown);
    // What may have arrived stays as it is being sent: the end of the run looks for it, or the next process does.
    if (!leavesDoubt(fault.kind))
      await parts.store.commit([
        { type: "outbox-state", id, state: "failed", attempts: 1, nextAt: 0, fault: fault.toJSON() },
      ]);
    throw fault;
  }
}

/** A preview whose receipt was lost may stand there all the same: the reply must take its place, not stand beside it. */
async function found({ runId, store, channel, log, signal }: PreviewParts): Promise<string | undefined> {
  const id = `${runId}:preview`;
  const row = await store.outboxRow(id);
  if (row?.receipt || row?.state !== "sending") return row?.receipt?.id;
  const base = { type: "outbox-state", id, attempts: row.attempts, nextAt: 0 } as const;
  try {
    const sighting = await channel.find?.(row.piece, row.known ?? [], signal);
    if (typeof sighting === "object") {
      await store.commit([{ ...base, state: "sent", receipt: sighting }]);
      return sighting.id;
    }
  } catch (thrown) {
    // Looking is a courtesy: where it fails the reply is sent by itself, as where nobody can tell.
    log.info("preview.look-failed", { runId, fault: toFault(thrown).toJSON() });
  }
  await store.commit([{ ...base, state: "failed" }]);
  return undefined;
}

async function change(parts: PreviewParts, id: string, piece: Piece): Promise<string> {
  await parts.channel.edit?.(id, piece, parts.signal);
  return id;
}

async function keepTyping(parts: PreviewParts, signal: AbortSignal): Promise<void> {
  if (!parts.channel.typing) return;
  try {
    for (;;) {
      await parts.channel.typing(parts.message.place, signal);
      await parts.clock.sleep(parts.clock.now() + typingEveryMs, signal);
    }
  } catch (thrown) {
    const fault = toFault(thrown);
    if (!signal.aborted) parts.log.debug("typing.ended", { runId: parts.runId, fault: fault.toJSON() });
  }
}
