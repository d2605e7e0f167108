// Message: what a person, a job or a program says to the house, and what the house says back.
// Plain data, the same for each channel.
import type { MediaBlock } from "./content.ts";
import type { FaultData } from "./errors.ts";
import type { Authority } from "./provenance.ts";

/** Who speaks, on which channel. `id` is the platform's stable id, never a name that can be changed. */
export interface Peer {
  readonly id: string;
  readonly name?: string;
  readonly username?: string;
}

/** What people call whoever spoke: the name, else the user name, else the platform's id. */
export function peerName({ id, name, username }: Peer): string {
  return name ?? username ?? id;
}

/** Where on the platform. `topic` is a platform's sub-thread (Telegram topic, Slack thread). */
export interface Place {
  readonly id: string;
  readonly type: "direct" | "group";
  readonly title?: string;
  readonly topic?: string;
}

/** What caused a message: all enter at the same door. */
export type Origin = "person" | "job" | "program" | "hook" | "agent";

export interface InboundMessage {
  /** The platform's id of this message. (channel, account, id) is heard once, whatever the platform repeats. */
  readonly id: string;
  /** Id of the channel's extension, for example `telegram`. */
  readonly channel: string;
  /** Which account of that channel heard it; `default` where there is one. */
  readonly account: string;
  readonly origin: Origin;
  readonly peer: Peer;
  readonly place: Place;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly replyTo?: { readonly id: string; readonly text?: string };
  /** In a group: the agent was addressed by name or by a reply to it. Always true in a direct chat. */
  readonly mentioned: boolean;
  /** Unix ms, the platform's clock. */
  readonly sentAt: number;
  /** A session key the sender chose (programs only); a person's session follows from the route. */
  readonly session?: string;
  /** What an agent says in another of its sessions: how many such messages led to this one, itself included. */
  readonly hops?: number;
  /** Rights and marks of the run that said it; only the house sets it. */
  readonly authority?: Authority;
  /** Settings for this one run that a program may give. */
  readonly options?: RunOptions;
}

export interface RunOptions {
  /** The run's id, chosen by the program that asks (its idempotency key); else the house makes one. */
  readonly runId?: string;
  /** `provider/model`, for this run alone. */
  readonly model?: string;
  readonly thinking?: ThinkingLevel;
  readonly timeoutMs?: number;
  /** Only these tools may be called, of those the agent may. */
  readonly tools?: readonly string[];
  /** Added to the system prompt of this run. */
  readonly extraSystem?: string;
}

export type ThinkingLevel = "off" | "low" | "medium" | "high";

/** A media block, or a note that the platform had one that was not fetched (too large, expired). */
export type Attachment = MediaBlock | { readonly type: "missing"; readonly name?: string; readonly reason: string };

/** An answer that a person can give with one touch: it is as if they had written `text`. At most 64 bytes. */
export interface Choice {
  readonly label: string;
  readonly text: string;
}

/** The house's answer before it is cut into pieces. `text` is Markdown (CommonMark + GFM). */
export interface OutboundMessage {
  readonly channel: string;
  readonly account: string;
  readonly place: Place;
  readonly text: string;
  readonly attachments: readonly MediaBlock[];
  /** Platform id of the message that is answered. */
  readonly replyTo?: string;
  /** Shown as buttons below the last piece where the channel can; the text says how to answer without them. */
  readonly choices?: readonly Choice[];
}

/** One platform message: what fits, already in the platform's dialect. A piece is one row of the outbox. */
export interface Piece {
  readonly place: Place;
  readonly text: string;
  /** The dialect's name where a platform needs telling, for example `HTML`. */
  readonly format?: string;
  readonly attachment?: MediaBlock;
  readonly replyTo?: string;
  readonly choices?: readonly Choice[];
}

/** The platform took a piece. */
export interface Receipt {
  /** The platform's id of what was sent. */
  readonly id: string;
  /** Unix ms. */
  readonly at: number;
}

/** The one end of a message; stored with its inbox row. */
export type Outcome =
  | { readonly type: "replied"; readonly runId: string; readonly text: string }
  | { readonly type: "refused"; readonly reason: RefusalReason; readonly reply?: string }
  | { readonly type: "steered"; readonly runId: string }
  | { readonly type: "failed"; readonly runId?: string; readonly fault: FaultData };

export type RefusalReason = "unknown-sender" | "not-mentioned" | "not-allowed" | "too-many" | "empty" | "stopped";

/** A message's key in the inbox. */
export interface MessageKey {
  readonly channel: string;
  readonly account: string;
  readonly id: string;
}

export function messageKey(message: MessageKey): MessageKey {
  return { channel: message.channel, account: message.account, id: message.id };
}
