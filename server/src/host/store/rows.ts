// How rows of state.db become the sdk's nouns again.
import type { Entry, InboxRow, OutboxRow } from "@homarus/sdk";

export interface InboxRecord {
  position: number;
  message: string;
  admitted_at: number;
  run_id: string | null;
  session_key: string | null;
  outcome: string | null;
  ended_at: number | null;
}

export function toInboxRow(record: InboxRecord): InboxRow {
  return {
    position: record.position,
    message: JSON.parse(record.message),
    admittedAt: record.admitted_at,
    ...(record.run_id === null ? {} : { runId: record.run_id }),
    ...(record.session_key === null ? {} : { sessionKey: record.session_key }),
    ...(record.outcome === null ? {} : { outcome: JSON.parse(record.outcome) }),
    ...(record.ended_at === null ? {} : { endedAt: record.ended_at }),
  };
}

export interface EntryRecord {
  seq: number;
  at: number;
  run_id: string | null;
  body: string;
}

export function toEntry(record: EntryRecord): Entry {
  return {
    seq: record.seq,
    at: record.at,
    ...(record.run_id === null ? {} : { runId: record.run_id }),
    body: JSON.parse(record.body),
  };
}

export interface OutboxRecord {
  id: string;
  channel: string;
  account: string;
  piece: string;
  edits: string | null;
  preview: number;
  state: OutboxRow["state"];
  attempts: number;
  next_at: number;
  receipt: string | null;
  fault: string | null;
  known: string | null;
}

export function toOutboxRow(record: OutboxRecord): OutboxRow {
  return {
    id: record.id,
    channel: record.channel,
    account: record.account,
    piece: JSON.parse(record.piece),
    state: record.state,
    attempts: record.attempts,
    nextAt: record.next_at,
    ...(record.preview ? { preview: true } : {}),
    ...(record.edits === null ? {} : { edits: record.edits }),
    ...(record.receipt === null ? {} : { receipt: JSON.parse(record.receipt) }),
    ...(record.fault === null ? {} : { fault: JSON.parse(record.fault) }),
    ...(record.known === null ? {} : { known: JSON.parse(record.known) }),
  };
}
