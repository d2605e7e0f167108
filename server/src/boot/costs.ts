// The costs of a house: the ledger of its store, the budgets of its config, the prices that it is handed.
import { type Calendar, createCalendar } from "../core/costs/calendar.ts";
import { type Costs, createCosts } from "../core/costs/costs.ts";
import type { Rate } from "../core/costs/price.ts";
import { type CostWork, createCostWork } from "../core/costs/report.ts";
import type { Ground } from "./ground.ts";
import type { Models } from "./models/models.ts";

export interface HouseCosts {
  readonly reserve: Costs["reserve"];
  /** For the doors: what was spent, and how the budgets stand. */
  readonly work: CostWork;
}

/** Without budgets nothing is read: a call's one row is written, and that is all. */
export function openCosts(
  { store, clock, config, tap }: Pick<Ground, "store" | "clock" | "config" | "tap">,
  { facts, isFree }: Pick<Models, "facts" | "isFree">,
): HouseCosts {
  const calendar = lazyCalendar();
  const rate = (provider: string, model: string): Rate => {
    const price = facts({ provider, model })?.price;
    return { free: isFree(provider), ...(price && { price }) };
  };
  const parts = {
    ...{ store, clock, calendar, rate },
    newId: () => crypto.randomUUID(),
    settings: () => config.current().budgets,
    notice: (text: string) => tap.emit({ type: "notice", text }),
  };
  const costs = createCosts(parts);
  return { reserve: costs.reserve, work: createCostWork({ ...parts, costs }) };
}

/** Made when a budget or a question first needs it: the zone tables are large. */
function lazyCalendar(): () => Calendar {
  let made: Calendar | undefined;
  return () => {
    made ??= createCalendar(Intl.DateTimeFormat().resolvedOptions().timeZone);
    return made;
  };
}
