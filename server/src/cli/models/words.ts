// What the gateway tells of a provider and of a trial, and the words for it.
import { printLine } from "../print.ts";

export interface Provider {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly isReady: boolean;
  readonly missing: readonly string[];
  readonly secrets: readonly { readonly field: string; readonly variables: readonly string[] }[];
  readonly logsIn: boolean;
  readonly takesLoginFile: boolean;
  readonly login?: { readonly account?: string };
  readonly keys: readonly string[];
  readonly tiers: Readonly<Record<string, string>>;
  readonly health: {
    readonly state: string;
    readonly latencyMs?: number;
    readonly lastFault?: { readonly message: string };
  };
  readonly rests: readonly { readonly what: string; readonly until: number; readonly code: string }[];
}

export interface Trial {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly fault?: { readonly message: string; readonly hint?: string };
}

export function printTrials(trials: readonly Trial[]): void {
  for (const { provider, model, key, ok, latencyMs, fault } of trials) {
    const name = `${provider}/${model}${key === "" || key === "default" ? "" : ` by ${key}`}`;
    printLine(
      ok
        ? `${name} answers, in ${latencyMs} ms.`
        : `${name}: ${[fault?.message, fault?.hint].filter(Boolean).join(" ")}`,
    );
  }
}

export function wordsOfHealth({ isReady, logsIn, missing, health, rests }: Provider): string {
  if (!isReady && logsIn) return "wants a login";
  if (!isReady) return missing.length > 0 ? `needs ${missing.join(", ")}` : "not found on this machine";
  const [rest] = rests;
  if (rest) return `rests until ${new Date(rest.until).toLocaleTimeString()} (${rest.code})`;
  if (health.state === "unknown") return "set up";
  if (health.state === "healthy") return health.latencyMs === undefined ? "healthy" : `healthy, ${health.latencyMs} ms`;
  return `${health.state}: ${health.lastFault?.message ?? ""}`;
}
