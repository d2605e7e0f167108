// Station 3: one run per session at a time. Who comes while a run is going waits here, or is taken along by that run.

export interface Waiting<Item> {
  readonly item: Item;
  /** The run took this item along. */
  taken(): void;
}

export interface Lane<Item> {
  /**
   * All that wait and may steer, in order. The taker says `taken` of each once it is committed; of whom it is not said,
   * gets a turn of its own.
   */
  take(): readonly Waiting<Item>[];
}

export type Passage<Result> = { readonly type: "done"; readonly result: Result } | { readonly type: "taken" };

export interface Lanes<Item> {
  /**
   * Waits for the session's turn, works, and lets the next one in. Resolves `taken` without working when a running
   * turn took the item along. `steers` false keeps an item from being taken.
   */
  use<Result>(
    key: string,
    item: Item,
    work: (lane: Lane<Item>) => Promise<Result>,
    steers: boolean,
  ): Promise<Passage<Result>>;
}

interface Ticket<Item> {
  readonly item: Item;
  readonly steers: boolean;
  readonly enter: (admitted: boolean) => void;
}

export function createLanes<Item>(): Lanes<Item> {
  const lanes = new Map<string, Ticket<Item>[]>();

  const leave = (key: string): void => {
    const next = lanes.get(key)?.shift();
    if (next) next.enter(true);
    else lanes.delete(key);
  };
  const dismiss = (key: string, ticket: Ticket<Item>): void => {
    const queue = lanes.get(key) ?? [];
    const index = queue.indexOf(ticket);
    if (index < 0) return;
    queue.splice(index, 1);
    ticket.enter(false);
  };
  const laneOf = (key: string): Lane<Item> => ({
    take: () =>
      (lanes.get(key) ?? [])
        .filter((ticket) => ticket.steers)
        .map((ticket) => ({ item: ticket.item, taken: () => dismiss(key, ticket) })),
  });

  return {
    async use(key, item, work, steers) {
      const queue = lanes.get(key);
      if (queue) {
        const admitted = await new Promise<boolean>((enter) => queue.push({ item, steers, enter }));
        if (!admitted) return { type: "taken" };
      } else {
        lanes.set(key, []);
      }
      try {
        return { type: "done", result: await work(laneOf(key)) };
      } finally {
        leave(key);
      }
    },
  };
}
