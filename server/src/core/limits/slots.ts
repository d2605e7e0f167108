// How many runs go at once. Who finds no room waits: what the clock sent before what people sent, each in their order.

export interface Slot {
  /** Gives the place to the next; saying it again changes nothing. */
  leave(): void;
}

export interface Slots {
  /** Resolves with a place; `onWait` is told when there is none yet. Rejects with the signal's reason when that fires first. */
  enter(isTask: boolean, signal: AbortSignal, onWait?: () => void): Promise<Slot>;
  readonly inUse: () => number;
  readonly waiting: () => number;
  /** Lets in whoever has room: for after the limit has risen. */
  readonly letIn: () => void;
}

interface Ticket {
  readonly isTask: boolean;
  readonly enter: () => void;
}

/** `cap` is asked each time, so that a changed setting holds at once. */
export function createSlots(cap: () => number): Slots {
  let inUse = 0;
  const queue: Ticket[] = [];
  const letIn = (): void => {
    while (queue.length > 0 && inUse < cap()) {
      const task = queue.findIndex((ticket) => ticket.isTask);
      const [next] = queue.splice(Math.max(task, 0), 1);
      inUse += 1;
      next?.enter();
    }
  };
  const slot = (): Slot => {
    let isLeft = false;
    return {
      leave() {
        if (isLeft) return;
        isLeft = true;
        inUse -= 1;
        letIn();
      },
    };
  };
  return {
    letIn,
    inUse: () => inUse,
    waiting: () => queue.length,
    enter: (isTask, signal, onWait) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const stop = (): void => {
          const at = queue.indexOf(ticket);
          if (at < 0) return;
          queue.splice(at, 1);
          reject(signal.reason);
        };
        const ticket: Ticket = {
          isTask,
          enter() {
            signal.removeEventListener("abort", stop);
            resolve(slot());
          },
        };
        signal.addEventListener("abort", stop, { once: true });
        queue.push(ticket);
        letIn();
        if (queue.includes(ticket)) onWait?.();
      }),
  };
}

export interface OwnSlots {
  /** Of one sender, group or agent; its limit is asked each time. */
  enter(key: string, cap: () => number, ...how: Parameters<Slots["enter"]>): Promise<Slot>;
  letIn(): void;
}

/** Places that each have for themselves. Those alone are kept that have somebody in or before the door. */
export function createOwnSlots(): OwnSlots {
  const known = new Map<string, Slots>();
  const forget = (key: string, slots: Slots): void => {
    if (slots.inUse() + slots.waiting() === 0 && known.get(key) === slots) known.delete(key);
  };
  return {
    letIn: () => {
      for (const slots of known.values()) slots.letIn();
    },
    async enter(key, cap, ...how) {
      const slots = known.get(key) ?? createSlots(cap);
      known.set(key, slots);
      try {
        const slot = await slots.enter(...how);
        return {
          leave() {
            slot.leave();
            forget(key, slots);
          },
        };
      } catch (thrown) {
        forget(key, slots);
        throw thrown;
      }
    },
  };
}
