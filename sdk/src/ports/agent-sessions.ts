// What a tool may see of the sessions of the agent that calls it, and say in them. Another agent's are out of reach.

export interface AgentSessions {
  /** Newest first. `since` is Unix ms; `search` looks into key, label and title, whatever their case. */
  list(filter: {
    readonly limit: number;
    readonly since?: number | undefined;
    readonly search?: string | undefined;
  }): Promise<readonly SessionSummary[]>;
  /**
   * The newest words of a session, oldest first. A short name (`main`) is one of the agent's own. Rejects with an
   * `invalid` Fault for a session that is not there, `denied` for one of another agent.
   */
  history(key: string, limit: number): Promise<readonly SessionWords[]>;
  /**
   * Says something in another session: one message for each call and session, so that a call which a crash cut may be
   * made again. Resolves when the message is durable, and after `waitMs` at most with what came of it. Rejects like
   * `history`, and `denied` for the session that calls and at the end of a chain of such messages.
   */
  send(words: { readonly key: string; readonly text: string; readonly waitMs: number }): Promise<SessionAnswer>;
  /**
   * Gives a task to a sub-agent: a session of its own, begun for this call and the same one when a crash makes the call
   * again. Resolves with its answer, or after `timeoutMs` of its work with why there is none. Where the call is stopped
   * the sub-agent is, too. Rejects `denied` at the end of a chain of sessions, `limited` where too many work already.
   */
  spawn(wish: SubAgentWish): Promise<SessionAnswer>;
}

export interface SubAgentWish {
  readonly task: string;
  /** Names its session for people. */
  readonly label?: string | undefined;
  /** `provider/model` or an alias, in place of the agent's own. */
  readonly model?: string | undefined;
  /** Only these tools may be called, of those the agent may. */
  readonly tools?: readonly string[] | undefined;
  readonly timeoutMs: number;
}

export interface SessionSummary {
  readonly key: string;
  readonly label?: string;
  readonly title?: string;
  readonly kind: "main" | "direct" | "group" | "job" | "subagent" | "other";
  /** Where it was last spoken to; absent where nobody was there yet. */
  readonly channel?: string;
  /** Unix ms. */
  readonly updatedAt: number;
  readonly running: boolean;
}

export interface SessionWords {
  readonly role: "user" | "agent" | "tool";
  /** Who spoke, or which tool. */
  readonly name?: string;
  /** Unix ms. */
  readonly at: number;
  readonly text: string;
}

export type SessionAnswer =
  /** Nobody waited. */
  | { readonly type: "accepted"; readonly key: string }
  /** The wait was over first; the work goes on. */
  | { readonly type: "running"; readonly key: string }
  | { readonly type: "replied"; readonly key: string; readonly text: string }
  | { readonly type: "failed"; readonly key: string; readonly reason: string };
