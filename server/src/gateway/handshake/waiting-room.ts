// The connections that have not said hello, oldest first, counted by the network they come from: a socket costs memory
// before anyone has proved anything, so one address may hold only so many.
import { type Address, networkOf } from "./address.ts";

export class WaitingRoom<Guest extends object> extends Set<Guest> {
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
  expect(guest: Guest, from: Address): Guest {
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
