// What is said when a budget comes near its end, has come to it, or cannot be kept. Pure.
import { Fault } from "@homarus/sdk";
import type { Calendar, Period } from "./calendar.ts";
import type { Counter } from "./counters.ts";
import type { Budget, Scope } from "./limits.ts";
import { dollars } from "./price.ts";

export interface Line {
  readonly budget: Budget;
  readonly counter: Counter;
}

export function nearText({ budget, counter }: Line, calendar: Calendar): string {
  const { spent } = amountsOf(budget, counter);
  const percent = Math.floor((spent / budget.limit) * 100);
  const used = `${percent} % used: ${told(budget, spent)} of ${told(budget, budget.limit)}`;
  return `${titleOf(budget)} is ${used}. ${resetText(counter.period, calendar)} ${raiseText(budget)}`;
}

/** The refusal of a call that a budget has no room for. */
export function refusal(line: Line, most: number, calendar: Calendar): Fault {
  const { budget, counter } = line;
  const { spent, held } = amountsOf(budget, counter);
  const holds = held > 0 ? ` and ${told(budget, held)} held for calls that have not ended` : "";
  const used = `${told(budget, spent)} spent${holds}, of ${told(budget, budget.limit)}`;
  const { name, end } = counter.period;
  return new Fault(
    "denied",
    `budget.${name === "total" ? "session" : name}`,
    `${titleOf(budget)} has no room for this call, which may come to ${told(budget, most)}: ${used}. ${resetText(counter.period, calendar)}`,
    {
      hint: [raiseText(budget, spent + held + most), leftText(budget, counter)].join(""),
      ...(name === "total" ? {} : { retryAt: end }),
    },
  );
}

export function unknownPrice(model: string, { path }: Budget): Fault {
  return new Fault(
    "denied",
    "budget.unknown-price",
    `Nobody knows what ${model} costs, and ${path} sets a budget in US dollars that it could overrun.`,
    {
      hint: `Write its price into the config, in US dollars for a million tokens: "models": {"facts": {"${model}": {"price": {"input": …, "output": …}}}}; or let such calls pass uncounted: homarus config set budgets.unknownPrice allow`,
    },
  );
}

export function amountsOf({ unit }: Budget, { spent, held, heldHere }: Counter) {
  return { spent: spent[unit], held: held[unit], heldHere: heldHere[unit] };
}

const periodWords = { day: "for the day", month: "for the month", total: "for all time" } as const;

function titleOf({ scope, period, unit }: Budget): string {
  return `The ${unit === "usd" ? "" : "token "}budget of ${ownerOf(scope)} ${periodWords[period]}`;
}

function ownerOf({ name, id }: Scope): string {
  return name === "house" ? "the house" : `${name} ${id}`;
}

function told({ unit }: Budget, amount: number): string {
  return unit === "usd" ? dollars(amount) : `${amount} tokens`;
}

function resetText({ name, end }: Period, calendar: Calendar): string {
  if (name === "total") return "It does not begin anew.";
  return `It begins anew on ${calendar.dateOf(end)} (${calendar.timeZone}).`;
}

/** What an earlier process held and never settled stays counted until the owner says otherwise. */
function leftText(budget: Budget, counter: Counter): string {
  const { held, heldHere } = amountsOf(budget, counter);
  const left = held - heldHere;
  return left > 0 ? `; to give back ${told(budget, left)} of calls that a crash cut: homarus cost release` : "";
}

/** Twice as much, or as much as is needed, as an example that can be pasted. */
function raiseText({ unit, limit, path }: Budget, needed = 0): string {
  const whole = unit === "usd" ? 1e9 : 1;
  const more = limit > 0 ? limit * 2 : whole * (unit === "usd" ? 1 : 100_000);
  return `To raise it: homarus config set ${path} ${roundUp(Math.max(more, needed) / whole)}`;
}

/** To two digits, never down. */
function roundUp(value: number): number {
  const scale = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(Number((value / scale).toFixed(6))) * scale).toPrecision(2));
}
