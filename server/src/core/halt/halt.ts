// The emergency stop: everything that goes is stopped, and nothing begins until the owner says the code. It outlives a
// restart: a house that was stopped stays stopped.

import { type AuditRecord, type Clock, Fault, type HouseEvent, type Json, type Store } from "@homarus/sdk";

export interface HaltFacts {
  /** Unix ms. */
  readonly since: number;
  readonly by: string;
}

export interface Halt {
  /** Undefined while the house works. Known once `load` has resolved. */
  state(): HaltFacts | undefined;
  load(): Promise<void>;
  /** Stops everything; gives back how many runs were stopped. Doing it again changes nothing. */
  stop(by: string, channel: string): Promise<number>;
  /** Rejects `denied` for a wrong code; after some of them only `code` of this machine's owner helps, by a new one. */
  resume(code: string, by: string, channel: string): Promise<void>;
  /** The code, made anew: for whoever holds the machine. */
  newCode(): Promise<string>;
}

export interface HaltParts {
  readonly store: Pick<Store, "commit" | "values">;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly digest: (text: string) => string;
  readonly emit: (event: HouseEvent) => void;
  /** Stops every run that goes. */
  readonly stopRuns: () => number;
}

interface Kept {
  readonly since?: number;
  readonly by?: string;
  readonly code?: string;
  readonly wrong?: number;
}

const space = "house";
const key = "halt";
const mostWrong = 5;
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

export function createHalt(parts: HaltParts): Halt {
  const { store, clock } = parts;
  let kept: Kept = {};
  let loading: Promise<void> | undefined;
  const load = (): Promise<void> => {
    loading ??= store
      .values(space)
      .get(key)
      .then((value) => {
        kept = (value as Kept | undefined) ?? {};
      });
    return loading;
  };
  const put = async (next: Kept, record?: AuditRecord): Promise<void> => {
    await store.commit([
      { type: "value-put", space, key, value: next as Json },
      ...(record ? [{ type: "audit" as const, record }] : []),
    ]);
    kept = next;
  };
  const recordOf = (action: string, actor: string, channel: string): AuditRecord => ({
    ...{ type: "stop", at: clock.now(), actor, action, detail: { channel } },
  });
  return {
    load,
    state: () => (kept.since === undefined ? undefined : { since: kept.since, by: kept.by ?? "" }),
    async stop(by, channel) {
      await load();
      // Stopped before it is written: nothing may begin meanwhile.
      const before = kept;
      kept = { ...kept, since: kept.since ?? clock.now(), by: kept.by ?? by };
      const stopped = parts.stopRuns();
      if (before.since === undefined) await put(kept, recordOf("stops everything", by, channel));
      parts.emit({ type: "halt-changed", isHalted: true, by });
      return stopped;
    },
    async resume(code, by, channel) {
      await load();
      if (kept.since === undefined)
        throw new Fault("invalid", "halt.none", "Nothing is stopped.", { hint: "The house works." });
      const { wrong = 0, code: wanted } = kept;
      const isRight = wanted !== undefined && wrong < mostWrong && parts.digest(plain(code)) === wanted;
      if (!isRight) {
        await put({ ...kept, wrong: wrong + 1 });
        throw wrongCode(wrong + 1);
      }
      const { since: _, by: __, wrong: ___, ...rest } = kept;
      await put(rest, recordOf("lets everything go on", by, channel));
      parts.emit({ type: "halt-changed", isHalted: false, by });
    },
    async newCode() {
      await load();
      const code = [...parts.random(8)].map((byte) => letters[byte % letters.length]).join("");
      const { wrong: _, ...rest } = kept;
      await put({ ...rest, code: parts.digest(code) });
      return `${code.slice(0, 4)}-${code.slice(4)}`;
    },
  };
}

function plain(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

function wrongCode(tries: number): Fault {
  const hint =
    tries >= mostWrong
      ? "Too many wrong ones: get a new code with `homarus stop --code` on the machine itself."
      : "The code is shown by `homarus stop --code` on the machine itself.";
  return new Fault("denied", "halt.code", "That is not the code.", { hint });
}
