// Rows of the ledger, made from a call and what became of it. Pure.
import { type LedgerRow, noUsage, type Usage } from "@homarus/sdk";
import { costOf, mostOf, type Rate } from "./price.ts";
import type { CallEnd, PlannedCall } from "./reserve.ts";

/** When a call was let go, and at which price. */
export interface Begun {
  readonly at: number;
  readonly rate: Rate;
}

/** The most a call may come to. `cost` is null where its price is not known. */
export interface Most {
  readonly input: number;
  readonly output: number;
  readonly cost: Usage | null;
}

/** Few languages and no code have tokens shorter than this. */
const charsPerToken = 2;

export function mostFor({ inputTokens }: PlannedCall, output: number, rate: Rate): Most {
  const input = Math.ceil(inputTokens);
  return { input, output, cost: mostOf({ input, output }, rate) };
}

export function heldRow(call: PlannedCall, id: string, begun: Begun, most: Most): LedgerRow {
  const usage = { ...noUsage, input: most.input, output: most.output };
  return { ...factsOf(call, begun), id, state: "held", usage, nanoUsd: most.cost };
}

export function voidRow(call: PlannedCall, id: string, begun: Begun, held: LedgerRow): LedgerRow {
  return { ...factsOf(call, begun), id, ends: held.id, state: "void", usage: noUsage, nanoUsd: noUsage };
}

export function settledRow(
  call: PlannedCall,
  id: string,
  begun: Begun,
  { held, end }: { readonly held: LedgerRow | undefined; readonly end: CallEnd },
): LedgerRow {
  const usage = end.type === "usage" ? end.usage : estimate(call, held, end.chars);
  return {
    ...{ ...factsOf(call, begun), id, state: "settled", usage, nanoUsd: costOf(usage, begun.rate) },
    ...(held ? { ends: held.id } : {}),
    ...(end.type === "partial" ? { estimated: true } : {}),
  };
}

/** What came is counted, what went in is taken whole; never more than was held. */
function estimate({ inputTokens }: PlannedCall, held: LedgerRow | undefined, chars: number): Usage {
  const output = Math.min(Math.ceil(chars / charsPerToken), held?.usage.output ?? Number.POSITIVE_INFINITY);
  return { ...noUsage, input: Math.ceil(inputTokens), output };
}

function factsOf({ runId, agent, sessionKey, parent, job, provider, model, key }: PlannedCall, { at, rate }: Begun) {
  const priceAsOf = rate.free ? "" : (rate.price?.asOf ?? "");
  return {
    ...{ at, runId, agent, sessionKey, provider, model },
    ...(parent === undefined ? {} : { parent }),
    ...(job === undefined ? {} : { job }),
    ...(key === undefined ? {} : { key }),
    ...(priceAsOf === "" ? {} : { priceAsOf }),
  };
}
