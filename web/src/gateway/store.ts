// The smallest thing a component can watch: a value that is replaced, and listeners that are told.
import { useSyncExternalStore } from "react";

export interface Watchable<Value> {
  readonly view: () => Value;
  readonly subscribe: (listener: () => void) => () => void;
}

export class Store<Value> implements Watchable<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  readonly view = (): Value => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}

export function useStore<Value>(store: Watchable<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.view);
}
