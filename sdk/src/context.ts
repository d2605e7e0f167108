// What an extension is handed. There is nothing else: what is not here cannot be depended on.
import type { Clock } from "./ports/clock.ts";
import type { KeyValue } from "./ports/store.ts";

/** Log lines are an event name and fields, not sentences. Fields named in a secret's schema are masked. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Web fetch, limited to the hosts that the manifest names. Rejects with a `denied` Fault for any other. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface ExtensionContext<Config = unknown> {
  readonly id: string;
  /** Checked against the manifest's schema, defaults filled in, secrets resolved. */
  readonly config: Config;
  /** Aborted when the extension is put away (reload, shutdown). */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** The extension's own key-value space; outlives a restart. */
  readonly store: KeyValue;
}
