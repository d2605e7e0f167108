// Token buckets, one for each network or caller: so many a minute on average, and as many at once after a quiet minute.
import { Remembered } from "./remembered.ts";

interface Bucket {
  /** What is left, as of `at`. */
  tokens: number;
  at: number;
  isRefusing: boolean;
}

export interface Refusal {
  /** Until the next one would be let through. */
  readonly waitMs: number;
  /** The one before was still let through: worth a line in the log. */
  readonly isFirst: boolean;
}

const minuteMs = 60_000;
/** A bucket that is forgotten comes back full, so there must be room for all who are busy at once. */
const rememberedNetworks = 4096;

export class Buckets {
  readonly #buckets: Remembered<Bucket>;

  constructor(most = rememberedNetworks) {
    this.#buckets = new Remembered(most);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one, or says how long to wait. */
  take(network: string, perMinute: number, now: number): Refusal | undefined {
    // After a minute without a taking a bucket is full, which is what a new one is.
    this.#buckets.forgetWhile((bucket) => now - bucket.at >= minuteMs);
    const bucket = this.#buckets.get(network) ?? { tokens: perMinute, at: now, isRefusing: false };
    const gained = (Math.max(0, now - bucket.at) / minuteMs) * perMinute;
    bucket.tokens = Math.min(perMinute, bucket.tokens + gained);
    bucket.at = now;
    this.#buckets.set(network, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      bucket.isRefusing = false;
      return undefined;
    }
    const isFirst = !bucket.isRefusing;
    bucket.isRefusing = true;
    return { waitMs: ((1 - bucket.tokens) / perMinute) * minuteMs, isFirst };
  }
}
