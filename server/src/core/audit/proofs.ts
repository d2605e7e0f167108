// Whether the logs' results of tools are the house's own, also after a log was copied or came in from outside.
import {
  type CallReceipt,
  type Entry,
  type Json,
  type ToolCallBlock,
  type ToolResultBlock,
  toolCallsOf,
} from "@homarus/sdk";
import { importedText, receiptText, type Signer } from "./receipt.ts";

export interface UnprovenCall {
  readonly seq: number;
  readonly name: string;
  readonly callId: string;
  readonly reason: UnprovenReason;
}

/**
 * `imported`: it came in with a transcript and is as it was then, which the house has signed. `before receipts`: it says
 * of itself that it is older than the chain, which nothing proves. The others: put in, or altered.
 */
export type UnprovenReason = "imported" | "before receipts" | "no receipt" | "receipt of something else";

export interface ProofParts {
  readonly signer: Pick<Signer, "isSigned">;
  /** Unix ms of the chain's first link; absent where there is none. */
  readonly since?: number | undefined;
}

/** Results in a session's log that the house cannot vouch for. */
export function unprovenCalls(
  sessionId: string,
  entries: readonly Entry[],
  { signer, since }: ProofParts,
): readonly UnprovenCall[] {
  // What stands after something of the chain's time is not older than the chain, whatever it says of itself.
  const newer = entries.find(({ at }) => since !== undefined && at >= since)?.seq ?? Number.POSITIVE_INFINITY;
  return proofs(sessionId, entries, signer).flatMap(({ entry, result, proof }): UnprovenCall[] => {
    const about = { seq: entry.seq, name: result.name, callId: result.callId };
    if (proof === "made") return [];
    return [{ ...about, reason: proof === "no receipt" && entry.seq < newer ? "before receipts" : proof }];
  });
}

interface Proof {
  readonly entry: Entry;
  readonly result: ToolResultBlock;
  /** What the call was made with. */
  readonly input: Json;
  readonly proof: "made" | Exclude<UnprovenReason, "before receipts">;
}

/** The results of a log, and what their receipts say. */
function proofs(sessionId: string, entries: readonly Entry[], signer: Pick<Signer, "isSigned">): readonly Proof[] {
  const calls = new Map<string, ToolCallBlock>();
  return entries.flatMap((entry): Proof[] => {
    const { runId = "", body } = entry;
    if (body.type === "step") for (const call of toolCallsOf(body.content)) calls.set(`${runId}:${call.id}`, call);
    if (body.type !== "tool-result") return [];
    const { result } = body;
    const input = body.input ?? calls.get(`${runId}:${result.callId}`)?.input ?? null;
    return [{ entry, result, input, proof: proofOf({ sessionId, runId }, input, result, signer) }];
  });
}

function proofOf(
  place: { readonly sessionId: string; readonly runId: string },
  input: Json,
  result: ToolResultBlock,
  signer: Pick<Signer, "isSigned">,
): Proof["proof"] {
  const { receipt, callId, name } = result;
  if (!receipt) return "no receipt";
  if (signer.isSigned(receiptText(place, { id: callId, name, input }, result), receipt)) return "made";
  return signer.isSigned(importedText(place, result), receipt) ? "imported" : "receipt of something else";
}

/** Entries of one log as they go into another, of a new id: what was proven there is proven here, and nothing else. */
export function carriedOver(
  from: string,
  to: string,
  entries: readonly Entry[],
  signer: Pick<Signer, "isSigned" | "sign">,
): readonly Entry[] {
  const known = new Map(proofs(from, entries, signer).map((proof) => [proof.entry, proof]));
  return entries.map((entry) => {
    const found = known.get(entry);
    const place = { sessionId: to, runId: entry.runId ?? "" };
    if (found?.proof === "imported") return withReceipt(entry, signer.sign(importedText(place, found.result)));
    if (found?.proof !== "made") return entry;
    const { callId: id, name } = found.result;
    return withReceipt(entry, signer.sign(receiptText(place, { id, name, input: found.input }, found.result)));
  });
}

/** Entries of a transcript from outside: signed as imported, and nothing in them is taken for the owner's word. */
export function takenIn(to: string, entries: readonly Entry[], signer: Pick<Signer, "sign">): readonly Entry[] {
  return entries.map((entry) => {
    const { runId = "", body } = entry;
    if (body.type === "tool-result")
      return withReceipt(entry, signer.sign(importedText({ sessionId: to, runId }, body.result)));
    if (body.type !== "user" || body.from === undefined) return entry;
    const { own: _, ...from } = body.from;
    return { ...entry, body: { ...body, from } };
  });
}

function withReceipt(entry: Entry, receipt: CallReceipt): Entry {
  const { body } = entry;
  return body.type === "tool-result" ? { ...entry, body: { ...body, result: { ...body.result, receipt } } } : entry;
}
