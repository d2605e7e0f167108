// The connections that have not said hello, oldest first, counted by the network they come from: a socket costs memory
// before anyone has proved anything, so one address may hold only so many.
import { type Address, networkOf } from "./address.ts";

/** A connection that has not said hello or logged in. */
export interface Guest {
  readonly openedAt: number;
  end(code: number, reason: string): void;
  /** Its time is over. */
  late(): void;
}

export class WaitingRoom extends Set<Guest> {
  readonly #networks = new WeakMap<Guest, string>();
  readonly #counts = new Map<string, number>();

  /** Sockets of this address that wait now. */
  waitingFrom(address: string): number {
    return this.#counts.get(networkOf(address)) ?? 0;
  }

  /**
   * Says where a guest comes from who will be added once its socket is open. Those of this machine, and those nobody
   * spoke of, are not counted.
   */
  expect<G extends Guest>(guest: G, from: Address): G {
    if (!from.isLocal) this.#networks.set(guest, networkOf(from.address));
    return guest;
  }

  override add(guest: Guest): this {
    if (!this.has(guest)) this.#count(guest, 1);
    return super.add(guest);
  }

  override delete(guest: Guest): boolean {
    if (this.has(guest)) this.#count(guest, -1);
    return super.delete(guest);
  }

  #count(guest: Guest, step: number): void {
    const network = this.#networks.get(guest);
    if (network === undefined) return;
    const count = (this.#counts.get(network) ?? 0) + step;
    if (count > 0) this.#counts.set(network, count);
    else this.#counts.delete(network);
  }
}

/** Guests that came before a time; they stand in order of age. */
export function waitingSince(waiting: ReadonlySet<Guest>, before: number): Guest[] {
  const late: Guest[] = [];
  for (const guest of waiting) {
    if (guest.openedAt > before) break;
    late.push(guest);
  }
  return late;
}
