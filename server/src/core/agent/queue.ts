// Events of several calls that run together, as one stream.

export interface Queue<Item> {
  push(item: Item): void;
  end(): void;
  drain(): AsyncGenerator<Item, void>;
}

export function createQueue<Item>(): Queue<Item> {
  let items: Item[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  const signal = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push(item) {
      items.push(item);
      signal();
    },
    end() {
      ended = true;
      signal();
    },
    async *drain() {
      for (;;) {
        const batch = items;
        items = [];
        yield* batch;
        if (items.length > 0) continue;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
