// What a run is told of tools outside the house, of which nobody knows before their servers are asked.
import type { ToolEffects, ToolFacts, ToolSpec } from "@homarus/sdk";

export interface OutsideWish {
  isOffered(name: string): boolean;
  /** Names that this message is limited to. */
  readonly named: readonly string[] | undefined;
  /** Nobody waits for servers any longer once it fires. */
  readonly signal: AbortSignal;
}

export interface OutsideTools {
  readonly specs: readonly ToolSpec[];
  readonly facts: ReadonlyMap<string, ToolFacts>;
  /** Servers that could not be reached, with why. */
  readonly missing: readonly { readonly server: string; readonly text: string }[];
}

/** Of all servers: vendors of models refuse more than 128 tools, the house's own among them. */
export const mostOfAll = 100;

/** Of a tool that its server has not listed the worst is assumed. */
export const unlistedEffects: ToolEffects = {
  ...{ reads: true, writes: true, executes: true, network: true },
  ...{ outside: true, destructive: true },
};

/** Names of servers hold no two underscores in a row, so the first ones end it. Empty where the tool is of no server. */
export function serverName(tool: string): string {
  return tool.slice(0, Math.max(0, tool.indexOf("__")));
}

/**
 * Whether a run may be given any tool of a server; asked before it is known which ones there are. `written` are the names
 * of tools that the owner has written anywhere: what is said of tools that nobody named is said of all of them.
 */
export function mayHave(server: string, written: readonly string[], { isOffered, named = [] }: OutsideWish): boolean {
  const own = [...named, ...written].filter((name) => name.startsWith(`${server}__`));
  return [`${server}__any`, ...own].some(isOffered);
}

/** The model is told what it cannot have this time, so that it says so instead of going on as if there were nothing. */
export function missingText(missing: OutsideTools["missing"]): string {
  return missing.map(({ server, text }) => `The tools of ${server} cannot be used now: ${text}`).join("\n");
}
