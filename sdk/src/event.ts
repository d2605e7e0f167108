// What the house tells: events for whoever watches (web page, terminal, metrics). Observers see, they never steer.
import type { Approval } from "./approval.ts";
import type { Json } from "./content.ts";
import type { FaultData } from "./errors.ts";
import type { JobChange } from "./job.ts";
import type { MessageKey, Outcome } from "./message.ts";
import type { Session, StopReason, Usage } from "./session.ts";

/** What happens in a run, in order. `seq` counts from 1 within a run. */
export type RunEvent = {
  readonly runId: string;
  readonly sessionKey: string;
  readonly seq: number;
  readonly at: number;
} & RunEventBody;

export type RunEventBody =
  | { readonly type: "run-start"; readonly messageId: string; readonly model: string }
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "thinking-delta"; readonly text: string }
  | { readonly type: "tool-start"; readonly callId: string; readonly name: string; readonly input: Json }
  | { readonly type: "tool-progress"; readonly callId: string; readonly name: string; readonly text: string }
  | {
      readonly type: "tool-end";
      readonly callId: string;
      readonly name: string;
      readonly isError: boolean;
      readonly text: string;
      readonly durationMs: number;
    }
  /** A step was committed. `text` is that step's whole text: a block that a channel may already deliver. */
  | { readonly type: "step-end"; readonly text: string; readonly stopReason: StopReason; readonly usage: Usage }
  /** Another message joined this run. */
  | { readonly type: "steered"; readonly messageId: string; readonly text: string }
  /** Trouble that the run outlives: a model call that is tried again. Text of the step that had begun is void. */
  | { readonly type: "fault"; readonly fault: FaultData; readonly attempt: number }
  /** What the run is doing while nobody hears from it: it waits, changes to another model, shortens its history. */
  | {
      readonly type: "progress";
      readonly about: "waiting" | "failover" | "compaction" | "continuing" | "budget" | "approval" | "queue";
      /** One sentence for the person who waits. */
      readonly text: string;
      /** Unix ms until which it waits. */
      readonly until?: number;
    }
  /** The last event of a run, always. */
  | { readonly type: "run-end"; readonly outcome: Outcome; readonly text: string; readonly usage: Usage };

/** What changes in the house. */
export type HouseEvent =
  /** A message has its outcome, whether a run was needed or not. */
  | { readonly type: "message-end"; readonly key: MessageKey; readonly outcome: Outcome }
  | { readonly type: "session-changed"; readonly session: Session }
  | { readonly type: "session-removed"; readonly key: string }
  | { readonly type: "config-changed"; readonly changed: readonly string[] }
  | { readonly type: "pairing-requested"; readonly channel: string; readonly peerId: string; readonly code: string }
  | { readonly type: "halt-changed"; readonly isHalted: boolean; readonly by: string }
  | { readonly type: "approval-requested"; readonly approval: Approval }
  | { readonly type: "approval-decided"; readonly approval: Approval }
  | { readonly type: "channel-status"; readonly channel: string; readonly status: ChannelStatus }
  | JobChange
  | { readonly type: "notice"; readonly text: string }
  | { readonly type: "shutdown"; readonly reason: string };

export interface ChannelStatus {
  readonly state: "starting" | "running" | "waiting" | "stopped" | "failed";
  /** Who the channel is on its platform, for example a username. */
  readonly identity?: string;
  readonly fault?: FaultData;
  /** Unix ms of the last message heard. */
  readonly lastHeardAt?: number;
}
