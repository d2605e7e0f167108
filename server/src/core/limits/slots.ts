// How many runs go at once. Who finds no room waits: what the clock sent before what people sent, each in their order.

export interface Slot {
  /** Gives the place to the next; saying it again changes nothing. */
  leave(): void;
}

export interface Slots {
  /** Resolves with a place. Rejects with the signal's reason when that fires first. */
  enter(isTask: boolean, signal: AbortSignal): Promise<Slot>;
  readonly inUse: () => number;
  readonly waiting: () => number;
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
    inUse: () => inUse,
    waiting: () => queue.length,
    enter: (isTask, signal) =>
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
      }),
  };
}
