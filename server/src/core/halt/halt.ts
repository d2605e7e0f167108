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
  /**
   * Stops everything; gives back how many runs were stopped. Doing it again changes nothing. Rejects `unavailable` where it
   * could not be stored: it holds all the same, until a restart, and doing it again stores it.
   */
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

/** What whoever finds the house stopped is told. */
export const resumeHint = "The owner lets it go on with `/resume CODE`, or `homarus resume` on the machine.";

const space = "house";
const key = "halt";
const mostWrong = 5;
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

export function createHalt(parts: HaltParts): Halt {
  const { clock } = parts;
  const state = openState(parts);
  const { load, put } = state;
  const recordOf = (action: string, actor: string, channel: string): AuditRecord => ({
    ...{ type: "stop", at: clock.now(), actor, action, detail: { channel } },
  });
  return {
    load,
    state: () => {
      const { since, by = "" } = state.kept();
      return since === undefined ? undefined : { since, by };
    },
    async stop(by, channel) {
      await load();
      const written = state.hold({ since: clock.now(), by }, recordOf("stops everything", by, channel));
      const stopped = parts.stopRuns();
      parts.emit({ type: "halt-changed", isHalted: true, by });
      await written.catch((thrown: unknown) => {
        throw unwritten(thrown);
      });
      return stopped;
    },
    async resume(code, by, channel) {
      await load();
      const { since, by: _, wrong = 0, ...rest } = state.kept();
      if (since === undefined)
        throw new Fault("invalid", "halt.none", "Nothing is stopped.", { hint: "The house works." });
      const isRight = rest.code !== undefined && wrong < mostWrong && parts.digest(plain(code)) === rest.code;
      if (!isRight) {
        await put({ ...state.kept(), wrong: wrong + 1 });
        throw wrongCode(wrong + 1);
      }
      await put(rest, recordOf("lets everything go on", by, channel));
      parts.emit({ type: "halt-changed", isHalted: false, by });
    },
    async newCode() {
      await load();
      const code = [...parts.random(8)].map((byte) => letters[byte % letters.length]).join("");
      const { wrong: _, ...rest } = state.kept();
      await put({ ...rest, code: parts.digest(code) });
      return `${code.slice(0, 4)}-${code.slice(4)}`;
    },
  };
}

/** What holds, and whether the store knows of it. */
function openState({ store }: HaltParts) {
  let kept: Kept = {};
  let loading: Promise<void> | undefined;
  /** Of a stop that holds and could not be stored: whatever is stored next stores it too. */
  let owed: AuditRecord | undefined;
  let writing: Promise<void> | undefined;
  const put = async (next: Kept, record?: AuditRecord): Promise<void> => {
    const records = [owed, record].filter((one) => one !== undefined);
    await store.commit([
      { type: "value-put", space, key, value: next as Json },
      ...records.map((one) => ({ type: "audit" as const, record: one })),
    ]);
    kept = next;
    owed = undefined;
  };
  return {
    kept: () => kept,
    put,
    load(): Promise<void> {
      loading ??= store
        .values(space)
        .get(key)
        .then((value) => {
          kept = (value as Kept | undefined) ?? {};
        });
      return loading;
    },
    /** It holds before it is stored, also where it cannot be: nothing may begin meanwhile. */
    async hold(facts: HaltFacts, record: AuditRecord): Promise<void> {
      if (kept.since === undefined) {
        kept = { ...kept, ...facts };
        owed = record;
      }
      if (owed === undefined) return;
      writing ??= put(kept).finally(() => {
        writing = undefined;
      });
      await writing;
    },
  };
}

function plain(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

function unwritten(cause: unknown): Fault {
  return new Fault("unavailable", "halt.unwritten", "Everything is stopped, but it could not be written down.", {
    ...{ cause, hint: "After a restart of the house everything would go on: say it again, and look at the disk." },
  });
}

function wrongCode(tries: number): Fault {
  const hint =
    tries >= mostWrong
      ? "Too many wrong ones: get a new code with `homarus stop --code` on the machine itself."
      : "The code is shown by `homarus stop --code` on the machine itself.";
  return new Fault("denied", "halt.code", "That is not the code.", { hint });
}
