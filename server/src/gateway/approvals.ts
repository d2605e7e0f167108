// Decisions that somebody waits for: a program asks, whoever may decide is told, the first answer counts, and time is a
// no. Held in memory: whoever asked is a client of this process and asks again after a restart.
import type { Door } from "./door.ts";

export type ApprovalKind = "exec" | "plugin";
export type Decision = "allow-once" | "allow-always" | "deny";

export interface Approval {
  readonly id: string;
  readonly kind: ApprovalKind;
  /** What was asked, as clients show it. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Whose answer it is; told to nobody. */
  readonly askedBy?: { readonly connectionId: string; readonly deviceId?: string | undefined };
  /** Unix ms. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Undefined while it waits; null when nobody decided in time. */
  readonly decision?: Decision | null;
  readonly resolvedBy?: string;
  readonly resolvedAtMs?: number;
  /** A yes serves once. */
  readonly isUsed?: true;
}

interface Held {
  approval: Approval;
  readonly decided: Promise<Approval>;
  readonly settle: (approval: Approval) => void;
  readonly clock: AbortController;
}

/** How long what was decided can still be asked for. */
const graceMs = 300_000;
/** A flood of requests must not fill the memory. */
export const mostPending = 500;

export class Approvals {
  readonly #door: Door;
  readonly #held = new Map<string, Held>();

  constructor(door: Door) {
    this.#door = door;
  }

  /** Undefined when that id waits already, or too many do. */
  ask(
    kind: ApprovalKind,
    id: string,
    request: Approval["request"],
    timeoutMs: number,
    askedBy?: Approval["askedBy"],
  ): Approval | undefined {
    this.#forgetOld();
    if (this.#held.has(id) || this.pending(kind).length >= mostPending) return undefined;
    const now = this.#door.clock.now();
    const by = askedBy === undefined ? {} : { askedBy };
    const approval: Approval = { id, kind, request, createdAtMs: now, expiresAtMs: now + timeoutMs, ...by };
    const { promise, resolve } = Promise.withResolvers<Approval>();
    const held: Held = { approval, decided: promise, settle: resolve, clock: new AbortController() };
    this.#held.set(id, held);
    this.#door.clock.sleep(approval.expiresAtMs, held.clock.signal).then(
      () => this.#end(held, { decision: null }),
      // Decided in time, or the gateway closes: nothing is left to do.
      () => undefined,
    );
    const { createdAtMs, expiresAtMs } = approval;
    this.#tell(`${kind}.approval.requested`, { id, request, createdAtMs, expiresAtMs });
    return approval;
  }

  find(id: string): Approval | undefined {
    this.#forgetOld();
    return this.#held.get(id)?.approval;
  }

  pending(kind: ApprovalKind): Approval[] {
    return [...this.#held.values()]
      .map((held) => held.approval)
      .filter((approval) => approval.kind === kind && approval.decision === undefined);
  }

  /** Resolves when it is decided or its time is over; undefined when there is none of that id. */
  wait(id: string): Promise<Approval> | undefined {
    return this.#held.get(id)?.decided;
  }

  decide(id: string, decision: Decision, resolvedBy: string | undefined): void {
    const held = this.#held.get(id);
    if (held) this.#end(held, { decision, ...(resolvedBy === undefined ? {} : { resolvedBy }) });
  }

  /** Takes the yes of an approval for one piece of work; false when there is none, or it was taken before. */
  use(id: string): boolean {
    const held = this.#held.get(id);
    const decision = held?.approval.decision;
    if (!held || held.approval.isUsed || !(decision === "allow-once" || decision === "allow-always")) return false;
    held.approval = { ...held.approval, isUsed: true };
    return true;
  }

  #end(held: Held, end: Pick<Approval, "decision" | "resolvedBy">): void {
    if (held.approval.decision !== undefined) return;
    held.approval = { ...held.approval, ...end, resolvedAtMs: this.#door.clock.now() };
    held.clock.abort();
    held.settle(held.approval);
    const { id, kind, request, decision, resolvedBy, resolvedAtMs } = held.approval;
    // What nobody decided is over for whoever asked; those who show it take it from its time.
    if (decision !== null)
      this.#tell(`${kind}.approval.resolved`, {
        id,
        decision,
        ...(resolvedBy && { resolvedBy }),
        ts: resolvedAtMs,
        request,
      });
  }

  #tell(event: string, payload: object): void {
    this.#door.audience.tell(event, JSON.stringify(payload), { guard: "operator.approvals", dropIfSlow: true });
  }

  #forgetOld(): void {
    const before = this.#door.clock.now() - graceMs;
    for (const [id, { approval }] of this.#held)
      if (approval.resolvedAtMs !== undefined && approval.resolvedAtMs < before) this.#held.delete(id);
  }
}
