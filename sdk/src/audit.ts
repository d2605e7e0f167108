// Audit: what was done, asked, decided and changed, as a chain in which no link can be altered, left out or put in unseen.
import type { Json } from "./content.ts";

export type AuditType =
  | "tool-call"
  | "tool-denied"
  | "approval-asked"
  | "approval-decided"
  | "config-changed"
  | "login"
  | "egress"
  | "secret"
  | "stop"
  | "checkpoint"
  | "policy"
  | "claim";

/** What is put in; the store makes a link of it. */
export interface AuditRecord {
  readonly type: AuditType;
  /** Unix ms. */
  readonly at: number;
  /** Who did it: an agent, a person, a program. */
  readonly actor: string;
  /** What was done, in a few words. */
  readonly action: string;
  readonly agent?: string;
  readonly sessionKey?: string;
  readonly runId?: string;
  readonly callId?: string;
  /** Facts by the kind of record; no secrets and no contents, only their hashes. */
  readonly detail?: { readonly [key: string]: Json };
}

export interface AuditLink extends AuditRecord {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Of the link before; 64 zeros before the first. */
  readonly previous: string;
  /** SHA-256, hex, of `previous` and this record as JSON. */
  readonly hash: string;
}

export const firstPrevious = "0".repeat(64);

/** What a link's hash is taken over. */
export function linkText(previous: string, seq: number, record: AuditRecord): string {
  const { type, at, actor, action, agent, sessionKey, runId, callId, detail } = record;
  return JSON.stringify([
    previous,
    seq,
    type,
    at,
    actor,
    action,
    agent ?? null,
    sessionKey ?? null,
    runId ?? null,
    callId ?? null,
    detail ?? null,
  ]);
}

export interface AuditFilter {
  readonly type?: AuditType;
  readonly sessionKey?: string;
  readonly runId?: string;
  readonly since?: number;
  /** Only links before this seq, to page back. */
  readonly before?: number;
  readonly limit: number;
}

export interface AuditTrail {
  /** Newest first. */
  auditLinks(filter: AuditFilter): Promise<readonly AuditLink[]>;
  /** Oldest first, a page from after this seq. */
  auditPage(after: number, limit: number): Promise<readonly AuditLink[]>;
}
