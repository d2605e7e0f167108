// One prompt, from the editor's words to its stop reason: a run of its own, or a part of a run that was going on.
import type { SessionUpdate, StopReason } from "@agentclientprotocol/sdk";
import type { Link } from "./link.ts";
import type { RunView } from "./updates.ts";
import type { AgentResult, History, WireMessage } from "./wire.ts";

export interface TurnParts {
  readonly link: Pick<Link, "request">;
  readonly sessionKey: string;
  /** Rejects when the message cannot be taken; nothing is sent then. */
  readonly ready: () => Promise<void>;
  /** Params of `agent` besides session and key. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Shows a run's events from now on, until `unwatch`. */
  readonly watch: (runId: string) => RunView;
  readonly unwatch: (runId: string) => void;
  readonly tell: (update: SessionUpdate) => void;
  readonly log: (text: string) => void;
}

/** Ms; the gateway answers when the run ends, however long that takes. */
const waitMs = 2 ** 31 - 1;

export class Turn {
  readonly runId = crypto.randomUUID();
  /** What the session's log said last when the turn ended. */
  last: WireMessage | undefined;
  readonly #parts: TurnParts;
  readonly #accepted = Promise.withResolvers<boolean>();
  #isCancelled = false;
  #hasRun = false;
  #joined: string | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  async run(): Promise<StopReason> {
    try {
      const stopReason = await this.#work();
      return this.#isCancelled ? "cancelled" : stopReason;
    } catch (thrown) {
      // Who cancels gets an end, never an error.
      if (this.#isCancelled) return "cancelled";
      throw thrown;
    } finally {
      this.#accepted.resolve(false);
      this.#parts.unwatch(this.runId);
      if (this.#joined !== undefined) this.#parts.unwatch(this.#joined);
    }
  }

  /** Stops the run as soon as there is one to stop. */
  async cancel(): Promise<void> {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    if (await this.#accepted.promise) this.#abort(this.#joined ?? this.runId);
  }

  /** The run of this turn has begun. */
  began(): void {
    this.#hasRun = true;
    if (this.#isCancelled) this.#abort(this.runId);
  }

  /** The message went into another run, which answers it. */
  joined(runId: string): void {
    if (this.#joined !== undefined) return;
    this.#joined = runId;
    this.#parts.watch(runId);
    if (this.#isCancelled) this.#abort(runId);
  }

  async #work(): Promise<StopReason> {
    const { link, sessionKey, ready, params, watch, tell } = this.#parts;
    await ready();
    if (this.#isCancelled) return "cancelled";
    const view = watch(this.runId);
    const { result } = await link.request<AgentResult>(
      "agent",
      { ...params, sessionKey, idempotencyKey: this.runId },
      { onAccepted: () => this.#accepted.resolve(true) },
    );
    if (result?.meta?.aborted) return "cancelled";
    const text = (result?.payloads ?? []).map((payload) => payload.text ?? "").join("\n");
    // The answer of a command comes without a run and its events.
    if (text !== "" && !view.hasSpoken)
      tell({ sessionUpdate: "agent_message_chunk", content: { type: "text", text }, messageId: this.runId });
    if (text === "" && !this.#hasRun) await this.#follow();
    return this.#stopReason();
  }

  /** Waits for the end of the run that took the message along. */
  async #follow(): Promise<void> {
    const { link } = this.#parts;
    // The event that names that run may come right behind the answer: one question later it is here.
    if (this.#joined === undefined) await link.request("agent.wait", { runId: this.runId, timeoutMs: 0 });
    if (this.#joined === undefined) return;
    const { status, error } = await link.request<{ status: string; error?: string }>("agent.wait", {
      runId: this.#joined,
      timeoutMs: waitMs,
    });
    if (status !== "error" || this.#isCancelled) return;
    throw Object.assign(new Error(error ?? "The run failed."), { kind: "unavailable", code: "acp.run" });
  }

  async #stopReason(): Promise<StopReason> {
    if (!this.#hasRun && this.#joined === undefined) return "end_turn";
    const { link, sessionKey } = this.#parts;
    const { messages } = await link.request<History>("chat.history", { sessionKey, limit: 1 });
    this.last = messages.at(-1);
    return stopReasonOf(this.last);
  }

  #abort(runId: string): void {
    const { link, sessionKey, log } = this.#parts;
    link.request("chat.abort", { sessionKey, runId }).catch((thrown: unknown) => {
      // The run may be over, or the gateway gone: the turn ends by that all the same.
      log(`cancelling: ${(thrown as Error).message}`);
    });
  }
}

/** The log tells a refusal as an error without a message. */
export function stopReasonOf(message: WireMessage | undefined): StopReason {
  if (message?.role !== "assistant") return "end_turn";
  if (message.stopReason === "length") return "max_tokens";
  return message.stopReason === "error" && message.errorMessage === undefined ? "refusal" : "end_turn";
}
