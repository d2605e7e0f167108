// Where approvals stand. Each is stored before anybody hears of it and each decision before anybody acts on it; after a
// restart whoever asked finds its answer, or goes on waiting until the same hour. Time is a no.

import {
  type Approval,
  type ApprovalDecision,
  type ApprovalRequest,
  type Clock,
  Fault,
  type HouseEvent,
  type Json,
  type Log,
  type Store,
  toFault,
  type Write,
} from "@homarus/sdk";
import { decisionRecord, requestRecord } from "./records.ts";
import type { Standing } from "./standing.ts";

export interface ShelfParts {
  readonly store: Pick<Store, "commit" | "values">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: (bytes: number) => Uint8Array;
  readonly log: Pick<Log, "warn">;
  readonly emit: (event: HouseEvent) => void;
  /** Fires at shutdown: whoever waits is let go without an answer. */
  readonly signal: AbortSignal;
}

export type Answer = Omit<ApprovalDecision, "at">;

export interface Held {
  approval: Approval;
  readonly sessionId: string;
  readonly settled: PromiseWithResolvers<ApprovalDecision>;
  readonly timer: AbortController;
  /** The first decision stands, also while it is being stored. */
  ending?: Promise<Approval>;
}

interface PutHow {
  readonly timeoutMs: number;
  /** A yes for the session holds for this id. */
  readonly sessionId: string;
}

const space = "approvals";
const keptMs = 86_400_000;
/** A flood of questions must not bury those that count. */
const mostWaiting = 200;
/** Ms between the tries to store that time is over: doubled each time, up to the second. */
const [firstRetryMs, longestRetryMs] = [5_000, 320_000];

export class Shelf {
  readonly #parts: ShelfParts;
  readonly #standing: Standing;
  /** Questions on their way into the store. */
  readonly #asking = new Map<string, Promise<Held>>();
  /** Also of questions on their way. */
  readonly #codes = new Set<string>();
  #opened: Promise<Map<string, Held>> | undefined;

  constructor(parts: ShelfParts, standing: Standing) {
    this.#parts = parts;
    this.#standing = standing;
  }

