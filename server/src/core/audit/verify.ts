// Whether the chain is whole.
import { type AuditLink, type AuditTrail, firstPrevious, linkText } from "@homarus/sdk";
import type { Signer } from "./receipt.ts";

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
