// Vendors with outages by the dice: one after the other falls ill for a while, each in a way of its own.
import { Fault, type FaultKind } from "@homarus/sdk";
import type { ScriptedStep } from "@homarus/sdk/testing";

const troubles: readonly (readonly [FaultKind, string])[] = [
  ["unavailable", "provider.unavailable"],
  ["unavailable", "provider.cut"],
  ["limited", "provider.limited"],
  ["limited", "provider.overloaded"],
  ["auth", "provider.auth"],
  ["limited", "provider.quota"],
  ["invalid", "provider.invalid"],
];

interface Outage {
  readonly until: number;
  readonly how: readonly [FaultKind, string];
}

export interface Weather {
  /** What a vendor answers now. `mayAct`: the person's words are the newest, so a tool may be called. */
  answer(provider: string, mayAct: boolean): ScriptedStep;
  /** Ids of the calls that were asked for, in order. */
  readonly asked: readonly string[];
}

/** `oddsOfOutage`: for each call to a vendor that is well. An outage lasts up to a minute and a half. */
export function createWeather(random: () => number, now: () => number, oddsOfOutage = 0.12): Weather {
  const outages = new Map<string, Outage>();
  const asked: string[] = [];
  let words = 0;
  const word = (): string => {
    words += 1;
    return `<${words}>`;
  };
  const outageOf = (provider: string): Outage | undefined => {
    const known = outages.get(provider);
    if (known && known.until >= now()) return known;
    if (random() >= oddsOfOutage) return undefined;
    const how = troubles[Math.floor(random() * troubles.length)] ?? (troubles[0] as Outage["how"]);
    const fresh = { until: now() + random() * 90_000, how };
    outages.set(provider, fresh);
    return fresh;
  };
  const faultOf = ({ how: [kind, code] }: Outage): ScriptedStep => {
    const isTold = kind === "limited" && random() < 0.5;
    const fault = new Fault(kind, code, code, isTold ? { retryAt: now() + Math.floor(random() * 60_000) } : {});
    return { fault, ...(random() < 0.3 ? { partial: word() } : {}) };
  };
  return {
    asked,
    answer(provider, mayAct) {
      const outage = outageOf(provider);
      if (outage) return faultOf(outage);
      if (!mayAct || random() > 0.4) return { text: word() };
      const id = `call-${asked.length + 1}`;
      asked.push(id);
      return { calls: [{ id, name: "act", input: {} }] };
    },
  };
}
