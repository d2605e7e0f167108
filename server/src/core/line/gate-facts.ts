// What is known of whoever calls tools, a run or a client; and how the owner's programs are told of a call.
import {
  type Authority,
  addMarks,
  type InboundMessage,
  type Mark,
  type Session,
  type ToolCallBlock,
  type ToolResultBlock,
  textOf,
} from "@homarus/sdk";
import type { HookQuestion } from "../policy/hooks.ts";
import type { SessionLog } from "../sessions/log.ts";
import type { AgentSettings, LineParts } from "./parts.ts";

export interface CallerFacts {
  readonly message: Pick<InboundMessage, "channel" | "place" | "peer" | "origin">;
  readonly authority: Authority;
  readonly runId: string;
  readonly sessionKey: string;
  readonly agent: AgentSettings;
  readonly log: Pick<SessionLog, "entries"> & { readonly session: Pick<Session, "id" | "marks"> };
  /** Only these tools, of those that may be called. */
  readonly only?: readonly string[] | undefined;
  readonly callKey: (callId: string) => string;
  /** Stops the run's clock while a person is waited for; what it gives back starts it again. */
  readonly pause: () => () => Promise<void>;
}

export interface GateFacts extends CallerFacts {
  readonly log: SessionLog;
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
  { agent, sessionKey, message, authority }: CallerFacts,
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

/** What the owner's programs make of a result. */
export async function afterHooks<Result extends Pick<ToolResultBlock, "content"> & { readonly isError?: boolean }>(
  call: ToolCallBlock,
  made: Result,
  { facts, signal }: { readonly facts: CallerFacts; readonly signal: AbortSignal },
  { hooks }: Pick<LineParts, "hooks">,
): Promise<Result> {
  if (!hooks.has("after", call.name)) return made;
  const text = textOf(made.content);
  const question = { ...hookQuestion("tool.after", call, facts), result: text, isError: made.isError ?? false };
  const next = await hooks.after(question, signal);
  if (next === text) return made;
  return { ...made, content: [{ type: "text", text: next }, ...made.content.filter((block) => block.type !== "text")] };
}
