// Slows down whoever guesses secrets from afar: after so many wrong ones an address is locked for a while. Guesses at
// the gateway's secret, at device tokens and at keys are counted apart, so that the one lock does not shut out the other's
// owner: a program that goes on with a key that has ended locks nobody out.
import type { GuessLimits } from "../settings.ts";
import { type Address, networkOf } from "./address.ts";
import { Remembered } from "./remembered.ts";

export type GuessedAt = "secret" | "device" | "key";

interface Failures {
  count: number;
  since: number;
  lockedUntil: number;
}

const rememberedNetworks = 1000;

export class GuessLimit {
  readonly #rules: () => GuessLimits;
  readonly #books: Readonly<Record<GuessedAt, Remembered<Failures>>> = {
    secret: new Remembered(rememberedNetworks),
    device: new Remembered(rememberedNetworks),
    key: new Remembered(rememberedNetworks),
  };

  constructor(rules: () => GuessLimits) {
    this.#rules = rules;
  }

  /** Ms until this address may try again; 0 when it may now. */
  waitMs(what: GuessedAt, who: Address, now: number): number {
    if (this.#isExempt(who)) return 0;
    return Math.max(0, (this.#books[what].get(networkOf(who.address))?.lockedUntil ?? 0) - now);
  }

  failed(what: GuessedAt, who: Address, now: number): void {
    if (this.#isExempt(who)) return;
    const { maxAttempts, windowMs, lockoutMs } = this.#rules();
    const book = this.#books[what];
    const network = networkOf(who.address);
    const known = book.get(network);
    const current = known && now - known.since < windowMs ? known : { count: 0, since: now, lockedUntil: 0 };
    current.count += 1;
    if (current.count >= maxAttempts) current.lockedUntil = now + lockoutMs;
    book.set(network, current);
  }

  passed(what: GuessedAt, who: Address): void {
    this.#books[what].delete(networkOf(who.address));
  }

  #isExempt(who: Address): boolean {
    return who.isLocal && this.#rules().exemptLoopback;
  }
}