  /** The question of this key, asked now if it was not before. */
  put(key: string, request: ApprovalRequest, how: PutHow): Promise<Held> {
    const known = this.#asking.get(key) ?? this.#begin(key, request, how);
    this.#asking.set(key, known);
    return known.finally(() => this.#asking.delete(key));
  }

  /** The first decision stands: whoever comes second gets it too. */
  end(held: Held, answer: Answer): Promise<Approval> {
    held.ending ??= this.#decide(held, answer).catch((thrown: unknown) => {
      delete held.ending;
      throw thrown;
    });
    return held.ending;
  }

  async all(): Promise<readonly Held[]> {
    return [...(await this.#open()).values()];
  }

  #open(): Promise<Map<string, Held>> {
    this.#opened ??= this.#load();
    return this.#opened;
  }

  async #load(): Promise<Map<string, Held>> {
    const { store, clock } = this.#parts;
    const all = new Map<string, Held>();
    for (const { key, value } of await store.values(space).list()) {
      const { sessionId, ...approval } = value as unknown as Approval & { sessionId: string };
      if (isOld(approval, clock.now())) await store.values(space).remove(key);
      else all.set(key, this.#hold(approval, sessionId));
    }
    return all;
  }

  #hold(approval: Approval, sessionId: string): Held {
    const held: Held = { approval, sessionId, settled: Promise.withResolvers(), timer: new AbortController() };
    this.#codes.add(approval.code);
    if (approval.decision) held.settled.resolve(approval.decision);
    // Decided in time, or the house closes.
    else this.#expire(held).catch(() => undefined);
    return held;
  }

  /** Rejects when it is not needed any more. What cannot be stored is tried again: nobody may wait for ever. */
  async #expire(held: Held): Promise<void> {
    const { clock, signal, log } = this.#parts;
    const over = AbortSignal.any([held.timer.signal, signal]);
    await clock.sleep(held.approval.expiresAt, over);
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      const isStored = await this.end(held, tooLate).then(
        () => true,
        (thrown: unknown) => {
          log.warn("approval.not-expired", { id: held.approval.id, waitMs, fault: toFault(thrown).toJSON() });
          return false;
        },
      );
      if (isStored) return;
      await clock.sleep(clock.now() + waitMs, over);
    }
  }

  async #begin(key: string, request: ApprovalRequest, { sessionId, timeoutMs }: PutHow): Promise<Held> {
    const all = await this.#open();
    const known = all.get(key);
    if (known) return known;
    this.#refuseFlood(all);
    const { store, clock, newId, emit } = this.#parts;
    const createdAt = clock.now();
    const code = this.#freeCode();
    const approval: Approval = { id: newId(), key, code, request, createdAt, expiresAt: createdAt + timeoutMs };
    const old = [...all.values()].filter((one) => isOld(one.approval, createdAt));
    await store.commit([
      putRow(approval, sessionId),
      { type: "audit", record: requestRecord(approval) },
      ...old.map((one): Write => ({ type: "value-remove", space, key: one.approval.key })),
    ]);
    for (const one of old) {
      all.delete(one.approval.key);
      this.#codes.delete(one.approval.code);
    }
    const held = this.#hold(approval, sessionId);
    all.set(key, held);
    emit({ type: "approval-requested", approval });
    return held;
  }

  async #decide(held: Held, answer: Answer): Promise<Approval> {
    const { store, clock, emit } = this.#parts;
    const { expiresAt, request } = held.approval;
    const at = clock.now();
    // Time is a no also where that could not be stored yet. A question of the agent is asked each time anew.
    const stood = answer.type === "allowed" && at >= expiresAt ? tooLate : answer;
    const decision: ApprovalDecision = { ...stood, at, ...(request.kind === "question" ? { scope: "once" } : {}) };
    const decided: Approval = { ...held.approval, decision };
    const stands = decision.type === "allowed" && decision.scope !== "once";
    const rule = stands ? await this.#standing.add(decided, held.sessionId) : undefined;
    await store.commit([
      putRow(decided, held.sessionId),
      { type: "audit", record: decisionRecord(decided, decision) },
      ...(rule?.writes ?? []),
    ]);
    rule?.done();
    held.approval = decided;
    held.timer.abort();
    held.settled.resolve(decision);
    emit({ type: "approval-decided", approval: decided });
    return decided;
  }

  #refuseFlood(all: ReadonlyMap<string, Held>): void {
    const waiting = [...all.values()].filter(({ approval }) => !approval.decision);
    if (waiting.length >= mostWaiting)
      throw new Fault("limited", "approval.too-many", "Too many questions wait for the owner already.", {
        hint: "Decide or refuse some: /approvals.",
      });
  }

  #freeCode(): string {
    for (;;) {
      const code = codeOf(this.#parts.random(5));
      if (this.#codes.has(code)) continue;
      this.#codes.add(code);
      return code;
    }
  }
}

const tooLate: Answer = { type: "expired", scope: "once", by: "nobody", channel: "clock" };

/** Decided more than a day ago. */
function isOld({ decision }: Approval, now: number): boolean {
  return decision !== undefined && decision.at < now - keptMs;
}

/** Letters and digits that are not taken for each other. */
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ";
const digits = "23456789";

/** Four of them, a digit and a letter among them at least: no word and no number is a code. */
function codeOf([turn = 0, ...bytes]: Uint8Array): string {
  const signs = bytes.map((byte, index) => {
    const set = index === turn % 4 ? digits : index === (turn + 1) % 4 ? letters : letters + digits;
    return set[byte % set.length];
  });
  return signs.join("");
}

function putRow(approval: Approval, sessionId: string): Write {
  return { type: "value-put", space, key: approval.key, value: { ...approval, sessionId } as unknown as Json };
}
