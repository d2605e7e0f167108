// Whether the chain is whole, and whether the logs' results of tools are the house's own.
import {
  type AuditLink,
  type AuditTrail,
  type Entry,
  firstPrevious,
  linkText,
  type ToolCallBlock,
  toolCallsOf,
} from "@homarus/sdk";
import { receiptText, type Signer } from "./receipt.ts";

export interface ChainReport {
  readonly links: number;
  /** Of the last good link. */
  readonly head: string;
  /** The first link that does not fit, and why; absent where all do. */
  readonly broken?: { readonly seq: number; readonly reason: "gap" | "previous" | "hash" };
}

const pageSize = 500;

/** Reads the whole chain, a page at a time. */
export async function verifyChain(
  trail: Pick<AuditTrail, "auditPage">,
  digest: Signer["digest"],
): Promise<ChainReport> {
  let head = firstPrevious;
  let links = 0;
  for (;;) {
    const page = await trail.auditPage(links, pageSize);
    for (const link of page) {
      const reason = troubleOf(link, links + 1, head, digest);
      if (reason) return { links, head, broken: { seq: link.seq, reason } };
      links = link.seq;
      head = link.hash;
    }
    if (page.length < pageSize) return { links, head };
  }
}

function troubleOf(
  { seq, previous, hash, ...record }: AuditLink,
  expected: number,
  head: string,
  digest: Signer["digest"],
): NonNullable<ChainReport["broken"]>["reason"] | undefined {
  if (seq !== expected) return "gap";
  if (previous !== head) return "previous";
  return digest(linkText(previous, seq, record)) === hash ? undefined : "hash";
}

export interface UnprovenCall {
  readonly seq: number;
  readonly name: string;
  readonly callId: string;
  readonly reason: "no receipt" | "receipt of something else";
}

/** Results in a session's log that the house cannot vouch for: put in, or altered. */
export function unprovenCalls(sessionId: string, entries: readonly Entry[], signer: Signer): readonly UnprovenCall[] {
  const calls = new Map<string, ToolCallBlock>();
  return entries.flatMap(({ seq, runId = "", body }): UnprovenCall[] => {
    if (body.type === "step") for (const call of toolCallsOf(body.content)) calls.set(`${runId}:${call.id}`, call);
    if (body.type !== "tool-result") return [];
    const { result } = body;
    const call = calls.get(`${runId}:${result.callId}`);
    const about = { seq, name: result.name, callId: result.callId };
    if (!result.receipt) return [{ ...about, reason: "no receipt" }];
    const made = body.input === undefined ? call?.input : body.input;
    const text = receiptText(
      { sessionId, runId },
      { id: result.callId, name: result.name, input: made ?? null },
      result,
    );
    return signer.isSigned(text, result.receipt) ? [] : [{ ...about, reason: "receipt of something else" }];
  });
}
