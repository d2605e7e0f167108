// Whether a call fits into its budgets, and how much of it. Pure, and decided at once: nothing may happen between this
// and the hold.
import { noUsage } from "@homarus/sdk";
import type { Budget } from "./limits.ts";
import { outputFor, type Rate, totalOf } from "./price.ts";
import type { Most } from "./rows.ts";
import { amountsOf, type Line } from "./words.ts";

export type Decision =
  /** It may write so many tokens. */
  | { readonly type: "fits"; readonly output: number }
  /** It may fit once calls of this process have ended. */
  | { readonly type: "wait" }
  | { readonly type: "refused"; readonly line: Line };

/** An answer that is shorter is of no use; one that needs less is let go with less. */
export const leastOutput = 1_024;

export function decide(lines: readonly Line[], most: Most, rate: Rate): Decision {
  const least = Math.min(leastOutput, most.output);
  const rooms = lines.map((line) => ({ line, ...roomOf(line, most, rate) }));
  const now = Math.min(most.output, ...rooms.map((room) => room.now));
  const later = Math.min(most.output, ...rooms.map((room) => room.later));
  if (now >= least && (now >= most.output / 2 || later <= now)) return { type: "fits", output: now };
  if (later > now && later >= least) return { type: "wait" };
  const tightest = rooms.toSorted((a, b) => a.later - b.later || a.now - b.now)[0];
  return tightest ? { type: "refused", line: tightest.line } : { type: "fits", output: now };
}

/** Tokens that may be written: at this moment, and if all that this process holds came to nothing. */
function roomOf({ budget, counter }: Line, most: Most, rate: Rate): { readonly now: number; readonly later: number } {
  const { spent, held, heldHere } = amountsOf(budget, counter);
  const left = budget.limit - spent - held;
  return { now: outputIn(left, budget, most, rate), later: outputIn(left + heldHere, budget, most, rate) };
}

function outputIn(left: number, { unit }: Budget, { input, output, cost }: Most, rate: Rate): number {
  if (unit === "tokens") return left - input;
  if (!cost || totalOf(cost) === 0) return output;
  return cost.input > left ? -1 : outputFor(left - cost.input, rate);
}

/** What a budget would be charged with at most, in its own unit. */
export function mostIn({ unit }: Budget, { input, output, cost }: Most): number {
  return unit === "tokens" ? input + output : totalOf(cost ?? noUsage);
}
