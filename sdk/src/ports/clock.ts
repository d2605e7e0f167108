// The only source of time, so that a test can turn it by hand.

export interface Clock {
  /** Unix ms. */
  now(): number;
  /** Resolves at `until` (Unix ms), at once if that is past. Rejects with an `aborted` Fault when the signal fires first. */
  sleep(until: number, signal?: AbortSignal): Promise<void>;
}
