// A map of bounded size for what strangers can make grow: what was touched longest ago is forgotten first.

export class Remembered<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Puts it in, as the one touched last. */
  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const oldest = this.#values.keys().next();
    if (this.#values.size > this.#most && !oldest.done) this.#values.delete(oldest.value);
  }

  /** Forgets those touched longest ago, up to the first that does not fit. */
  forgetWhile(fits: (value: Value) => boolean): void {
    for (const [key, value] of this.#values) {
      if (!fits(value)) return;
      this.#values.delete(key);
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
