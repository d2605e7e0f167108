// The tap after the run: whoever watches sees every event in order and cannot hold it up or change it.
import type { HouseEvent, Log, RunEvent } from "@homarus/sdk";

export type Seen = RunEvent | HouseEvent;

export interface Tap {
  emit(event: Seen): void;
  /** Returns how to stop watching. A watcher that throws is dropped and the log says so. */
  watch(listener: (event: Seen) => void): () => void;
}

export function createTap(log: Log): Tap {
  const listeners = new Set<(event: Seen) => void>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (thrown) {
          // An observer's trouble is its own: the message goes on without it.
          listeners.delete(listener);
          log.error("tap.listener-dropped", { error: thrown });
        }
      }
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
