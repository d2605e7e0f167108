// Ledger: what the calls of models cost, as rows that are written once and never changed. A part of the Store.
import type { Usage } from "../session.ts";

/**
 * `held`: money put aside before a call, the most it may come to. `settled`: what a call did come to. `void`: a call that
 * was held for and cost nothing.
 */
export type LedgerState = "held" | "settled" | "void";

/** A call of a model is one `settled` row; or a `held` row, and later the row that ends it. */
export interface LedgerRow {
  readonly id: string;
  /** Id of the held row that this one ends. A row that is held is ended once. */
  readonly ends?: string;
  /** Unix ms when the call was let go. A row that ends another bears the same, so that a call belongs to one day. */
  readonly at: number;
  readonly runId: string;
  readonly agent: string;
  readonly sessionKey: string;
  /** The session that started this one. */
  readonly parent?: string;
  readonly job?: string;
  readonly provider: string;
  readonly model: string;
  /** Name of the key that was used; never the key. */
  readonly key?: string;
  readonly state: LedgerState;
  /** Tokens: held for, or used. */
  readonly usage: Usage;
  /** 1e-9 US dollars for each kind of token, whole numbers; null where nobody knows the price. */
  readonly nanoUsd: Usage | null;
  /** The day the price was read, YYYY-MM-DD; absent where the owner wrote it. */
  readonly priceAsOf?: string;
  /** The vendor did not say what was used: counted from the characters that came. */
  readonly estimated?: true;
}

/** Which rows: those that fit all that is given. */
export interface LedgerFilter {
  /** Unix ms: at this time or later. */
  readonly from?: number;
  /** Before this time. */
  readonly until?: number;
  readonly provider?: string;
  readonly model?: string;
  readonly agent?: string;
  /** Of this session, or of one that it started. */
  readonly session?: string;
  readonly job?: string;
}

export type LedgerGrouping = "provider" | "model" | "agent" | "session" | "job" | "key" | "day";

export interface LedgerQuery extends LedgerFilter {
  /** Absent: one sum of all. */
  readonly by?: readonly LedgerGrouping[];
  /** When each day begins, ascending, and last the end of the last one: needed for the grouping `day`. */
  readonly days?: readonly number[];
  /** Calls that are left out, by the id of their first row. */
  readonly except?: readonly string[];
}

export interface LedgerSum {
  /** What the rows have in common; `day` is when it begins, `job` and `key` are absent where the rows have none. */
  readonly group: {
    readonly [Name in Exclude<LedgerGrouping, "day">]?: string;
  } & { readonly day?: number };
  /** Calls that are settled. */
  readonly calls: number;
  /** Those among them whose price nobody knows; their tokens are in `usage`, and nothing of them is in `nanoUsd`. */
  readonly unpriced: number;
  readonly usage: Usage;
  readonly nanoUsd: Usage;
  /** What is held and not ended. `tokens` and `nanoUsd` are the most it may come to. */
  readonly held: { readonly calls: number; readonly tokens: number; readonly nanoUsd: number };
}

export interface Ledger {
  /** Sums of what fits, one for each group that has rows, in no order. Without a grouping exactly one. */
  ledgerSums(query: LedgerQuery): Promise<readonly LedgerSum[]>;
  /** Rows, the last written first: `limit` of them, after the first `offset`. Without `states` all. */
  ledgerRows(
    filter: LedgerFilter & {
      readonly states?: readonly LedgerState[];
      readonly limit: number;
      readonly offset?: number;
    },
  ): Promise<readonly LedgerRow[]>;
  /** Held rows that nothing has ended, oldest first. */
  openHolds(): Promise<readonly LedgerRow[]>;
}
