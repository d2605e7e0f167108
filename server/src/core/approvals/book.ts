// The approvals that wait and those that were decided, for whoever asks and whoever decides.
import { type Approval, type ApprovalDecision, type ApprovalRequest, Fault } from "@homarus/sdk";
import { type Answer, type Held, Shelf, type ShelfParts } from "./shelf.ts";
import { createStanding, type Standing } from "./standing.ts";

export interface ApprovalBook {
  /**
   * Resolves with the decision. The same key is the same question: it is not asked twice, and its answer holds.
   * Rejects with the signal's reason when the wait is given up; then the question is withdrawn.
   */
  ask(key: string, request: ApprovalRequest, how: AskHow): Promise<ApprovalDecision>;
  /** By id or code. Rejects with an `invalid` Fault where nothing of that name waits. */
  decide(name: string, answer: Answer): Promise<Approval>;
  /** Those that wait, oldest first. */
  waiting(): Promise<readonly Approval[]>;
  /** Those that wait and those decided in the last day, newest first. */
  recent(): Promise<readonly Approval[]>;
  readonly standing: Standing;
}

export interface AskHow {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A yes for the session holds for this id. */
  readonly sessionId: string;
}

export function createApprovals(parts: ShelfParts): ApprovalBook {
  const standing = createStanding(parts);
  const shelf = new Shelf(parts, standing);
  return {
    standing,
    async ask(key, request, how) {
      const held = await shelf.put(key, request, how);
      return waitFor(held, how.signal, (answer) => shelf.end(held, answer));
    },
    async decide(name, answer) {
      const all = await shelf.all();
      const wanted = name.trim().toUpperCase();
      const found = all.filter(({ approval }) => approval.id === name.trim() || approval.code === wanted);
      const held = found.find(({ approval }) => !approval.decision) ?? found[0];
      if (!held)
        throw new Fault("invalid", "approval.unknown", `Nothing called ${name} waits for a decision.`, {
          hint: "/approvals shows what waits.",
        });
      if (held.approval.decision || held.ending)
        throw new Fault("invalid", "approval.decided", "That is decided already; the first answer stands.");
      if (answer.input !== undefined && held.approval.request.kind !== "tool")
        throw new Fault("invalid", "approval.fixed", "What is asked here can be allowed or refused, and not changed.", {
          hint: "Refuse it, and say what is wanted instead.",
        });
      return shelf.end(held, answer);
    },
    waiting: async () => (await shelf.all()).map(({ approval }) => approval).filter((one) => !one.decision),
    recent: async () => (await shelf.all()).map(({ approval }) => approval).sort((a, b) => b.createdAt - a.createdAt),
  };
}

/** The answer, or the end of whoever asked: then nobody needs it any more, save after a shutdown. */
async function waitFor(
  held: Held,
  signal: AbortSignal,
  withdraw: (answer: Answer) => Promise<unknown>,
): Promise<ApprovalDecision> {
  const gone = Promise.withResolvers<never>();
  const onAbort = (): void => gone.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([held.settled.promise, gone.promise]);
  } catch (thrown) {
    const isShutdown = thrown instanceof Fault && thrown.code === "house.shutdown";
    // Where that cannot be stored its time runs out all the same; whoever asked is told why the wait is over.
    if (!isShutdown && !held.approval.decision)
      await withdraw({
        ...{ type: "denied", scope: "once", by: "the house", channel: "stop" },
        note: "It was stopped.",
      }).catch(() => undefined);
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
