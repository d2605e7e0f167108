// The newest entries of the sessions that were active last, so that a lively conversation is not read anew each turn.
// Only a hint: whoever takes them compares the last seq with the store's.
import { type Entry, wordsOf } from "@homarus/sdk";

export interface KeptLogs {
  /** Gives the entries out and forgets them: a turn that fails does not give them back. */
  take(sessionId: string): readonly Entry[] | undefined;
  keep(sessionId: string, entries: readonly Entry[]): void;
  /** Forgets them all. */
  clear(): void;
}

const sessions = 8;

export function createKeptLogs(): KeptLogs {
  const kept = new Map<string, readonly Entry[]>();
  return {
    take(sessionId) {
      const entries = kept.get(sessionId);
      kept.delete(sessionId);
      return entries;
    },
    clear: () => kept.clear(),
    keep(sessionId, entries) {
      if (sizeOf(entries) > largest) return;
      kept.set(sessionId, entries);
      const oldest = kept.keys().next();
      if (kept.size > sessions && !oldest.done) kept.delete(oldest.value);
    },
  };
}

/** Characters of one session: with eight of them, what a house at rest can spare. */
const largest = 1_000_000;

/** What an entry takes, measured once: the same ones are kept again after each turn. */
const sizes = new WeakMap<Entry, number>();

function sizeOf(entries: readonly Entry[]): number {
  let sum = 0;
  for (const entry of entries) {
    const size = sizes.get(entry) ?? sizeOfOne(entry);
    sizes.set(entry, size);
    sum += size;
  }
  return sum;
}

/** Pictures and recordings are too large to keep in memory on the chance that they are wanted. */
function sizeOfOne({ body }: Entry): number {
  const content = body.type === "user" ? body.content : body.type === "tool-result" ? body.result.content : [];
  if (content.some((block) => block.type !== "text")) return Number.POSITIVE_INFINITY;
  return (wordsOf(body)?.text.length ?? 0) + 200;
}
