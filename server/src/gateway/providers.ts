// Providers as the gateway asks the house about them: how each fares, trying them, logging in, and lists of their models.
import type { FaultData } from "@homarus/sdk";
import type { ProviderHealth } from "../core/models/health.ts";

/** A provider as its owner sees it. */
export interface ProviderFacts {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly isReady: boolean;
  /** Config fields that it still needs. */
  readonly missing: readonly string[];
  /** Config fields that hold secrets, and the variables that may bring each. */
  readonly secrets: readonly { readonly field: string; readonly variables: readonly string[] }[];
  /** Logs in by the vendor's own page. */
  readonly logsIn: boolean;
  /** Takes over a login from the file of the vendor's own program. */
  readonly takesLoginFile: boolean;
  /** Absent where nobody has logged in. */
  readonly login?: { readonly account?: string };
  readonly isFree: boolean;
  /** Names of its keys. */
  readonly keys: readonly string[];
  readonly tiers: Readonly<Record<string, string>>;
  readonly health: ProviderHealth;
  /** Who of it rests: a key, a model, or all of it, until when and why. */
  readonly rests: readonly { readonly what: string; readonly until: number; readonly code: string }[];
}

export interface TrialWish {
  readonly provider: string;
  /** One of its keys by name; absent: each. */
  readonly key?: string | undefined;
  readonly model?: string | undefined;
  /** Settings to try in place of those that are in force. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

export interface ModelTrial {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly fault?: FaultData;
}

/** A list of models that was taken over. */
export interface RefreshedList {
  readonly models: number;
  /** How many of them have a price. */
  readonly priced: number;
  /** How many are another than in the list before. */
  readonly changed: number;
  readonly source: string;
  /** The day, YYYY-MM-DD. */
  readonly asOf: string;
}

/** What a person has to do to log in. */
export interface LoginBegun {
  readonly loginId: string;
  readonly url: string;
  readonly code?: string;
  /** Unix ms. */
  readonly expiresAt?: number;
}

/** Neither done nor with a fault: it is still waited for. */
export interface LoginState {
  readonly done: boolean;
  readonly account?: string;
  /** How the provider answered by the new login. */
  readonly trial?: ModelTrial;
  readonly fault?: FaultData;
}

/** Logging in to providers. A provider has one login under way at most; it ends with the house, or when nobody waits. */
export interface ProviderLogins {
  /** Joins the one under way. Rejects `invalid` for a provider that has no such page, and with what the vendor says. */
  start(provider: string): Promise<LoginBegun>;
  /** Resolves when it has ended, or after so long. Rejects `invalid` for a login that there is not. */
  wait(loginId: string, timeoutMs: number): Promise<LoginState>;
  /** False where it had ended already. */
  cancel(loginId: string): Promise<boolean>;
  /** By the text of a file of the vendor's own program. Rejects `invalid` where it holds no login. */
  adopt(provider: string, text: string): Promise<LoginState>;
  /** False where there was none. */
  logout(provider: string): Promise<boolean>;
}
