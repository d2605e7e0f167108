// One answer for one key: whoever asks again while the work goes shares it, and later gets the same answer, so that a
// client that lost its connection may repeat a call without running a command twice.
import type { Door } from "../../door.ts";
import { Refusal } from "../../refusal.ts";
import { limits } from "../../settings.ts";

interface Kept {
  readonly answer: Promise<unknown>;
  /** Undefined while the work goes. */
  endedAt?: number;
  /** Characters that the answer has as JSON. */
  size: number;
}

/** So many characters of answers are kept; of the older ones only that they were given. */
const mostCharacters = 16 * 1024 * 1024;

export class Once {
  readonly #door: Door;
  readonly #kept = new Map<string, Kept>();

  constructor(door: Door) {
    this.#door = door;
  }

  /** What fails before `begun` was called may be tried again under the same key. */
  run(key: string, work: (begun: () => void) => Promise<unknown>): Promise<unknown> {
    this.#prune();
    const known = this.#kept.get(key);
    if (known) return known.answer;
    let hasBegun = false;
    const answer = work(() => {
      hasBegun = true;
    });
    const kept: Kept = { answer, size: 0 };
    this.#kept.set(key, kept);
    const end = (size: number): void => {
      if (!hasBegun) this.#kept.delete(key);
      Object.assign(kept, { size, endedAt: this.#door.clock.now() });
    };
    answer.then(
      (value) => end(JSON.stringify(value)?.length ?? 0),
      // Whoever asked gets what was thrown; here it only counts that it is over.
      () => end(0),
    );
    return answer;
  }

  #prune(): void {
    const before = this.#door.clock.now() - limits.dedupeMs;
    let surplus = this.#kept.size - limits.dedupeEntries;
    let characters = [...this.#kept.values()].reduce((sum, { size }) => sum + size, 0);
    // In the order of their beginning: the oldest go first.
    for (const [key, { endedAt, size }] of this.#kept) {
      if (endedAt === undefined) continue;
      if (surplus > 0 || endedAt < before) {
        this.#kept.delete(key);
        surplus -= 1;
      } else if (characters > mostCharacters && size > 0) {
        this.#kept.set(key, { answer: givenBefore(), endedAt, size: 0 });
      } else continue;
      characters -= size;
    }
  }
}

function givenBefore(): Promise<never> {
  const message = "this idempotencyKey was answered before, and the answer was too large to be kept";
  const given = Promise.reject(new Refusal({ code: "UNAVAILABLE", message, details: { code: "ANSWER_NOT_KEPT" } }));
  // Nobody may ever ask for it.
  given.catch(() => undefined);
  return given;
}
