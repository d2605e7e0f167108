// Who pays for a run's calls of models, and for how much the costs room is asked before each of them.
import type { InboxRow, Session } from "@homarus/sdk";
import type { StepParts } from "../agent/step.ts";
import type { PlannedCall } from "../costs/reserve.ts";
import { plainKey } from "../models/rests.ts";
import type { LineParts } from "./parts.ts";

export type Payer = Pick<PlannedCall, "runId" | "agent" | "sessionKey" | "parent" | "job">;

export function payerOf(
  { message }: Pick<InboxRow, "message">,
  run: { readonly runId: string; readonly agent: string; readonly session: Session },
): Payer {
  const { runId, agent, session } = run;
  return {
    ...{ runId, agent, sessionKey: session.key, parent: session.parent },
    // A job speaks under its own id.
    job: message.origin === "job" ? message.peer.id : undefined,
  };
}

/** An estimate may be too low by so much, and by so many tokens, before a vendor's count of the same text teaches better. */
const doubt = 1.25;
const doubtTokens = 256;

export function holdsFor(
  payer: Payer,
  signal: AbortSignal,
  { reserve, context }: Pick<LineParts, "reserve" | "context">,
): StepParts["hold"] {
  return ({ provider, model, key }, { request, tokens }, onWait) =>
    reserve(
      {
        ...{ ...payer, provider, model, key: plainKey(key) },
        inputTokens: Math.ceil(tokens * doubt) + doubtTokens,
        maxOutputTokens: request.maxOutputTokens ?? context.facts({ provider, model })?.outputTokens,
      },
      { signal, onWait },
    );
}
