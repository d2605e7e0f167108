// Approval: a human decision that something waits for. Kept in the store: it outlives a restart, and time is a no.
import type { Json } from "./content.ts";
import type { Audience, Mark } from "./provenance.ts";

export type ApprovalScope = "once" | "session" | "always";

/** What is asked. Secrets stand in none of it. */
export interface ApprovalRequest {
  /** `tool`: a call; `egress`: a request that would leave a sandbox; `question`: the model asks a person. */
  readonly kind: "tool" | "egress" | "question";
  /** The tool, or the method and address. */
  readonly name: string;
  /** One line: what will happen. */
  readonly preview: string;
  /** The arguments, which may be changed before they are used. */
  readonly input: Json;
  /** Why it is asked. */
  readonly reason: string;
  readonly agent: string;
  readonly sessionKey: string;
  readonly runId: string;
  readonly callId: string;
  readonly channel: string;
  readonly audience: Audience;
  /** What a yes that stands would cover: these arguments, or any. */
  readonly covers: "exact" | "any";
  readonly marks: readonly Mark[];
}

export interface ApprovalDecision {
  readonly type: "allowed" | "denied" | "expired";
  readonly scope: ApprovalScope;
  /** Arguments to be used instead. */
  readonly input?: Json;
  /** What the person said with it. */
  readonly note?: string;
  /** Who, as people know them. */
  readonly by: string;
  /** Where it was said. */
  readonly channel: string;
  /** Unix ms. */
  readonly at: number;
}

export interface Approval {
  readonly id: string;
  /** Of what waits for it: the same for the same call, also after a restart. */
  readonly key: string;
  /** Short, to be typed by people. */
  readonly code: string;
  readonly request: ApprovalRequest;
  /** Unix ms. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Absent while it waits. */
  readonly decision?: ApprovalDecision;
}

/** A yes that stands: for a session until it starts afresh, or for good until it is removed. */
export interface StandingRule {
  readonly id: string;
  readonly kind: ApprovalRequest["kind"];
  readonly name: string;
  readonly agent: string;
  /** Only in this session; absent: everywhere. */
  readonly sessionId?: string;
  /** Exactly these arguments; absent: any. */
  readonly input?: Json;
  /** In words. */
  readonly text: string;
  readonly createdAt: number;
  readonly by: string;
}
