// When to try again after a drop: soon at first, then ever later, each time a little off so that a thousand clients
// do not come back in one moment.

export interface ReconnectPlan {
  /** Ms before the first try; default 500. */
  readonly firstMs?: number;
  /** Ms at most between tries; default 30,000. */
  readonly mostMs?: number;
  /** Tries without a hello after which it gives up; default never. */
  readonly tries?: number;
}

export class Reconnect {
  readonly #plan: Required<ReconnectPlan>;
  readonly #connect: () => void;
  #failed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(plan: ReconnectPlan | false, connect: () => void) {
    this.#plan = { firstMs: 500, mostMs: 30_000, tries: Number.POSITIVE_INFINITY, ...(plan === false ? {} : plan) };
    this.#connect = connect;
  }

  worked(): void {
    this.#failed = 0;
  }

  /** Plans the next try and says in how many ms; undefined when there is none. */
  again(): number | undefined {
    if (this.#failed >= this.#plan.tries) return undefined;
    const full = Math.min(this.#plan.mostMs, this.#plan.firstMs * 2 ** this.#failed);
    const waitMs = full * (0.75 + Math.random() / 4);
    this.#failed += 1;
    this.#timer = setTimeout(this.#connect, waitMs);
    return waitMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
