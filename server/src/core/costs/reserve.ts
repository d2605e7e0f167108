// What the loop says to the costs before and after a call of a model, and what it hears. Types only.
import type { Usage } from "@homarus/sdk";
import type { Spender } from "./limits.ts";

/** A call of a model that is about to be made. */
export interface PlannedCall extends Spender {
  readonly runId: string;
  readonly provider: string;
  readonly model: string;
  /** Name of the key it is made with. */
  readonly key?: string | undefined;
  /** The most tokens it may read: an upper bound, or the budget is only as good as the guess. */
  readonly inputTokens: number;
  /** The most it may write; absent where that is not known. */
  readonly maxOutputTokens?: number | undefined;
}

export type CallEnd =
  | { readonly type: "usage"; readonly usage: Usage }
  /** It broke off: nobody said what was used. Characters that came, thinking and arguments of tools too. */
  | { readonly type: "partial"; readonly chars: number };

export interface Reservation {
  /** What the call must be limited to; absent where no budget bounds it. */
  readonly maxOutputTokens?: number;
  /** The first end stands, further ones do nothing. Gives sentences about budgets that came near their end by it. */
  settle(end: CallEnd): Promise<readonly string[]>;
  /** The vendor did no work for it: it was refused, or never reached anybody. */
  void(): Promise<void>;
}

export interface ReserveOptions {
  readonly signal?: AbortSignal;
  /** Called once, when it begins to wait for room. */
  readonly onWait?: () => void;
}

/**
 * Resolves when the call may be made: what it may come to is then held, durably. Waits, as long as the signal lets it,
 * for calls of this process whose end may make room. Rejects with a `denied` Fault: `budget.day`, `budget.month`,
 * `budget.session`, `budget.unknown-price`.
 */
export type Reserve = (call: PlannedCall, options?: ReserveOptions) => Promise<Reservation>;
