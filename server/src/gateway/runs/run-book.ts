// What the gateway remembers of runs: those going on, and for five minutes those that ended, so that a client that
// asks twice (same idempotency key) or asks late (agent.wait) gets the same answer. The house's store has the truth.
import type { FaultKind, Usage } from "@homarus/sdk";
import { noUsage } from "@homarus/sdk";
import type { Member } from "../audience.ts";
import { limits } from "../settings.ts";

/** How a run ended, as clients are told. */
export type RunEnd =
  | { readonly state: "final"; readonly text: string; readonly at: number }
  /** The words went into another run, which answers. */
  | { readonly state: "steered"; readonly at: number }
  | { readonly state: "aborted"; readonly text: string; readonly at: number }
  | { readonly state: "error"; readonly message: string; readonly kind?: FaultKind; readonly at: number };

export class RunRecord {
  readonly runId: string;
  sessionKey: string;
  /** When a client asked for it; undefined for runs that began elsewhere. */
  acceptedAt: number | undefined;
  startedAt: number | undefined;
  /** `provider/model`. */
  model = "";
  usage: Usage = noUsage;
  /** Agent events told so far. */
  seq = 0;
  /** Text and thinking of the step that is being written. */
  text = "";
  thinking = "";
  /** What of them no `agent` event has told yet, and when the last one was told. */
  unsentText = "";
  unsentThinking = "";
  sentAt = 0;
  isStepOver = false;
  /** Tool calls of this run, as they were told last. */
  readonly calls = new Map<string, Readonly<Record<string, unknown>>>();
  deltaAt = 0;
  /** Length of text that the last chat delta showed. */
  shown = 0;
  /** Number of that delta: the text shown is as of it. */
  shownSeq = 0;
  /** The text was begun anew since that delta: the next one takes its place. */
  isAnew = false;
  end: RunEnd | undefined;
  /** Connections that asked for this run: they alone see its tools. */
  readonly starters = new Set<Member>();
  readonly #waiting = new Set<(end: RunEnd) => void>();

  constructor(runId: string, sessionKey: string) {
    this.runId = runId;
    this.sessionKey = sessionKey;
  }

  /** Somebody asked for it, or it has begun. */
  get isReal(): boolean {
    return this.acceptedAt !== undefined || this.startedAt !== undefined || this.seq > 0 || this.end !== undefined;
  }

  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  close(end: RunEnd): void {
    this.end = end;
    this.text = "";
    this.thinking = "";
    this.starters.clear();
    this.calls.clear();
    for (const wake of this.#waiting) wake(end);
    this.#waiting.clear();
  }

  ended(): Promise<RunEnd> {
    const { end } = this;
    return end ? Promise.resolve(end) : new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Undefined when the time was over first. */
  endedWithin(ms: number): Promise<RunEnd | undefined> {
    if (this.end || ms <= 0) return Promise.resolve(this.end);
    return new Promise((resolve) => {
      const wake = (end: RunEnd | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(end);
      };
      const timer = setTimeout(wake, Math.min(ms, maxTimerMs), undefined);
      this.#waiting.add(wake);
    });
  }
}

/** Longer timers fire at once. */
const maxTimerMs = 2 ** 31 - 1;

export class RunBook {
  readonly #records = new Map<string, RunRecord>();

  /** A run that has begun or ended; not one that is only waited for. */
  find(runId: string): RunRecord | undefined {
    const record = this.#records.get(runId);
    return record?.isReal === true ? record : undefined;
  }

  /** The record of a run, made when it is new. */
  open(runId: string, sessionKey: string): RunRecord {
    const known = this.#records.get(runId);
    if (known) {
      if (!known.isReal) known.sessionKey = sessionKey;
      return known;
    }
    const record = new RunRecord(runId, sessionKey);
    this.#records.set(runId, record);
    return record;
  }

  /** The runs of a session that have begun and go on. */
  going(sessionKey: string): RunRecord[] {
    return [...this.#records.values()].filter(
      (record) => record.sessionKey === sessionKey && record.startedAt !== undefined && !record.end,
    );
  }

  forget(record: RunRecord): void {
    if (this.#records.get(record.runId) === record) this.#records.delete(record.runId);
  }

  /** Undefined when the time was over first. A run nobody has begun yet may still come in that time. */
  async wait(runId: string, ms: number): Promise<RunRecord | undefined> {
    const record = this.open(runId, "");
    const end = await record.endedWithin(ms);
    if (!record.isReal && !record.isAwaited) this.forget(record);
    return end ? record : undefined;
  }

  /** The connection is gone: nobody to show its tools to. */
  leave(member: Member): void {
    for (const record of this.#records.values()) record.starters.delete(member);
  }

  prune(now: number): void {
    let surplus = this.#records.size - limits.dedupeEntries;
    for (const [runId, record] of this.#records) {
      if (!record.end) continue;
      if (surplus <= 0 && now - record.end.at <= limits.dedupeMs) continue;
      this.#records.delete(runId);
      surplus -= 1;
    }
  }
}
