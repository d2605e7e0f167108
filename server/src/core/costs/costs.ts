// Whether a call may be paid, and what it did cost. Money is held before the call and settled after it, in one ledger;
// the decision and the hold are one step, so that calls side by side cannot overrun a budget together.
import type { Clock, LedgerRow, Store } from "@homarus/sdk";
import type { Calendar } from "./calendar.ts";
import { type Counters, createCounters } from "./counters.ts";
import { decide, mostIn } from "./decide.ts";
import { type Budget, type BudgetSettings, budgetsOf } from "./limits.ts";
import { type Rate, rateUpTo } from "./price.ts";
import type { PlannedCall, Reservation, Reserve, ReserveOptions } from "./reserve.ts";
import { type Begun, heldRow, mostFor, settledRow, voidRow } from "./rows.ts";
import { createTelling, type Telling } from "./telling.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";
import { type Line, refusal, unknownPrice } from "./words.ts";

export interface CostParts {
  readonly store: Pick<Store, "commit" | "ledgerSums">;
  readonly clock: Pick<Clock, "now">;
  readonly newId: () => string;
  calendar(): Calendar;
  settings(): BudgetSettings;
  rate(provider: string, model: string): Rate;
  /** Tells the owner. */
  notice(text: string): void;
}

export interface Costs {
  readonly reserve: Reserve;
  /** Whether a call of this process is behind a row that is held. */
  isUnderWay(id: string): boolean;
  /** A hold that an earlier process left was ended in the ledger. */
  released(hold: LedgerRow): void;
}

interface Room {
  readonly parts: CostParts;
  readonly counters: Counters;
  readonly turnstile: Turnstile;
  readonly telling: Telling;
}

/** For a model of which nobody knows how much it can write. */
const outputDefault = 8_192;

export function createCosts(parts: CostParts): Costs {
  const counters = createCounters(parts.store, parts.calendar);
  const turnstile = createTurnstile();
  const { calendar, notice } = parts;
  const telling = createTelling({ calendar, notice, warnAt: () => parts.settings().warnAt });
  const room: Room = { parts, counters, turnstile, telling };
  return {
    async reserve(call, options = {}) {
      const rate = parts.rate(call.provider, call.model);
      const held = await hold(call, rate, options, room);
      const begun = { at: held?.at ?? parts.clock.now(), rate };
      if (!held) return unbounded(call, begun, room);
      try {
        // Flushed, with all who commit at the same time: a hold that a power cut takes is money that nobody counts.
        await parts.store.commit([{ type: "ledger", row: held }]);
      } catch (thrown) {
        counters.takeBack(held);
        turnstile.open();
        throw thrown;
      }
      return bounded(call, begun, held, room);
    },
    isUnderWay: counters.isFlying,
    released(row) {
      counters.released(row);
      turnstile.open();
    },
  };
}

/** Gives the held row, counted and not yet stored; undefined where no budget is in force. */
async function hold(
  call: PlannedCall,
  rate: Rate,
  { signal, onWait }: ReserveOptions,
  { parts, counters, turnstile, telling }: Room,
): Promise<LedgerRow | undefined> {
  for (let waits = 0; ; ) {
    signal?.throwIfAborted();
    const budgets = budgetsInForce(call, rate, parts.settings());
    if (budgets.length === 0) return undefined;
    const at = parts.clock.now();
    const lines = budgets.map((budget) => ({ budget, counter: counters.find(budget.scope, budget.period, at) }));
    const loading = lines.flatMap(({ counter }) => counter.loading ?? []);
    if (loading.length > 0) {
      await Promise.all(loading);
      continue;
    }
    // From the find to the count nothing is waited for: who asks next sees this hold.
    telling.meet(lines);
    const dearest = rateUpTo(rate, call.inputTokens);
    const most = mostFor(call, call.maxOutputTokens ?? outputDefault, dearest);
    const decision = decide(lines, most, dearest);
    if (decision.type === "fits") {
      const row = heldRow(call, parts.newId(), { at, rate }, mostFor(call, decision.output, dearest));
      counters.add(row);
      return row;
    }
    if (decision.type === "refused") throw refused(decision.line, mostIn(decision.line.budget, most), parts, telling);
    waits += 1;
    if (waits === 1) onWait?.();
    await turnstile.wait(signal);
  }
}

function budgetsInForce(call: PlannedCall, rate: Rate, settings: BudgetSettings): readonly Budget[] {
  const budgets = budgetsOf(call, settings);
  if (!rate.free && rate.price) return budgets;
  const inUsd = budgets.find(({ unit }) => unit === "usd");
  if (inUsd && !rate.free && settings.unknownPrice === "refuse")
    throw unknownPrice(`${call.provider}/${call.model}`, inUsd);
  return budgets.filter(({ unit }) => unit === "tokens");
}

function refused(line: Line, most: number, parts: CostParts, telling: Telling) {
  const fault = refusal(line, most, parts.calendar());
  telling.full(line, fault);
  return fault;
}

/** No budget is in force: what it comes to is written down, and that is all. */
function unbounded(call: PlannedCall, begun: Begun, { parts, counters }: Room): Reservation {
  const once = createOnce();
  return {
    settle: async (end) => {
      if (!once()) return [];
      const row = settledRow(call, parts.newId(), begun, { held: undefined, end });
      counters.add(row);
      await land(row, row, { parts, counters });
      return [];
    },
    void: async () => void once(),
  };
}

function bounded(call: PlannedCall, begun: Begun, held: LedgerRow, room: Room): Reservation {
  const { parts, counters, turnstile, telling } = room;
  const once = createOnce();
  const end = async (row: LedgerRow): Promise<void> => {
    counters.end(held, row);
    turnstile.open();
    await land(held, row, room);
  };
  return {
    maxOutputTokens: held.usage.output,
    async settle(how) {
      if (!once()) return [];
      await end(settledRow(call, parts.newId(), begun, { held, end: how }));
      const lines = budgetsOf(call, parts.settings()).flatMap((budget) => {
        const counter = counters.known(budget.scope, budget.period, held.at);
        return counter ? [{ budget, counter }] : [];
      });
      return telling.near(lines);
    },
    async void() {
      if (once()) await end(voidRow(call, parts.newId(), begun, held));
    },
  };
}

/** Not flushed: it rides on the flush of the step that follows. Should a power cut take it, the hold still counts. */
async function land(first: LedgerRow, row: LedgerRow, { parts, counters }: Pick<Room, "parts" | "counters">) {
  await parts.store.commit([{ type: "ledger", row }], { flush: false });
  counters.landed(first);
}

/** True the first time. */
function createOnce(): () => boolean {
  let isDone = false;
  return () => {
    const isFirst = !isDone;
    isDone = true;
    return isFirst;
  };
}
