// What is spent and held, kept in memory for the budgets in force, so that a call is decided at once. A counter is made
// when a budget first asks for it, from the ledger's sum and what is under way here; from then on it counts along.
import type { Ledger, LedgerFilter, LedgerRow, LedgerSum } from "@homarus/sdk";
import type { Calendar, Period, PeriodName } from "./calendar.ts";
import { type Scope, type Spender, scopesOf } from "./limits.ts";
import { totalOf } from "./price.ts";

/** Nano-dollars or tokens. */
export interface Amounts {
  readonly usd: number;
  readonly tokens: number;
}

export interface Counter {
  readonly period: Period;
  /** What is settled. */
  spent: Amounts;
  /** What is held: here, or by a process that ended before it could settle. */
  held: Amounts;
  /** What calls of this process hold: it is given back, or spent, when they end. */
  heldHere: Amounts;
  /** What the owner was told of it; undefined until a call has asked for it. */
  told: Set<string> | undefined;
  /** Set until the ledger's sum is there. */
  loading: Promise<void> | undefined;
}

/** A call that the ledger does not have whole yet. */
interface Flight {
  readonly first: LedgerRow;
  end?: LedgerRow;
}

export interface Counters {
  /** Made where there is none; `loading` is set until it may be read. */
  find(scope: Scope, period: PeriodName, at: number): Counter;
  /** One that is there and may be read. */
  known(scope: Scope, period: PeriodName, at: number): Counter | undefined;
  /** A call begins: its held row, or its only row, counts from here on. */
  add(row: LedgerRow): void;
  /** A call that was held for ends. */
  end(hold: LedgerRow, end: LedgerRow): void;
  /** The row that was given to `add` will not be in the ledger. */
  takeBack(row: LedgerRow): void;
  /** The ledger has the call whole. */
  landed(first: LedgerRow): void;
  isFlying(id: string): boolean;
  /** A hold that an earlier process left is ended. */
  released(hold: LedgerRow): void;
}

const none: Amounts = { usd: 0, tokens: 0 };
/** More are not kept; one that is idle can be made again from the ledger. */
const mostCounters = 2_000;

export function createCounters(ledger: Pick<Ledger, "ledgerSums">, calendar: () => Calendar): Counters {
  const counters = new Map<string, Counter>();
  const flights = new Map<string, Flight>();

  const find = (scope: Scope, name: PeriodName, at: number): Counter => {
    const period = calendar().periodAt(name, at);
    const key = keyOf(scope, period);
    const known = touched(counters, key);
    if (known) return known;
    makeRoom(counters, at);
    const counter = emptyCounter(period);
    counters.set(key, counter);
    counter.loading = load(counter, scope, { flights, ledger }).then(
      () => {
        counter.loading = undefined;
      },
      (thrown: unknown) => {
        // Not known is not nothing: the next one who asks reads it anew.
        counters.delete(key);
        throw thrown;
      },
    );
    return counter;
  };

  const each = (row: LedgerRow, work: (counter: Counter) => void): void => {
    for (const key of counters.size === 0 ? [] : keysOf(row, calendar())) {
      const counter = counters.get(key);
      if (counter) work(counter);
    }
  };

  return {
    find,
    known(scope, name, at) {
      const counter = counters.get(keyOf(scope, calendar().periodAt(name, at)));
      return counter?.loading ? undefined : counter;
    },
    add(row) {
      flights.set(row.id, { first: row });
      each(row, (counter) => count(counter, row, 1));
    },
    end(hold, end) {
      const flight = flights.get(hold.id);
      if (flight) flight.end = end;
      each(hold, (counter) => settleIn(counter, hold, end));
    },
    takeBack(row) {
      flights.delete(row.id);
      each(row, (counter) => count(counter, row, -1));
    },
    landed: (first) => void flights.delete(first.id),
    isFlying: (id) => flights.has(id),
    released: (hold) =>
      each(hold, (counter) => {
        counter.held = plus(counter.held, amountsOf(hold), -1);
      }),
  };
}

