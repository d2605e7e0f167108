// Work that a node is to do when it comes next: at most one thing of each kind, so that a node that was away for a week
// is not flooded. Held in memory; whoever wanted it asks again after a restart.
import type { Door } from "../../door.ts";
import type { ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

interface Item {
  readonly id: string;
  readonly type: "status.request" | "location.request";
  readonly priority: "default" | "normal" | "high";
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

interface Queue {
  revision: number;
  items: Item[];
}

/** Sources of the numbers and of the item that is always there: release 2026.9. */
const lifeDefaultMs = 86_400_000;
const itemsDefault = 4;
const ranks = { high: 0, normal: 1, default: 2 } as const;
const mostNodes = 1000;

export class PendingWork {
  readonly #door: Door;
  readonly #queues = new Map<string, Queue>();

  constructor(door: Door) {
    this.#door = door;
  }

  add({ nodeId, type, priority, expiresInMs }: ParamsOf<typeof params.enqueue>) {
    const queue = this.#queueOf(nodeId);
    const now = this.#door.clock.now();
    const same = queue.items.find((item) => item.type === type);
    if (same) return { revision: queue.revision, queued: same };
    const expiresAtMs = now + (expiresInMs ?? lifeDefaultMs);
    const id = crypto.randomUUID();
    const queued: Item = { id, type, priority: priority ?? "normal", createdAtMs: now, expiresAtMs };
    queue.items.push(queued);
    queue.revision += 1;
    return { revision: queue.revision, queued };
  }

  drain(nodeId: string, maxItems = itemsDefault) {
    const queue = this.#queueOf(nodeId);
    const hasStatus = queue.items.some((item) => item.type === "status.request");
    const sorted = [...queue.items].sort((a, b) => ranks[a.priority] - ranks[b.priority]);
    const all = hasStatus ? sorted : [...sorted, this.#usualItem()];
    const items = all.slice(0, maxItems);
    const left = queue.items.filter((item) => !items.includes(item));
    if (left.length < queue.items.length) queue.revision += 1;
    queue.items = left;
    return { revision: queue.revision, items, hasMore: all.length > items.length };
  }

  /** Each visit is also asked how it is. */
  #usualItem(): Item {
    const createdAtMs = this.#door.clock.now();
    return { id: "baseline-status", type: "status.request", priority: "default", createdAtMs, expiresAtMs: null };
  }

  #queueOf(nodeId: string): Queue {
    const now = this.#door.clock.now();
    const known = this.#queues.get(nodeId);
    const queue = known ?? { revision: 0, items: [] };
    const left = queue.items.filter((item) => item.expiresAtMs === null || item.expiresAtMs > now);
    if (left.length < queue.items.length) queue.revision += 1;
    queue.items = left;
    // Back to the end: the one that nobody asked about for longest goes when there are too many.
    this.#queues.delete(nodeId);
    this.#queues.set(nodeId, queue);
    const oldest = this.#queues.keys().next();
    if (this.#queues.size > mostNodes && !oldest.done) this.#queues.delete(oldest.value);
    return queue;
  }
}
