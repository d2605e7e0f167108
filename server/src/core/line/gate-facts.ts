// What the gate knows of the run whose calls it judges.
import { type Authority, addMarks, type InboundMessage, type Mark, type ToolCallBlock } from "@homarus/sdk";
import type { HookQuestion } from "../policy/hooks.ts";
import type { SessionLog } from "../sessions/log.ts";
import type { AgentSettings } from "./parts.ts";

export interface GateFacts {
  readonly message: InboundMessage;
  readonly authority: Authority;
  readonly runId: string;
  readonly sessionKey: string;
  readonly agent: AgentSettings;
  readonly log: SessionLog;
  /** Only these tools, of those that may be called. */
  readonly only?: readonly string[] | undefined;
  readonly callKey: (callId: string) => string;
  /** Stops the run's clock while a person is waited for; what it gives back starts it again. */
  readonly pause: () => () => Promise<void>;
}

/** Marks that a session has, and those that are added now. */
export function marked(log: SessionLog, fresh: readonly Mark[]): readonly Mark[] | undefined {
  const earlier = log.session.marks ?? [];
  const all = addMarks(earlier, fresh);
  return all === earlier ? undefined : all;
}

/** A call as the owner's programs are told of it. */
export function hookQuestion(
  event: HookQuestion["event"],
  { name, input }: Pick<ToolCallBlock, "name" | "input">,
  { agent, sessionKey, message, authority }: GateFacts,
): HookQuestion {
  const { channel, origin } = message;
  return {
    event,
    tool: name,
    input,
    agent: agent.id,
    session: sessionKey,
    channel,
    origin,
    audience: authority.audience,
  };
}