/** What flies is counted from here, and left out there: whether the ledger has it already does not matter. */
async function load(
  counter: Counter,
  scope: Scope,
  { flights, ledger }: { readonly flights: ReadonlyMap<string, Flight>; readonly ledger: Pick<Ledger, "ledgerSums"> },
): Promise<void> {
  const { begin, end } = counter.period;
  for (const { first, end: ended } of flights.values()) {
    if (!isOf(first, scope) || first.at < begin || first.at >= end) continue;
    count(counter, first, 1);
    if (ended) settleIn(counter, first, ended);
  }
  const query = { ...filterOf(scope), from: begin, until: end, except: [...flights.keys()] };
  const [sum] = await ledger.ledgerSums(query);
  if (sum) addSum(counter, sum);
}

function emptyCounter(period: Period): Counter {
  return { period, spent: none, held: none, heldHere: none, told: undefined, loading: undefined };
}

/** Under which counters a row is counted. */
function keysOf(row: LedgerRow, calendar: Calendar): string[] {
  const periods = (["day", "month", "total"] as const).map((name) => calendar.periodAt(name, row.at));
  return scopesOf(spenderOf(row)).flatMap((scope) => periods.map((period) => keyOf(scope, period)));
}

function spenderOf({ agent, sessionKey, parent, job }: LedgerRow): Spender {
  return { agent, sessionKey, parent, job };
}

function keyOf(scope: Scope, period: Period): string {
  return JSON.stringify([scope.name, scope.id, period.name, period.begin]);
}

function count(counter: Counter, row: LedgerRow, sign: 1 | -1): void {
  const amounts = amountsOf(row);
  if (row.state === "settled") counter.spent = plus(counter.spent, amounts, sign);
  if (row.state !== "held") return;
  counter.held = plus(counter.held, amounts, sign);
  counter.heldHere = plus(counter.heldHere, amounts, sign);
}

function settleIn(counter: Counter, hold: LedgerRow, end: LedgerRow): void {
  count(counter, hold, -1);
  count(counter, end, 1);
}

function addSum(counter: Counter, { usage, nanoUsd, held }: LedgerSum): void {
  counter.spent = plus(counter.spent, { usd: totalOf(nanoUsd), tokens: totalOf(usage) }, 1);
  counter.held = plus(counter.held, { usd: held.nanoUsd, tokens: held.tokens }, 1);
}

function amountsOf({ nanoUsd, usage }: LedgerRow): Amounts {
  return { usd: nanoUsd ? totalOf(nanoUsd) : 0, tokens: totalOf(usage) };
}

function plus(a: Amounts, b: Amounts, sign: 1 | -1): Amounts {
  return { usd: a.usd + sign * b.usd, tokens: a.tokens + sign * b.tokens };
}

function filterOf({ name, id }: Scope): LedgerFilter {
  return name === "house" ? {} : { [name]: id };
}

function isOf(row: LedgerRow, scope: Scope): boolean {
  return scopesOf(spenderOf(row)).some(({ name, id }) => name === scope.name && id === scope.id);
}

/** Goes to the end of the line: what was asked for longest ago is let go first. */
function touched(counters: Map<string, Counter>, key: string): Counter | undefined {
  const known = counters.get(key);
  if (!known) return undefined;
  counters.delete(key);
  counters.set(key, known);
  return known;
}

/** Periods that are over go, and of the rest the oldest that nothing is held in. */
function makeRoom(counters: Map<string, Counter>, now: number): void {
  const isIdle = ({ loading, heldHere }: Counter) => !loading && heldHere.usd === 0 && heldHere.tokens === 0;
  for (const [key, counter] of counters) {
    const isOver = counter.period.end <= now;
    if ((isOver || counters.size >= mostCounters) && isIdle(counter)) counters.delete(key);
  }
}
