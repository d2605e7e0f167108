// A message from one session of an agent to another: under what id it goes, and what came of it.
import type { Authority, InboundMessage, Mark, Outcome, SessionAnswer } from "@homarus/sdk";
import type { LineParts } from "./parts.ts";
import { type Runs, shutdownCode } from "./runs.ts";

/** From where another session is looked at. */
export interface Standpoint {
  readonly sessionKey: string;
  readonly agent: string;
  /** Of the message that the run answers; 0 where no session said it. */
  readonly hops: number;
  /** The same for the same call, also after a crash; never the same for another. */
  readonly callKey: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Rights and marks that go on with what is said. */
  readonly authority: () => Authority;
  /** The model that was chosen for its run or its session, where one was. */
  readonly model?: string | undefined;
  /** The only tools its run may call, where that is narrower than what the agent may. */
  readonly only?: readonly string[] | undefined;
  /** Told whose words come back from another session. */
  readonly heard: (marks: readonly Mark[]) => void;
}

export interface AgentSessionsParts
  extends Pick<LineParts, "store" | "clock" | "newId" | "routeRules" | "signal" | "signer"> {
  readonly runs: Pick<Runs, "abort" | "active">;
  /** The one door. */
  receive(message: InboundMessage): Promise<{ readonly ended: Promise<Outcome> }>;
}

/** A message of one session to another: it enters by the one door, under an id that follows from the call. */
export function saidTo(key: string, text: string, from: Standpoint, now: number): InboundMessage {
  const { sessionKey } = from;
  return {
    ...{ id: `${from.callKey}:${key}`, channel: "session", account: "default", origin: "agent" },
    peer: { id: sessionKey, name: `session ${sessionKey}` },
    place: { id: sessionKey, type: "direct" },
    // Never a command: it does not begin with a slash.
    text: `[session ${sessionKey}] ${text}`,
    ...{ attachments: [], mentioned: true, sentAt: now, session: key, hops: from.hops + 1 },
    authority: from.authority(),
  };
}

/** Of the tools that are wished for, those that the run that asks may call itself. */
export function narrowed(only: readonly string[] | undefined, wished: readonly string[] | undefined) {
  if (only === undefined || wished === undefined) return only ?? wished;
  return wished.filter((name) => only.includes(name));
}

/** The outcome if it comes in time, and before the call is ended: the message stands either way. */
export async function within(
  ended: Promise<Outcome>,
  waitMs: number,
  signal: AbortSignal,
  { clock }: Pick<AgentSessionsParts, "clock">,
): Promise<Outcome | undefined> {
  const waiting = new AbortController();
  const wait = clock.sleep(clock.now() + waitMs, AbortSignal.any([signal, waiting.signal]));
  // A wait that was stopped is over.
  const over = wait.catch(() => undefined).then(() => undefined);
  try {
    return await Promise.race([ended, over]);
  } finally {
    waiting.abort();
  }
}

export function answerOf(outcome: Outcome, key: string): SessionAnswer {
  switch (outcome.type) {
    case "replied":
      return { type: "replied", key, text: outcome.text };
    case "refused":
      return { type: "failed", key, reason: `The message was refused: ${outcome.reason}.` };
    case "failed":
      // Cut by a shutdown, it goes on after the next start.
      if (outcome.fault.code === shutdownCode) return { type: "running", key };
      return { type: "failed", key, reason: outcome.fault.message };
    case "steered":
      return { type: "running", key };
  }
}
