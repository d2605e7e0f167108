// What a run is told of tools outside the house, of which nobody knows before their servers are asked.
import type { ToolEffects, ToolSpec } from "@homarus/sdk";

export interface OutsideWish {
  isOffered(name: string): boolean;
  /** Names that this message is limited to. */
  readonly named: readonly string[] | undefined;
  /** Nobody waits for servers any longer once it fires. */
  readonly signal: AbortSignal;
}

export interface OutsideTools {
  readonly specs: readonly ToolSpec[];
  readonly facts: ReadonlyMap<string, OutsideFacts>;
  /** Servers that could not be reached, with why. */
  readonly missing: readonly { readonly server: string; readonly text: string }[];
}

export interface OutsideFacts {
  readonly name: string;
  /** May be run again when a crash has cut it. */
  readonly idempotent: boolean;
  readonly parallel: boolean;
  readonly timeoutMs: number;
}

/** Of all servers: vendors of models refuse more than 128 tools, the house's own among them. */
export const mostOfAll = 100;

/** Of a tool that its server has not listed the worst is assumed. */
export const unlistedEffects: ToolEffects = {
  ...{ reads: true, writes: true, executes: true, network: true },
  ...{ outside: true, destructive: true },
};

/** The model is told what it cannot have this time, so that it says so instead of going on as if there were nothing. */
export function missingText(missing: OutsideTools["missing"]): string {
  return missing.map(({ server, text }) => `The tools of ${server} cannot be used now: ${text}`).join("\n");
}
