// How many tokens a model makes of a unit of text, learnt from what it counted; and what it was found to refuse. Kept in
// the store, so that a restart does not forget.
import type { Json, KeyValue, Usage } from "@homarus/sdk";
import type { Weight } from "./weigh.ts";

export interface Rates {
  /** Reads what an earlier process learnt of a model; to be awaited before the others are asked. */
  load(model: string): Promise<void>;
  tokensPerUnit(model: string): number;
  tokensOf(model: string, weight: Weight): number;
  /** A request of this weight was counted by the vendor. */
  counted(model: string, weight: Weight, usage: Usage): void;
  /** A request of about so many tokens was refused as too long. Kept over a restart where nobody knows the window. */
  refused(model: string, tokens: number, isKnown?: boolean): void;
  /** The most that a model is given; undefined while it never refused. */
  limit(model: string): number | undefined;
}

interface Learnt {
  rate: number;
  limit?: number;
}

/** Three and a bit characters a token: less than any vendor makes of English, so the first guess is too high. */
const startRate = 0.3;
/** What lies outside is no count of this text: a server that reports nothing, or only what it read anew. */
const leastRate = 0.1;
const mostRate = 1.2;
/** Small requests are mostly frame. */
const leastUnits = 2_000;
/** It is believed at once that a text is dearer, slowly that it is cheaper. */
const rise = 0.5;
const fall = 0.15;
const worthWriting = 0.03;

export function inputOf(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

export function createRates(values: KeyValue, failed: (thrown: unknown) => void): Rates {
  const known = new Map<string, Learnt>();
  const written = new Map<string, number>();
  const of = (model: string): Learnt => known.get(model) ?? { rate: startRate };
  const listed = new Set<string>();
  const write = (model: string, { rate, limit }: Learnt): void => {
    const learnt = { rate, ...(limit === undefined || listed.has(model) ? {} : { limit }) };
    written.set(model, learnt.rate);
    // It is only an estimate: a store that cannot take it now gets the next one.
    values.set(model, { ...learnt }).catch(failed);
  };
  return {
    async load(model) {
      if (known.has(model)) return;
      const learnt = readLearnt(await values.get(model)) ?? { rate: startRate };
      if (!known.has(model)) known.set(model, learnt);
      written.set(model, learnt.rate);
    },
    tokensPerUnit: (model) => of(model).rate,
    tokensOf: (model, weight) => weight.units * of(model).rate + weight.media,
    counted(model, weight, usage) {
      const seen = (inputOf(usage) - weight.media) / weight.units;
      if (weight.units < leastUnits || !(seen >= leastRate && seen <= mostRate)) return;
      const learnt = of(model);
      const rate = learnt.rate + (seen - learnt.rate) * (seen > learnt.rate ? rise : fall);
      const next = { ...learnt, rate };
      if (learnt.limit !== undefined && inputOf(usage) > learnt.limit) next.limit = inputOf(usage);
      known.set(model, next);
      if (Math.abs(rate / (written.get(model) ?? startRate) - 1) > worthWriting) write(model, next);
    },
    refused(model, tokens, isKnown = false) {
      const learnt = of(model);
      if (isKnown) listed.add(model);
      const limit = Math.floor(Math.min(learnt.limit ?? tokens, tokens * 0.9));
      known.set(model, { ...learnt, limit });
      // A list of models that is wrong may be mended tomorrow.
      if (!isKnown) write(model, { ...learnt, limit });
    },
    limit: (model) => of(model).limit,
  };
}

function readLearnt(value: Json | undefined): Learnt | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { rate, limit } = value as { readonly rate?: Json; readonly limit?: Json };
  if (typeof rate !== "number" || !(rate >= leastRate && rate <= mostRate)) return undefined;
  return { rate, ...(typeof limit === "number" && limit > 0 ? { limit } : {}) };
}
