// The audit of the memory store.
import { type AuditLink, type AuditRecord, type AuditTrail, firstPrevious, linkText } from "../audit.ts";
import { sha256 } from "./sha256.ts";

export function appendToChain(links: readonly AuditLink[], record: AuditRecord): readonly AuditLink[] {
  const seq = links.length + 1;
  const previous = links.at(-1)?.hash ?? firstPrevious;
  return [...links, { ...record, seq, previous, hash: sha256(linkText(previous, seq, record)) }];
}

export function createMemoryTrail(links: () => readonly AuditLink[]): AuditTrail {
  return {
    auditLinks: async ({ type, sessionKey, runId, since = 0, before = Number.POSITIVE_INFINITY, limit }) =>
      links()
        .filter((link) => type === undefined || link.type === type)
        .filter((link) => sessionKey === undefined || link.sessionKey === sessionKey)
        .filter((link) => runId === undefined || link.runId === runId)
        .filter((link) => link.at >= since && link.seq < before)
        .reverse()
        .slice(0, limit),
    auditPage: async (after, limit) =>
      links()
        .filter((link) => link.seq > after)
        .slice(0, limit),
  };
}
