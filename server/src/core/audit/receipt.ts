// Receipts: the house's proof that a call was made with these arguments and gave this result. A model cannot make one.
import type { AuditRecord, CallReceipt, Json, ToolCallBlock, ToolResultBlock } from "@homarus/sdk";

/** Signs texts with a key that only the house has. */
export interface Signer {
  sign(text: string): CallReceipt;
  isSigned(text: string, receipt: CallReceipt): boolean;
  /** SHA-256, hex. */
  digest(text: string): string;
}

export interface CallPlace {
  readonly agent: string;
  readonly sessionKey: string;
  readonly sessionId: string;
  readonly runId: string;
}

/** What a receipt is made over. Places of the log are part of it: it does not serve for another call. */
export function receiptText(
  { sessionId, runId }: Pick<CallPlace, "sessionId" | "runId">,
  call: Pick<ToolCallBlock, "id" | "name" | "input">,
  result: Pick<ToolResultBlock, "content" | "isError">,
): string {
  return JSON.stringify([sessionId, runId, call.id, call.name, call.input, result.content, result.isError]);
}

export function signedResult(
  place: CallPlace,
  call: ToolCallBlock,
  result: ToolResultBlock,
  signer: Signer,
): ToolResultBlock {
  return { ...result, receipt: signer.sign(receiptText(place, call, result)) };
}

/** What the house signs of a result that came in with a transcript: that it was there then, not that the call was made. */
export function importedText(
  { sessionId, runId }: Pick<CallPlace, "sessionId" | "runId">,
  result: Pick<ToolResultBlock, "callId" | "name" | "content" | "isError">,
): string {
  return JSON.stringify([
    ...["imported", sessionId, runId],
    ...[result.callId, result.name, result.content, result.isError],
  ]);
}

export interface CallFacts {
  readonly at: number;
  readonly durationMs: number;
  /** Id of the approval that let it through. */
  readonly approval?: string | undefined;
  /** Why it was not made. */
  readonly refused?: string | undefined;
}

/** The audit's line of a call: hashes in place of contents, so that it can be shown to anybody. */
export function callRecord(
  place: CallPlace,
  call: ToolCallBlock,
  result: ToolResultBlock,
  { at, durationMs, approval, refused }: CallFacts,
  digest: Signer["digest"],
): AuditRecord {
  const { agent, sessionKey, runId } = place;
  const facts: Record<string, Json> = {
    input: digest(JSON.stringify(call.input)),
    result: digest(JSON.stringify(result.content)),
    isError: result.isError,
    durationMs,
    ...(approval === undefined ? {} : { approval }),
    ...(result.receipt === undefined ? {} : { receipt: result.receipt.mac, key: result.receipt.key }),
    ...(refused === undefined ? {} : { refused }),
  };
  return {
    ...{ type: refused === undefined ? "tool-call" : "tool-denied", at, actor: `agent ${agent}`, action: call.name },
    ...{ agent, sessionKey, runId, callId: call.id, detail: facts },
  };
}
